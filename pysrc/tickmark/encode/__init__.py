"""A sheet as text for a model, within a budget of tokens, every line traceable to cells."""
