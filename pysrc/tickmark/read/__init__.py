"""Files to workbooks."""
