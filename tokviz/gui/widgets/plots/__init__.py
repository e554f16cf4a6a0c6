"""Curves, histograms and heat maps."""
