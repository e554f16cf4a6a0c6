"""What makes tokens of a pre-token, in steps to watch: BPE, WordPiece, Unigram, or none."""
