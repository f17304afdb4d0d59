"""Tickmark: spreadsheet-aware LLM analysis whose every cited cell is checked by code."""
