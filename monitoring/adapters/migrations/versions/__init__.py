"""Revisions, counted from 0001. A revision that was released never changes again."""
