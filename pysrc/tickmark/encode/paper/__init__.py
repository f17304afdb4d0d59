"""SheetCompressor as its paper describes it (arXiv 2407.09025), for comparison only."""
