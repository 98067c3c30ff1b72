"""The rows claims are tested on, and what a model says of them."""
