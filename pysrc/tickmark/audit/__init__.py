"""Rules over a workbook's structure: facts in, findings out."""
