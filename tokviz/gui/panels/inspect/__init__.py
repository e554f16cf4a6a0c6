"""What a token is, and lists of them."""
