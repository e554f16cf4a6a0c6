"""One file a panel; each gets the shared `TokenizerModel` and knows no other panel."""
