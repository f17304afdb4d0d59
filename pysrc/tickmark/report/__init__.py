"""An analysis as HTML, JSON and sheets."""
