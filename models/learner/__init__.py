"""Recipes, fit, calibrate, evaluate."""
