"""What is known, suppressed or left out, and what remains."""
