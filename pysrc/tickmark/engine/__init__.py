"""Plans of model calls and the threads that carry them out."""
