"""Widgets that show plain values (spans, steps, points, rows) and know nothing of the model."""
