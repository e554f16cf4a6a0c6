"""The bigram language model: steps a second beside a bare torch loop, without and with the window.

    python -m benchmarks.bigram [seconds a round]

The peer is what a course writes, `nn.Embedding(V, V)`, cross-entropy and `torch.optim.AdamW`, with
batches of 32 × 8 gathered as ours are, in one thread as ours. The window is the whole program in
the Learn mode on the offscreen platform, with its curves, heat maps and the moving map. A frame gap
is the time between two turns of the event loop that a timer of 8 ms asks for; its peer is that of
an event loop with nothing to do beside the bare loop in a thread, turn by turn. What of a gap is
the window's own work is told by its thread's processor time.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median, quantiles
from string import ascii_letters, digits
from time import perf_counter, thread_time
from typing import Any

import numpy as np

from benchmarks.figures import Figure
from benchmarks.home import home_of_its_own
from benchmarks.measure import ratio
from tokviz.embedding.bigram import BigramTraining, train
from tokviz.embedding.bigram_settings import BigramSettings
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer, characters_tokenizer

_ROUNDS = 5
_SIZES = (65, 256, 1024)
_N_IDS = 100_000


def bare(ids: np.ndarray[Any, Any], n_vocab: int) -> Callable[[float], float]:
    """Steps a second of the peer's loop."""
    import torch
    from torch.nn import functional

    data = torch.from_numpy(ids)
    offsets = torch.arange(9)
    table = torch.nn.Embedding(n_vocab, n_vocab)
    optimizer = torch.optim.AdamW(table.parameters(), lr=0.01)

    def step() -> None:
        places = torch.randint(len(data) - 8, (32,))
        windows = data[places[:, None] + offsets]
        logits = table(windows[:, :-1])
        targets = windows[:, 1:].reshape(-1)
        loss = functional.cross_entropy(logits.reshape(-1, n_vocab), targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        loss.item()

    def run(seconds: float) -> float:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return _rate(step, seconds)
        finally:
            torch.set_num_threads(before)

    return run


def ours(ids: np.ndarray[Any, Any], n_vocab: int) -> Callable[[float], float]:
    """Steps a second of our training, with a table copy every 100 ms."""
    training = BigramTraining(ids, n_vocab, BigramSettings())
    steps = train(training, 10**9, 0.1)
    return lambda seconds: _rate(lambda: next(steps), seconds)


def _rate(step: Callable[[], object], seconds: float) -> float:
    for _ in range(20):
        step()
    n, begun = 0, perf_counter()
    while (taken := perf_counter() - begun) < seconds:
        step()
        n += 1
    return n / taken


class Turns:
    """Turns of the event loop: seconds from one to the next, and of them the thread's own work."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.work: list[float] = []

    def wait(self, seconds: float) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        loop, last = QEventLoop(), (perf_counter(), thread_time())

        def tick() -> None:
            nonlocal last
            now = perf_counter(), thread_time()
            self.gaps.append(now[0] - last[0])
            self.work.append(now[1] - last[1])
            last = now

        timer = QTimer(interval=8)
        timer.timeout.connect(tick)
        timer.start()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
        timer.stop()

    def beside(self, run: Callable[[float], float], seconds: float) -> float:
        """What `run` returns, in a thread, while the event loop turns."""
        found: list[float] = []
        thread = threading.Thread(target=lambda: found.append(run(seconds)))
        thread.start()
        self.wait(seconds)
        thread.join()
        return found[0]

    def p99(self) -> str:
        return f"{1000 * quantiles(self.gaps, n=100)[-1]:.0f} ms"


class Window:
    """The program in the Learn mode, learning a text."""

    def __init__(self, text: str, tokenizer: Tokenizer) -> None:
        from PySide6.QtWidgets import QApplication

        from tokviz.gui.session import Session
        from tokviz.gui.settings import Settings
        from tokviz.gui.task import share_the_interpreter
        from tokviz.gui.window.learn_area import LearnArea

        share_the_interpreter()  # as the program does
        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        self.session = Session(app, Settings(mode="Learn"), "bytes", restore=False)
        self.session.window.resize(1280, 820)
        self.session.window.show()
        self.session.model.set_text(text)
        self.session.model.set_tokenizer(tokenizer)
        area = self.session.window.docks.panel("learning")
        assert isinstance(area, LearnArea)
        self.area = area
        self.turns = Turns()
        Turns().wait(1.0)

    def run(self, seconds: float) -> float:
        """Steps a second while everything is shown; the gaps between frames are kept."""
        area = self.area
        area.settings.fields.steps.setValue(10_000_000)
        area.settings.start_button.click()
        Turns().wait(1.0)
        n, begun = area.session.step_number, perf_counter()
        self.turns.wait(seconds)
        rate = (area.session.step_number - n) / (perf_counter() - begun)
        area.session.cancel()
        Turns().wait(0.2)
        return rate

    def end(self) -> None:
        self.session.end()
        self.session.window.close()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with home_of_its_own():
        measure(seconds)


def figures(quick: bool = False) -> Iterator[Figure]:
    chance = np.random.default_rng(0)
    for n_vocab in _SIZES[:1] if quick else _SIZES:
        ids = chance.integers(0, n_vocab, _N_IDS)
        rivals = {"bare": bare(ids, n_vocab), "ours": ours(ids, n_vocab)}
        rates = _turns(rivals, 0.5 if quick else 2.0)
        own, theirs = ([1 / rate for rate in rates[who]] for who in ("ours", "bare"))
        yield Figure.of_times(f"bigram step, {n_vocab:,} ids / bare torch loop", own, theirs)


def measure(seconds: float) -> None:
    random = np.random.default_rng(0)
    print(f"{'V':>6} {'bare':>9} {'ours':>9} {'ratio':>6}   steps a second, headless")
    for n_vocab in _SIZES:
        ids = random.integers(0, n_vocab, _N_IDS)
        rates = _turns({"bare": bare(ids, n_vocab), "ours": ours(ids, n_vocab)}, seconds)
        _print_row(n_vocab, rates)
    print(
        f"{'V':>6} {'bare':>9} {'window':>9} {'ratio':>6}   with the window live; p99 frame gap, "
        f"of an idle event loop beside the bare loop; p99 of the window's own work in a gap"
    )
    letters = f"{ascii_letters}{digits} .\n"
    for tokenizer in (characters_tokenizer(letters), bytes_tokenizer()):
        n_vocab = tokenizer.n_vocab
        ids = random.integers(0, n_vocab, 10_000)
        text = "".join(letters[i % len(letters)] for i in ids)
        window = Window(text, tokenizer)
        idle, loop = Turns(), bare(ids, n_vocab)
        rates = _turns({"bare": partial(idle.beside, loop), "ours": window.run}, seconds)
        work = 1000 * quantiles(window.turns.work, n=100)[-1]
        _print_row(n_vocab, rates, f"   {window.turns.p99()}, {idle.p99()}, {work:.0f} ms")
        window.end()


def _turns(rivals: dict[str, Callable[[float], float]], seconds: float) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(_ROUNDS):
        for name, run in rivals.items():
            rates[name].append(run(seconds))
    return rates


def _print_row(n_vocab: int, rates: dict[str, list[float]], more: str = "") -> None:
    theirs, own = rates["bare"], rates["ours"]
    share = ratio([1 / rate for rate in own], [1 / rate for rate in theirs])
    print(
        f"{n_vocab:>6} {median(theirs):>9,.0f} {median(own):>9,.0f} {share:>6.2f}{more}", flush=True
    )


if __name__ == "__main__":
    main()
