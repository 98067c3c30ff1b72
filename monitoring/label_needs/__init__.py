"""Data to collect next: where more labels would help a model most, and which claims want more rows."""
