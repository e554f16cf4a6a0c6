"""Tables of many rows, filled as they are seen."""
