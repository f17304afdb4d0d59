"""Lookups that need sorted keys, and the keys that they search."""
