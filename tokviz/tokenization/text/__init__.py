"""A text that is edited and its tokens, kept in step, and what may be asked of them."""
