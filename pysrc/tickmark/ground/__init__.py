"""What a model claimed, checked by code against what it was shown."""
