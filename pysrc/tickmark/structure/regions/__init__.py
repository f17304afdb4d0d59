"""What a person sees on a sheet: tables with headers and totals, key-value blocks, notes."""
