"""From a key press to the painted frame, and how a long text opens, in the real window.

    python -m benchmarks.frame [SIZE ...]      sizes: 10KB 1MB 1MB-line 10MB, all by default

Each size runs in a process of its own, on the offscreen platform unless QT_QPA_PLATFORM says
otherwise. The peer is Qt's QPlainTextEdit with the same text, font and size, and a highlighter that
is handed the token spans ready made; it is typed into in the same run, turn by turn with ours.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit

from benchmarks.corpora import MEGABYTE, english, single_line
from benchmarks.figures import Figure
from benchmarks.home import home_of_its_own
from benchmarks.measure import p95, ratio
from benchmarks.window import (
    SIZE,
    Frames,
    Gaps,
    measured_in_a_process,
    open_file,
    open_window,
    press,
    spend,
    type_one,
)
from tokviz.catalog import load_tokenizer
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode

TEXTS: dict[str, Callable[[], str]] = {
    "10KB": lambda: english(MEGABYTE)[:10_000],
    "1MB": lambda: english(MEGABYTE),
    "1MB-line": lambda: single_line(MEGABYTE),
    "10MB": lambda: _repeated(english(10 * MEGABYTE), 10 * MEGABYTE),
}
KEYS = 200
PEER_KEYS = 60
PEER_KEYS_IN_A_LINE = 5  # each takes about a second


def _repeated(text: str, n: int) -> str:
    return (text * (n // len(text) + 1))[:n]


# -- the peer ------------------------------------------------------------------------------------


class ReadySpans(QSyntaxHighlighter):
    """Colours each line by spans that were computed before."""

    def __init__(self, edit: QPlainTextEdit, spans: list[list[tuple[int, int, int]]]) -> None:
        super().__init__(edit.document())
        self._spans = spans
        self._formats = []
        for color in ("#9ef9e4", "#4acece", "#fae670", "#c2c366", "#c2f5a9", "#f99aa4"):
            self._formats.append(QTextCharFormat())
            self._formats[-1].setBackground(QColor(color))

    def highlightBlock(self, text: str) -> None:
        for start, length, color in self._spans[self.currentBlock().blockNumber()]:
            self.setFormat(start, length, self._formats[color])


def make_peer(session: Session, text: str) -> tuple[QPlainTextEdit, Frames, float]:
    """Qt's own pane with the same text and colours, the seconds that opening it took beside it."""
    spans = list(_spans_by_line(session))
    edit = QPlainTextEdit()
    edit.setFont(session.window.text_panel.view.text_font())
    edit.resize(session.window.text_panel.view.size())
    begun = perf_counter()
    edit.setPlainText(text)
    edit.highlighter = ReadySpans(edit, spans)  # type: ignore[attr-defined]  # kept alive
    edit.show()
    frames = Frames(edit.viewport())
    frames.until_painted(edit.viewport().update)
    opened = perf_counter() - begun
    cursor = edit.textCursor()
    cursor.setPosition(len(text) // 2)
    edit.setTextCursor(cursor)
    frames.until_painted(edit.viewport().update)
    return edit, frames, opened


def _spans_by_line(session: Session) -> Iterator[list[tuple[int, int, int]]]:
    text = session.model.text
    for line in range(text.n_lines):
        start = text.line_start(line)
        rows = text.tokens(start, text.line_start(line + 1))
        starts, lengths = (rows.starts - start).tolist(), (rows.ends - rows.starts).tolist()
        yield list(zip(starts, lengths, rows.colors.tolist(), strict=True))


# -- what is measured ----------------------------------------------------------------------------


def measure_acts(session: Session, frames: Frames) -> dict[str, dict[str, float]]:
    """What touches the whole text: seconds to the next frame and the largest gap of the event loop
    in the seconds after it, on the clock and of the processor."""
    model = session.model
    common = int(np.bincount(model.text.ids()).argmax())
    gpt2 = model.tokenizer
    other = load_tokenizer("smollm2").prepare()  # as the task that loads it does
    n_merges = len(gpt2.merges)
    view, window = session.window.text_panel.view, session.window
    megabyte = model.text.slice(0, MEGABYTE)
    view.set_caret(model.text.n_chars // 2)
    acts: dict[str, tuple[Callable[[], object], float]] = {
        "select a common token": (lambda: model.select([common]), 0.5),
        "scrub": (lambda: model.set_n_merges(n_merges // 3), 0.5),
        "scrub back": (lambda: model.set_n_merges(None), 0.5),
        "another tokenizer": (lambda: model.set_tokenizer(other), 2.0),
        "the first tokenizer again": (lambda: model.set_tokenizer(gpt2), 2.0),
        "paste a megabyte": (lambda: view.insert_text(megabyte), 2.0),
        "undo it": (lambda: view.undo(), 2.0),
        "compare with cl100k": (lambda: window.set_mode(Mode.COMPARE), 5.0),
        "inspect again": (lambda: window.set_mode(Mode.INSPECT), 0.5),
    }
    found: dict[str, dict[str, float]] = {}
    for name, (act, seconds) in acts.items():
        gaps = Gaps()
        frame = frames.until_painted(act)
        spend(seconds)
        while not model.text.complete:
            spend(0.1)
        found[name] = {"frame": frame, "gap": gaps.stop(), "CPU": max(gaps.processor)}
    return found


def measure(size: str, path: Path) -> dict[str, Any]:
    session, frames = open_window()
    view = session.window.text_panel.view
    opened = open_file(session, path)
    acts = measure_acts(session, frames)
    text = path.read_bytes().decode()  # for the peer
    view.setFocus()
    view.set_caret(len(text) // 2)
    frames.until_painted(view.viewport().update)
    edit, edit_frames, peer_opened = make_peer(session, text)
    n_turns = PEER_KEYS_IN_A_LINE if size == "1MB-line" else PEER_KEYS
    keys, peer_keys = [], []
    frames.processor.clear()
    for number in range(KEYS):
        keys.append(type_one(view, frames, number))
        if number < n_turns:
            peer_keys.append(type_one(edit, edit_frames, number))
    edit.close()
    processor = median(frames.processor)
    # Slow enough that the whole text is checked again between two keys.
    slow_keys = [type_one(view, frames, number, 0.25) for number in range(20)]
    pages = []
    for _ in range(60):
        pages.append(frames.until_painted(lambda: press(view, Qt.Key.Key_PageDown)))
        spend(0.01)
    gaps = Gaps()
    spend(4)  # in which the text is kept for the next start
    autosave_gap = gaps.stop()
    session.end()
    return {
        "size": size,
        "platform": QGuiApplication.platformName(),
        "opened": opened,
        "acts": acts,
        "peer opened": peer_opened,
        "key": _facts(keys),
        "key's processor time": processor,
        "key beside checks": _facts(slow_keys),
        "page": _facts(pages),
        "peer key": _facts(peer_keys),
        "ratio": ratio(keys[:n_turns], peer_keys),
        "autosave gap": autosave_gap,
    }


def _facts(seconds: list[float]) -> dict[str, float]:
    return {"median": median(seconds), "p95": p95(seconds), "max": max(seconds)}


def in_a_process(size: str) -> dict[str, Any]:
    return measured_in_a_process("benchmarks.frame", TEXTS[size](), size)


def figures(quick: bool = False) -> Iterator[Figure]:
    for size in ["10KB", "1MB"] if quick else ["10KB", "10MB"]:
        found = in_a_process(size)
        key, peer = (1000 * found[who]["median"] for who in ("key", "peer key"))
        yield Figure(f"key to frame, {size} / Qt's pane", key, "ms", peer, found["ratio"])
        yield Figure.of_time(f"key to frame, {size}, p95", found["key"]["p95"], most=0.016)
        yield Figure.of_time(f"page down, {size}, p95", found["page"]["p95"], most=0.016)
    opened, peer = found["opened"], found["peer opened"]
    page, whole = (1000 * opened[what] for what in ("first page", "encoded"))
    times = peer / opened["encoded"]
    yield Figure(f"open {size}, all tokens / Qt's pane", whole, "ms", 1000 * peer, times, most=2000)
    yield Figure(f"open {size}, first coloured page", page, "ms", most=300)
    yield Figure.of_time(f"open {size}, largest frame gap", opened["largest gap"], most=0.05)
    yield Figure.of_time(f"open {size}, p99 of frame gaps", opened["gaps p99"], most=0.033)
    yield Figure.of_time(
        f"open {size}, largest gap, processor", opened["largest gap's processor time"], most=0.05
    )
    yield Figure(f"memory with {size}", opened["memory"], "MB", most=400)
    for what, facts in found["acts"].items():
        most = 0.2 if what in ("paste a megabyte", "undo it") else 0.05
        yield Figure.of_time(f"{what}, {size}: to the frame", facts["frame"], most=most)
        yield Figure.of_time(f"{what}, {size}: largest gap", facts["gap"], most=most)


# -- the tables ----------------------------------------------------------------------------------


def main(sizes: list[str]) -> None:
    results = [in_a_process(size) for size in sizes or TEXTS]
    print(f"{results[0]['platform']} platform, {SIZE[0]} x {SIZE[1]}; times in ms\n")
    print("| press → frame | key | CPU | p95 | beside checks p95 | page p95 | Qt's pane | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for found in results:
        key, peer = found["key"], found["peer key"]
        cells = [key["median"], found["key's processor time"], key["p95"]]
        cells += [found["key beside checks"]["p95"], found["page"]["p95"], peer["median"]]
        shown = " | ".join(f"{1000 * cell:.1f}" for cell in cells)
        print(f"| {found['size']} | {shown} | {found['ratio']:.1f}x |")
    print("\n| open | first coloured page | encoded | largest gap | CPU | checked | gap | memory |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for found in results:
        opened = found["opened"]
        names = ["first page", "encoded", "largest gap", "largest gap's processor time"]
        names += ["checked", "largest gap while checked"]
        shown = " | ".join(f"{1000 * opened[name]:.0f}" for name in names)
        print(f"| {found['size']} | {shown} | {opened['memory']:.0f} MB |")
    print("\n| act | to the frame | largest gap | CPU |")
    print("| --- | --- | --- | --- |")
    for found in results:
        for name, facts in found["acts"].items():
            shown = " | ".join(f"{1000 * facts[what]:.0f}" for what in ("frame", "gap", "CPU"))
            print(f"| {found['size']}, {name} | {shown} |")
    print()
    for found in results:
        print(
            f"{found['size']}: Qt's pane opens in {1000 * found['peer opened']:.0f} ms with spans "
            f"ready made; largest gap while the text is kept: {1000 * found['autosave gap']:.0f} ms"
        )


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.argv[1:2] == ["--measure"]:
        with home_of_its_own():
            print(json.dumps(measure(sys.argv[3], Path(sys.argv[2]))))
    else:
        main(sys.argv[1:])
