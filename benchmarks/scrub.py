"""One motion of the vocabulary slider, beside encoding the text again with as many merges.

    python -m benchmarks.scrub [STEPS]      30 motions a text by default

The step is `set_n_merges`, the tokens of a page and the count of all tokens. The peers are tiktoken
with the full vocabulary (it has no other), and our own tokenizer cut off at the same merge, both
encoding the whole text. Then the real window, offscreen unless QT_QPA_PLATFORM says otherwise: from
the motion of the playhead until text, counts and playhead are painted.
"""

import os
import random
import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from benchmarks.corpora import MEGABYTE, english, multilingual
from benchmarks.figures import Figure
from benchmarks.home import home_of_its_own
from benchmarks.measure import no_collections, once, p95
from benchmarks.peers import our_gpt2, tiktoken_gpt2
from tokviz.tokenization.replay.text_merges import count_curve
from tokviz.tokenization.text.tokenized_text import TokenizedText

TEXTS: dict[str, Callable[[], str]] = {
    "1 MB": lambda: english()[:MEGABYTE],
    "1 MB, multilingual": lambda: multilingual()[: MEGABYTE // 2],
    "10 MB": lambda: (english() * 3)[: 10 * MEGABYTE],
}
WINDOW = (1280, 820)
_PAGE = 3_000  # characters
_PEER_ROUNDS = 3
_MOST_PAINTED = 0.05  # the goal


def main(n_steps: int) -> None:
    print(f"{'step':20} {'median':>9} {'p95':>9} {'tiktoken':>9}   ratio {'ours, cut':>10}   ratio")
    for name, text_of in TEXTS.items():
        ours, theirs, again = _measure_step(text_of(), n_steps)
        step = median(ours)
        print(
            f"{name:20} {step * 1e3:6.2f} ms {p95(ours) * 1e3:6.2f} ms "
            f"{theirs * 1e3:6.0f} ms {theirs / step:6.0f}x "
            f"{again * 1e3:7.0f} ms {again / step:6.0f}x",
            flush=True,
        )
    print(f"\n{'motion, painted':20} {'median':>9} {'p95':>9}")
    for name, text_of in TEXTS.items():
        taken = _measure_motion(text_of(), n_steps)
        print(f"{name:20} {median(taken) * 1e3:6.1f} ms {p95(taken) * 1e3:6.1f} ms", flush=True)


def figures(quick: bool = False) -> Iterator[Figure]:
    for name in ["1 MB"] if quick else TEXTS:
        ours, theirs, _ = _measure_step(TEXTS[name](), 30)
        times = 1000 * median(ours), 1000 * theirs
        yield Figure(f"scrub, {name}", times[0], "ms", times[1], times[1] / times[0])
        with home_of_its_own():
            taken = _measure_motion(TEXTS[name](), 30)
        yield Figure.of_time(f"scrub, painted, {name}, p95", p95(taken), most=_MOST_PAINTED)


def places(n_steps: int) -> list[int]:
    """Numbers of merges as a drag meets them: along a logarithmic axis, to and fro."""
    chance = random.Random(4)
    return [round(10 ** chance.uniform(0, 4.69)) for _ in range(n_steps)]


def _measure_step(text: str, n_steps: int) -> tuple[list[float], float, float]:
    """Seconds of each step, of tiktoken, and of our tokenizer cut off."""
    document = TokenizedText(our_gpt2(), text)
    while not document.complete:
        document.encode_more(MEGABYTE)
    for _ in count_curve(document):
        pass  # as the window does beside itself; it counts the merges of each part
    middle = document.n_chars // 2
    ours: list[float] = []
    with no_collections():
        for k in places(n_steps):
            begun = perf_counter()
            document.set_n_merges(k)
            document.tokens(middle, middle + _PAGE)
            _ = document.n_tokens
            ours.append(perf_counter() - begun)
    k = places(n_steps)[-1]
    cut = our_gpt2().truncated(k)
    assert document.ids().tolist() == cut.encode(text).ids.tolist()
    theirs, again = [], []
    for _ in range(_PEER_ROUNDS):
        theirs.append(once(lambda: tiktoken_gpt2().encode_ordinary(text)))
        again.append(once(lambda: cut.encoder().encode(text)))
    return ours, median(theirs), median(again)


def _measure_motion(text: str, n_steps: int) -> list[float]:
    from PySide6.QtWidgets import QApplication

    from tokviz.gui.session import Session
    from tokviz.gui.settings import Settings
    from tokviz.gui.without_display import wait_until_settled

    app = QApplication.instance() or QApplication(["tokviz"])
    assert isinstance(app, QApplication)
    session = Session(app, Settings(mode="Replay"), restore=False)
    window = session.window
    session.model.set_text(text)
    window.resize(*WINDOW)
    window.show()
    wait_until_settled(session, 300)
    view = window.text_panel.view
    view.reveal(session.model.text.n_chars // 2, session.model.text.n_chars // 2)
    _spend(1.0)
    taken: list[float] = []
    for k in places(n_steps):
        begun = perf_counter()
        window.scrubber.curve.moved.emit(k)
        app.processEvents()  # paints what changed, before anything waits for input again
        taken.append(perf_counter() - begun)
        _spend(0.05)
    session.end()
    window.close()
    window.deleteLater()
    return taken


def _spend(seconds: float) -> None:
    from PySide6.QtTest import QTest

    QTest.qWait(round(seconds * 1000))


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with home_of_its_own():
        main(int(sys.argv[1]) if sys.argv[1:] else 30)
