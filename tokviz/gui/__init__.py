"""The screen: the only folder of the package that imports Qt.

PySide takes the place of `import`, to see whether a module wants its `__feature__`s, and for that
reads the source of every module imported after it and keeps it. Nobody here wants them, so Python's
own `import` is put back: a module of the window is read in a tenth less time, and torch, imported
beside the window, takes 38 megabytes less.
"""

import builtins

import PySide6.QtCore  # noqa: F401 - it puts its own import there

builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
