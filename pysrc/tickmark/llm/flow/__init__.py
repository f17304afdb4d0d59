"""Flow control: which call to a model may leave, and when."""
