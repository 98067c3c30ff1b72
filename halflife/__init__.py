"""Halflife says which of the things you believed about your last model version are no longer true."""
