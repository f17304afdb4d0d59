"""Rows and columns of regions, and what their numbers and formulas tell about each other."""
