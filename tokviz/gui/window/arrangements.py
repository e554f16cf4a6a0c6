"""The docked panels, and the modes: which of them each mode shows, and where.

A new panel is one line in `PANELS`; a new mode is one line in `Mode` and one in `ARRANGEMENTS`.
Panels are imported and made when they are first shown, so that the window opens quickly, and step
by step, so that it goes on answering: importing and making the Replay mode takes ten frames.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tokviz.gui.files.kept_tokenizers import KeptTokenizers
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


Making = Generator[None, None, QWidget]
"""Makes a panel; at each `yield` the window may paint and answer, and even be asked for it."""


@dataclass(frozen=True)
class DockedPanel:
    """`title` is what the View menu calls it; `area` where it appears when shown from there.

    One that `waits` is made after the window has painted its first frames: the text comes first.
    """

    name: str
    title: str
    area: Qt.DockWidgetArea
    make: Callable[[Shared], Making]
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


def _token(shared: Shared) -> Making:
    from tokviz.gui.panels.inspect.token_card_panel import TokenCardPanel

    yield
    return TokenCardPanel(shared.model)


def _lists(shared: Shared) -> Making:
    from tokviz.gui.panels.inspect import vocabulary_panel  # noqa: F401 - the tab in front
    from tokviz.gui.window.token_lists import TokenLists

    yield
    lists = TokenLists(shared.model, shared.theme)
    yield
    return lists


def _replay(shared: Shared) -> Making:
    from tokviz.gui.widgets.replay import merge_replay_view

    yield
    from tokviz.gui.panels.replay.merge_history_panel import MergeHistoryPanel
    from tokviz.gui.panels.replay.replay_stages import STAGES

    yield
    from tokviz.gui.window.replay_area import ReplayArea

    yield
    bodies = merge_replay_view.OtherBodies()
    yield
    view = merge_replay_view.MergeReplayView(STAGES, bodies)
    yield
    history = MergeHistoryPanel(shared.model, shared.theme, view)
    yield
    area = ReplayArea(shared.model, shared.theme, history)
    yield
    return area


def _training(shared: Shared) -> Making:
    from tokviz.gui.panels.train.bpe_training_panel import BpeTrainingPanel

    yield
    from tokviz.gui.panels.train.tie_lens_panel import TieLensPanel

    yield
    panel = BpeTrainingPanel(shared.model, shared.theme, shared.kept)
    yield
    lens = TieLensPanel(shared.model, shared.theme)
    lens.problem.connect(panel.problem)
    lens.task_started.connect(panel.task_started)
    panel.pages.addTab(lens, "Ties")
    return panel


def _map(shared: Shared) -> Making:
    from tokviz.gui.widgets.map import map_area  # noqa: F401 - a third of what is to be imported

    yield
    from tokviz.gui.files import table_opening  # noqa: F401 - another one

    yield
    from tokviz.gui.panels.map.embedding_panel import EmbeddingPanel

    yield
    panel = EmbeddingPanel(shared.model, shared.theme)
    yield
    return panel


def _neighbors(shared: Shared) -> Making:
    from tokviz.gui.window.neighbors_area import NeighborsArea

    yield
    area = NeighborsArea(shared.model, shared.theme)
    yield
    return area


def _comparison(shared: Shared) -> Making:
    from tokviz.gui.panels.compare.comparison_panel import ComparisonPanel

    yield
    return ComparisonPanel(shared.model, shared.theme, shared.settings)


def _learning(shared: Shared) -> Making:
    from tokviz.gui.window.learn_area import LearnArea

    yield
    area = LearnArea(shared.model, shared.theme)
    yield
    area.add_learned()
    yield
    return area


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
