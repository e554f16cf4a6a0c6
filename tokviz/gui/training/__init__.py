"""The parts of the training panel that have a widget of their own."""
