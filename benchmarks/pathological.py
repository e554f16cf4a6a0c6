"""Texts that stop other programs, a megabyte each, in the real window: opening, keys, scrolling.

    python -m benchmarks.pathological [NAME ...]      all of `corpora.pathological` by default

Each text has a process of its own, on the offscreen platform unless QT_QPA_PLATFORM says otherwise.
A key is typed into the middle of the text, scrolling is by pages. Beside the times on the clock
stands the processor time of the window's thread, which other programs hardly change.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from PySide6.QtCore import Qt

from benchmarks.corpora import MEGABYTE, pathological, single_line
from benchmarks.figures import Figure
from benchmarks.home import home_of_its_own
from benchmarks.measure import p95
from benchmarks.window import measured_in_a_process, open_file, open_window, press, spend, type_one

_KEYS = 20
_PAGES = 20
_MOST_FIRST_PAGE = 1.0
_MOST_KEY = 0.05


def texts() -> dict[str, str]:
    return pathological() | {"one line of words": single_line(MEGABYTE)}


def measure(path: Path) -> dict[str, Any]:
    session, frames = open_window()
    view = session.window.text_panel.view
    opened = open_file(session, path)
    view.setFocus()
    view.set_caret(session.model.text.n_chars // 2)
    frames.until_painted(view.viewport().update)
    spend(0.3)
    frames.processor.clear()
    keys = [type_one(view, frames, number) for number in range(_KEYS)]
    key_processor = list(frames.processor)
    frames.processor.clear()
    pages = []
    for _ in range(_PAGES):
        pages.append(frames.until_painted(lambda: press(view, Qt.Key.Key_PageDown)))
        spend(0.01)
    page_processor = list(frames.processor)
    while not session.model.text.complete:  # a thread amid a long pre-token cannot be ended
        spend(0.1)
    session.end()
    return {
        "opened": opened,
        "key": median(keys),
        "key p95": p95(keys),
        "key CPU": median(key_processor),
        "page p95": p95(pages),
        "page CPU": median(page_processor),
    }


def in_a_process(text: str) -> dict[str, Any]:
    return measured_in_a_process("benchmarks.pathological", text)


def figures(quick: bool = False) -> Iterator[Figure]:
    made = texts()
    for name in list(made)[:3] if quick else made:
        found = in_a_process(made[name])
        first_page = found["opened"]["first page"]
        yield Figure.of_time(f"{name}: first page", first_page, most=_MOST_FIRST_PAGE)
        yield Figure.of_time(f"{name}: key to frame, p95", found["key p95"], most=_MOST_KEY)


def main(names: list[str]) -> None:
    print("| 1 MB of | first page | encoded | gap | key | p95 | CPU | page p95 | CPU |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    made = texts()
    for name in names or made:
        found = in_a_process(made[name])
        opened = found["opened"]
        cells = [opened[what] for what in ("first page", "encoded", "largest gap")]
        cells += [found[what] for what in ("key", "key p95", "key CPU", "page p95", "page CPU")]
        shown = " | ".join(f"{1000 * cell:.0f}" for cell in cells)
        print(f"| {name} | {shown} |", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.argv[1:2] == ["--measure"]:
        with home_of_its_own():
            print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        main(sys.argv[1:])
