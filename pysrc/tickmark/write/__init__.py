"""Edits into copies of workbooks; every other part stays byte for byte."""
