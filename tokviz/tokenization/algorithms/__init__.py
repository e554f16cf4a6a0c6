"""What makes tokens of a pre-token: merges, in steps to watch, or an alphabet alone."""
