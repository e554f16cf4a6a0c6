"""What can be said of the tokens of a vocabulary, and how they are found in it."""
