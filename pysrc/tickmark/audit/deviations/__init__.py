"""How formulas differ from the copies around them."""
