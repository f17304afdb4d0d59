"""What runs the engine: the command line and folder runs."""
