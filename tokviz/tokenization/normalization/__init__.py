"""Before a text is split: normalizers, added tokens, and the spaces of SentencePiece."""
