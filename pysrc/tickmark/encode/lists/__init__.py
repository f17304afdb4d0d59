"""The exact values of areas as lists of the notation."""
