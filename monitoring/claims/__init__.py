"""Claims: their grammar, their predicates and their statistics."""
