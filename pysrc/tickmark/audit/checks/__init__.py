"""Checks that a workbook makes of itself."""
