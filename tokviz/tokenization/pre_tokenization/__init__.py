"""Split patterns, and where they cut: as expressions, and for whole texts by arrays."""
