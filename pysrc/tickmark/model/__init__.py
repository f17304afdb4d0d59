"""Plain values that travel between the stages; standard library and numpy only."""
