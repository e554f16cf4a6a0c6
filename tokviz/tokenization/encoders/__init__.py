"""The algorithms over whole texts: what was met is remembered, what is new goes by arrays."""
