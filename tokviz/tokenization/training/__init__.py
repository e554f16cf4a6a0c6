"""Byte-pair encoding learned from a corpus, and the replay of how it was learned."""
