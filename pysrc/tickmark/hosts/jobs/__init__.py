"""Jobs of the ribbon: processes of their own, so that Excel goes on while they work."""
