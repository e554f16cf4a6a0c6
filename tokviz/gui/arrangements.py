"""The docked panels, and the modes: which of them each mode shows, and where.

A new panel is one line in `PANELS`; a new mode is one line in `Mode` and one in `ARRANGEMENTS`.
Panels are imported and made when they are first shown, so that the window opens quickly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tokviz.gui.kept_tokenizers import KeptTokenizers
from tokviz.gui.settings import Settings
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.mode_switch import Mode

RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


class Shared(NamedTuple):
    """What every panel may need."""

    model: TokenizerModel
    theme: Theme
    settings: Settings
    kept: KeptTokenizers


@dataclass(frozen=True)
class DockedPanel:
    """`title` is what the View menu calls it; `area` where it appears when shown from there.

    One that `waits` is made after the window has painted its first frame: the text comes first.
    """

    name: str
    title: str
    area: Qt.DockWidgetArea
    make: Callable[[Shared], QWidget]
    waits: bool = False


@dataclass(frozen=True)
class Arrangement:
    """The panels a mode shows: beside the text in rows from top to bottom, and below it.

    `right_share` and `bottom_share`: the part of the window's width and height they begin with;
    `row_shares`: the parts of that height that the rows beside the text begin with, if not equal.
    """

    right: tuple[tuple[str, ...], ...] = (("token",),)
    right_share: float = 0.325
    row_shares: tuple[float, ...] = ()
    bottom: tuple[str, ...] = ()
    bottom_share: float = 0.537


def _token(shared: Shared) -> QWidget:
    from tokviz.gui.panels.token_card_panel import TokenCardPanel

    return TokenCardPanel(shared.model)


def _lists(shared: Shared) -> QWidget:
    from tokviz.gui.token_lists import TokenLists

    return TokenLists(shared.model, shared.theme)


def _replay(shared: Shared) -> QWidget:
    from tokviz.gui.replay_area import ReplayArea

    return ReplayArea(shared.model, shared.theme)


def _training(shared: Shared) -> QWidget:
    from tokviz.gui.panels.bpe_training_panel import BpeTrainingPanel
    from tokviz.gui.panels.tie_lens_panel import TieLensPanel

    panel = BpeTrainingPanel(shared.model, shared.theme, shared.kept)
    lens = TieLensPanel(shared.model, shared.theme)
    lens.problem.connect(panel.problem)
    lens.task_started.connect(panel.task_started)
    panel.pages.addTab(lens, "Ties")
    return panel


def _map(shared: Shared) -> QWidget:
    from tokviz.gui.panels.embedding_panel import EmbeddingPanel

    return EmbeddingPanel(shared.model, shared.theme)


def _neighbors(shared: Shared) -> QWidget:
    from tokviz.gui.neighbors_area import NeighborsArea

    return NeighborsArea(shared.model, shared.theme)


def _comparison(shared: Shared) -> QWidget:
    from tokviz.gui.panels.comparison_panel import ComparisonPanel

    return ComparisonPanel(shared.model, shared.theme, shared.settings)


def _learning(shared: Shared) -> QWidget:
    from tokviz.gui.learn_area import LearnArea

    return LearnArea(shared.model, shared.theme)


PANELS = [
    DockedPanel("token", "Token card", RIGHT, _token),
    DockedPanel("lists", "Vocabulary and tokens", RIGHT, _lists, waits=True),
    DockedPanel("replay", "Merge history", BOTTOM, _replay),
    DockedPanel("training", "Training", BOTTOM, _training),
    DockedPanel("map", "Map", RIGHT, _map),
    DockedPanel("neighbors", "Neighbours", RIGHT, _neighbors),
    DockedPanel("comparison", "Comparison", RIGHT, _comparison),
    DockedPanel("learning", "Language model", BOTTOM, _learning),
]

ARRANGEMENTS = {
    Mode.INSPECT: Arrangement(right=(("token",), ("lists",)), row_shares=(0.45, 0.55)),
    Mode.REPLAY: Arrangement(bottom=("replay",), bottom_share=0.52),
    Mode.TRAIN: Arrangement(bottom=("training",), bottom_share=0.5),
    Mode.MAP: Arrangement(
        right=(("map",), ("token", "neighbors")), right_share=0.62, row_shares=(0.6, 0.4)
    ),
    Mode.COMPARE: Arrangement(right=(("comparison",),), right_share=0.5),
    Mode.LEARN: Arrangement(
        right=(("map",),), right_share=0.45, bottom=("learning",), bottom_share=0.5
    ),
}
