"""Claims as people write them: read, checked, and put to rows."""
