"""The system libraries that a window on X11 needs beside Qt's own.

Qt ends the process where one is missing, and blames `libxcb-cursor0` whichever it is. The script
`run` installs them; who starts the program by hand is told their names.
"""

import ctypes
import os
import sys

_PACKAGES = {  # soname: the package of Debian and Ubuntu
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}


def missing_packages() -> list[str]:
    """Packages whose library is not found here; none where X11 is not what Qt will use."""
    platform = os.environ.get("QT_QPA_PLATFORM", "xcb")
    if sys.platform != "linux" or platform != "xcb" or os.environ.get("WAYLAND_DISPLAY"):
        return []
    return [package for soname, package in _PACKAGES.items() if not _loads(soname)]


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True
