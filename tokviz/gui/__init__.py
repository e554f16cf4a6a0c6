"""The screen: the only folder of the package that imports Qt."""
