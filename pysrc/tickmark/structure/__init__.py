"""From a workbook to its structure, pure: formulas, references, the map of sheets, frames."""
