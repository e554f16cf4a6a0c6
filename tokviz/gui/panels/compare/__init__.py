"""The text under several tokenizers."""
