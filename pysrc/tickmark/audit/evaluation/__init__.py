"""What formulas give on the values that a workbook was saved with."""
