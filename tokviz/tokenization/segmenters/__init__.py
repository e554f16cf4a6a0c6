"""Algorithms that cut a text themselves, chunk by chunk: SentencePiece's, WordPiece, Unigram."""
