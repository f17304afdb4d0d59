"""Bodies of the worksheet functions, and the desk that answers them without waiting."""
