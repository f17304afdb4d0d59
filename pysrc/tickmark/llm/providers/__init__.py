"""One file per vendor; a vendor's SDK is imported only there."""
