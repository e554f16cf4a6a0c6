"""What is told where Qt would end the process for want of a library."""

import sys

import pytest

from tokviz.gui import x11_libraries
from tokviz.gui.x11_libraries import missing_packages


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no X11 to open windows")
@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"DISPLAY": ":0"}, ["libnowhere9"]),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, ["libnowhere9"]),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, []),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, []),
    ],
)
def test_a_library_that_is_missing_is_named_by_its_package(
    variables: dict[str, str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    packages = {"libnowhere.so.9": "libnowhere9", "libc.so.6": "libc6"}
    monkeypatch.setattr(x11_libraries, "_PACKAGES", packages)
    assert missing_packages() == expected
