"""The Excel add-in as a product: what its functions are, and how it is built and installed."""
