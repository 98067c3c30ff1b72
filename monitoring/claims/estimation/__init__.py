"""From claims and rows to measurements: every estimate once, one bootstrap for all."""
