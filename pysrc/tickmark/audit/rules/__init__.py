"""One file per rule; every module here is found and loaded by the catalogue."""
