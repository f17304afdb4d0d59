"""Texts that speak to a language model, wherever a file can carry them."""
