"""The scatter plot of an embedding table, and what stands around it."""
