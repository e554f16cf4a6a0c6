"""One script a figure: ours beside the peer's, as a ratio, in one run. README.md has the table."""
