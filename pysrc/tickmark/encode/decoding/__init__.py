"""What an encoded text says, read back line by line; it shares nothing with what writes it."""
