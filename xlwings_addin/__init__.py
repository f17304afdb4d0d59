"""What Excel loads; thin, everything behind it lives in the package tickmark."""
