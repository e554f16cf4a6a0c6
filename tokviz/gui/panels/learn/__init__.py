"""The bigram language model."""
