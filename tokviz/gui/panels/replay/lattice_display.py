"""LatticeDisplay: the best path through a lattice, place by place and back, in a `LatticeBody`."""

from collections.abc import Sequence

from tokviz.gui.widgets.replay.lattice_body import LatticeBody
from tokviz.gui.widgets.replay.lattice_layout import LatticeArc
from tokviz.gui.widgets.replay.lattice_view import LatticeState
from tokviz.gui.widgets.replay.merge_row_layout import RowToken
from tokviz.gui.widgets.tables.row_table_model import NoRows
from tokviz.tokenization.replay.cut_stretch import CutStretch, tokens_of_arcs
from tokviz.tokenization.segmenters.unigram import Arc, Lattice
from tokviz.tokenization.vocabulary.visible_text import visible

_LONGEST = 400  # characters of a stretch that are written out
_NO_ID = -1
_EMPTY = Lattice("", [], [0.0], [-1])


class CandidateArcs:
    """The ways to a place, the winner on top; `ids` has the id of each row or None."""

    headings: Sequence[str] = ("total", "token", "score", "from", "id")

    def __init__(self, lattice: Lattice, arcs: Sequence[Arc]) -> None:
        self._lattice = lattice
        self._arcs = arcs

    @property
    def ids(self) -> list[int | None]:
        return [arc.id for arc in self._arcs]

    def n_rows(self) -> int:
        return len(self._arcs)

    def cell(self, row: int, column: int) -> str:
        arc = self._arcs[row]
        if column == 0:
            return f"{self._lattice.best[arc.start] + arc.score:.4f}"
        if column == 1:
            return label_of(self._lattice, arc)
        if column == 2:
            return f"{arc.score:.4f}"
        if column == 3:
            return f"{arc.start:,}"
        return "unknown" if arc.id is None else str(arc.id)

    def align_right(self, column: int) -> bool:
        return column != 1

    def is_emphasised(self, row: int) -> bool:
        return row == 0


class LatticeDisplay:
    """Steps 1 to n decide the places 1 to n; the others walk the best path back, arc by arc."""

    says = "the likeliest way through wins"
    nothing = "Nothing is left of this part of the text when it is normalized: it has no token."

    def __init__(self, view: LatticeBody) -> None:
        self._view = view
        self._stretch: CutStretch | None = None
        self._lattice = _EMPTY
        self._path: list[int] = []  # the arcs of the best path, the last first

    @property
    def _n_places(self) -> int:
        return len(self._lattice.text)

    @property
    def n_steps(self) -> int:
        return self._n_places + len(self._path)

    @property
    def lattice(self) -> Lattice:
        return self._lattice

    def take(self, stretch: CutStretch, number: int) -> None:
        """Another lattice: the one of this number in the stretch."""
        lattice = self._lattice = stretch.lattices[number]
        self._stretch, self._path = stretch, []
        place = len(lattice.text)
        while place:
            self._path.append(lattice.path[place])
            place = lattice.arcs[lattice.path[place]].start
        self._view.lattice.set_lattice(
            [visible(c.encode("utf-8")) for c in lattice.text],
            [
                LatticeArc(
                    arc.start,
                    arc.end,
                    label_of(lattice, arc),
                    arc.score,
                    _NO_ID if arc.id is None else arc.id,
                )
                for arc in lattice.arcs
            ],
        )
        self._view.say_written(_written(stretch, lattice))

    def clear(self) -> None:
        self._stretch, self._lattice, self._path = None, _EMPTY, []
        self._view.lattice.set_lattice([], [])
        self._view.say_written("")
        self._view.row.set_rows([], None, None, None)
        self._view.candidates.set_source(NoRows())

    def show(self, step: int) -> str:
        """Show a step; the sentence on it."""
        lattice, n = self._lattice, self._n_places
        reached, walked = min(step, n), max(step - n, 0)
        path = self._path[:walked]
        place = lattice.arcs[path[-1]].start if path else reached
        sentence = self._sentence(reached, walked)
        winners, totals = lattice.path[: reached + 1], lattice.best[: reached + 1]
        state = LatticeState(reached, winners, totals, frozenset(path), place)
        self._view.lattice.set_state(state, sentence)
        self._view.show_place(place)
        looked_at = lattice.arcs[path[-1]].end if path else reached
        self._view.candidates.set_source(CandidateArcs(lattice, self._candidates(looked_at)))
        self._show_row(walked)
        return sentence

    def _candidates(self, place: int) -> list[Arc]:
        """The ways to a place: that which wins, then the others by their totals."""
        lattice = self._lattice
        if place == 0:
            return []
        winner = lattice.arcs[lattice.path[place]]
        others = [arc for arc in lattice.arcs_to(place) if arc is not winner]
        others.sort(key=lambda arc: -(lattice.best[arc.start] + arc.score))
        return [winner, *others]

    def _show_row(self, walked: int) -> None:
        stretch = self._stretch
        if stretch is None:
            return
        if walked == len(self._path) and len(stretch.lattices) == 1:
            row = [RowToken(stretch.name(i), i) for i in stretch.ids.tolist()]
        else:
            arcs = [self._lattice.arcs[i] for i in reversed(self._path[:walked])]
            row = [
                RowToken(label_of(self._lattice, arc), _NO_ID if arc.id is None else arc.id)
                for arc in arcs
            ]
        self._view.row.set_rows(row, None, None, None)
        self._view.row.setVisible(bool(row))

    def _sentence(self, reached: int, walked: int) -> str:
        lattice, n = self._lattice, self._n_places
        if self._stretch is None:
            return self.nothing
        if walked:
            return self._walk_sentence(walked)
        if not reached:
            return (
                f"{n:,} characters, {len(lattice.arcs):,} tokens fit somewhere; the start scores 0"
            )
        winner, *others = self._candidates(reached)
        words = (
            f"Place {reached:,} of {n:,} · {label_of(lattice, winner)} wins with "
            f"{lattice.best[reached]:.4f}"
        )
        if others:
            total = lattice.best[others[0].start] + others[0].score
            words += f" · next best was {label_of(lattice, others[0])} with {total:.4f}"
        else:
            words += " · no other token ends here"
        return words + ("" if winner.id is not None else " · it is unknown, below every known one")

    def _walk_sentence(self, walked: int) -> str:
        lattice, stretch = self._lattice, self._stretch
        assert stretch is not None
        arc = lattice.arcs[self._path[walked - 1]]
        if walked < len(self._path):
            name = label_of(lattice, arc)
            return f"Back from place {arc.end:,}: {name} came from place {arc.start:,}"
        path = " + ".join(label_of(lattice, arc) for arc in lattice.best_path[:24])
        more = " …" if len(self._path) > 24 else ""
        return (
            f"The best path: {path}{more}, together {lattice.best[-1]:.4f}{self._unknown_words()}"
        )

    def _unknown_words(self) -> str:
        """What becomes of characters without a token."""
        stretch = self._stretch
        assert stretch is not None
        unknown = [
            (arc, n)
            for arc, n in tokens_of_arcs(self._lattice, stretch.tokenizer)
            if arc.id is None
        ]
        if not unknown:
            return ""
        arc, n_tokens = unknown[0]
        character = visible(self._lattice.text[arc.start : arc.end].encode("utf-8"))
        if n_tokens > 1:
            return f" · {character} is no token: its {n_tokens} bytes stand for it"
        return f" · {character} is unknown"


def label_of(lattice: Lattice, arc: Arc) -> str:
    """The token of an arc as it is shown; a character without one has a question mark."""
    text = visible(lattice.text[arc.start : arc.end].encode("utf-8"))
    return f"{text}?" if arc.id is None else text


def _written(stretch: CutStretch, lattice: Lattice) -> str:
    """How the stretch stands in the text, where it is written otherwise."""
    if len(stretch.lattices) != 1 or stretch.text == lattice.text:
        return ""
    shown = visible(stretch.text[:_LONGEST].encode("utf-8", "replace"))
    return f"{shown} is written {visible(lattice.text[:_LONGEST].encode('utf-8'))}"
