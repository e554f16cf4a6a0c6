"""A byte-pair encoding of one's own text."""
