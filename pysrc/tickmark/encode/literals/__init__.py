"""Values and formulas of cells as literals of the notation."""
