"""Merges replayed: rows of tokens, trees, lattices, and their controls."""
