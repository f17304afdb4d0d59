"""The seam to a language model and the wrappers that are models themselves."""
