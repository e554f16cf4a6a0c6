"""Figure: one measured number with its peer and its goal, the shape in which every script tells.

A script's `figures(quick)` yields them; `benchmarks.run` gathers all of them into one table and
holds them against those of an earlier day, in `figures.json`.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.measure import ratio as ratio_of

KEPT = Path(__file__).parent / "figures.json"
_WORSE = 1.25
"""Times as bad as kept, from which on a figure is marked."""


@dataclass(frozen=True)
class Figure:
    """`ours` and `peer` in `unit`; `ratio` above 1: ours is better.

    The goal is a ratio of at least `least`, or at most `most` of the unit; None: none was set.
    Figures without a peer compare across machines only roughly.
    """

    name: str
    ours: float
    unit: str
    peer: float | None = None
    ratio: float | None = None
    least: float | None = None
    most: float | None = None

    @staticmethod
    def of_times(
        name: str, ours: list[float], peer: list[float], *, least: float | None = None
    ) -> "Figure":
        """Seconds of both sides, round by round."""
        times = 1000 * median(ours), 1000 * median(peer)
        return Figure(name, times[0], "ms", times[1], ratio_of(ours, peer), least)

    @staticmethod
    def of_time(name: str, seconds: float, *, most: float | None = None) -> "Figure":
        """Seconds without a peer; `most` in seconds, too."""
        return Figure(name, 1000 * seconds, "ms", most=None if most is None else 1000 * most)

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if self.least is not None and self.ratio is not None:
            return self.ratio >= self.least
        return None if self.most is None else self.ours <= self.most

    def is_worse_than(self, kept: "Figure") -> bool:
        """Worse than an earlier one by more than a quarter: its ratio, or without one its value."""
        if self.ratio is not None and kept.ratio is not None:
            return self.ratio * _WORSE < kept.ratio
        return self.ours > kept.ours * _WORSE

    @property
    def goal(self) -> str:
        if self.least is not None:
            return f"≥ {self.least:g}x"
        return "" if self.most is None else f"≤ {_shown(self.most)} {self.unit}"


@dataclass(frozen=True)
class Kept:
    """A figure of an earlier day."""

    figure: Figure
    on: str  # the day


def read_kept(path: Path = KEPT) -> dict[str, Kept]:
    """The figures kept in a file, by name; none where there is no file."""
    if not path.exists():
        return {}
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {row["name"]: Kept(Figure(**row), on) for row in rows for on in [row.pop("on")]}


def keep(figures: Iterable[Figure], path: Path = KEPT) -> None:
    """Put figures of today in the place of earlier ones of the same names."""
    kept = read_kept(path) | {f.name: Kept(f, date.today().isoformat()) for f in figures}
    rows = [asdict(one.figure) | {"on": one.on} for one in kept.values()]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def row_of(figure: Figure, kept: Kept | None) -> str:
    """A line of the table."""
    peer = "" if figure.peer is None else f"{_shown(figure.peer)} {figure.unit}"
    times = "" if figure.ratio is None else f"{figure.ratio:.2f}x"
    reached = {None: "", True: "✓", False: "✗"}[figure.reached]
    before = "new"
    if kept is not None:
        old = kept.figure
        before = f"{old.ratio:.2f}x" if old.ratio is not None else f"{_shown(old.ours)} {old.unit}"
        before += f", {kept.on}" + (" **worse**" if figure.is_worse_than(old) else "")
    ours = f"{_shown(figure.ours)} {figure.unit}"
    return f"| {figure.name} | {ours} | {peer} | {times} | {figure.goal} {reached} | {before} |"


HEAD = """| figure | ours | peer | ratio | goal | before |
| --- | --- | --- | --- | --- | --- |"""


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
