"""Which findings will be refuted at the next retrain: chances told beforehand, and how good they turned out to be."""
