"""What aggregates and lookups take, and where that begins and ends."""
