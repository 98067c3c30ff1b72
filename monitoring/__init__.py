"""What we conclude: claims, verdicts, half-lives, drift and alerts, and the adapters that keep and show them."""
