"""What every test runs under: no display, no one's real settings, no thread left behind."""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import settings

# Qt reads these when the application object is made, and its own test mode does not redirect
# QSettings, so they are set before any test module is imported.
_HOME = tempfile.mkdtemp(prefix="tokviz-tests-")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _name in ("CONFIG", "DATA", "CACHE", "STATE"):
    os.environ[f"XDG_{_name}_HOME"] = os.path.join(_HOME, _name.lower())

# A loaded machine is slow, not wrong; and the same commit gives the same verdict on every machine.
# To search further: pytest --hypothesis-profile=search
settings.register_profile("search", deadline=None, derandomize=False)
settings.register_profile("tokviz", deadline=None, derandomize=True)
settings.load_profile("tokviz")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The test that takes longest begins first, or one worker is left with it at the end."""
    items.sort(key=lambda item: item.path.name != "test_pictures.py")


def pytest_sessionfinish() -> None:
    """What a test put on the clipboard must not outlive the interpreter: Qt deletes it then."""
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test() -> Iterator[None]:
    """A thread that is still running ten seconds after its test fails the test."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 10
    for thread in set(threading.enumerate()) - before:
        # Threads that Python did not start (Qt's, a debugger's) cannot be joined and do not count.
        if isinstance(thread, threading._DummyThread):
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        assert not thread.is_alive(), f"the thread {thread.name!r} outlives its test"
