"""The stages of encoding, text → pre-tokens → bytes → merges → ids, as rows of tokens to show."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import overload

from tokviz.gui.panels.replay.replay_scope import NameOf, Position, Stretch
from tokviz.gui.widgets.replay.merge_row_layout import RowToken
from tokviz.gui.widgets.replay.merge_tree_layout import TreeLeaf, TreeNode
from tokviz.tokenization.encoding import Int32s, without_surrogates
from tokviz.tokenization.replay.merge_replay import MergeReplay
from tokviz.tokenization.vocabulary.visible_text import visible

Rows = tuple[Sequence[RowToken], Sequence[RowToken] | None, int | None, int | None]

_NO_ID = -1
_LONGEST = 200  # characters of a pre-token that are shown


class Stage(Enum):
    """The value is the name on the strip."""

    TEXT = "text"
    PRE_TOKENS = "pre-tokens"
    BYTES = "bytes"
    MERGES = "merges"
    IDS = "ids"


STAGES = [stage.value for stage in Stage]


class LazyRow(Sequence[RowToken]):
    """A row of `n` tokens of which only those in view are ever made."""

    def __init__(self, n: int, token_at: Callable[[int], RowToken]) -> None:
        self._n = n
        self._token_at = token_at

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, index: int) -> RowToken: ...
    @overload
    def __getitem__(self, index: slice) -> list[RowToken]: ...
    def __getitem__(self, index: int | slice) -> RowToken | list[RowToken]:
        if isinstance(index, slice):
            return [self._token_at(i) for i in range(*index.indices(self._n))]
        return self._token_at(range(self._n)[index])


def row_of_stage(
    stage: Stage, stretch: Stretch, replay: MergeReplay, position: Position, name_of: NameOf
) -> Rows:
    """What `MergeRowView.set_rows` takes: before, after, the pair's index, the new one's index."""
    if stage is Stage.TEXT:
        return _text_row(len(stretch.text), stretch.text.__getitem__), None, None, None
    if stage is Stage.PRE_TOKENS:
        whole = stretch.replay
        return _text_row(whole.n_pre_tokens, whole.pre_token_text), None, None, None
    if stage is Stage.BYTES:
        if replay.by_characters:
            return _text_row(len(stretch.text), stretch.text.__getitem__), None, None, None
        data = without_surrogates(stretch.text).encode("utf-8")
        row = LazyRow(len(data), lambda i: RowToken(f"{data[i]:02x}", _NO_ID))
        return row, None, None, None
    if stage is Stage.IDS:
        return _row(stretch.ids, name_of), None, None, None
    step = position.step
    after = state_row(replay, step, name_of)
    if step == 0:
        return after, None, None, None
    pair = replay.pair_index(step)
    return state_row(replay, step - 1, name_of), after, pair, pair


def _text_row(n: int, part_at: Callable[[int], str]) -> LazyRow:
    def token_at(index: int) -> RowToken:
        part = without_surrogates(part_at(index)[:_LONGEST])
        return RowToken(visible(part.encode("utf-8")), _NO_ID)

    return LazyRow(n, token_at)


def state_row(replay: MergeReplay, state: int, name_of: NameOf) -> LazyRow:
    """The tokens after so many steps; a symbol that is no token is shown without an id."""
    firsts, ids = replay.row(state)
    unknown = frozenset(replay.unknown)

    def token_at(index: int) -> RowToken:
        symbol, token_id = int(firsts[index]), int(ids[index])
        if symbol in unknown and token_id == replay.symbols[symbol]:
            return RowToken(visible(replay.symbol_bytes(symbol)), _NO_ID)
        return RowToken(name_of(token_id), token_id)

    return LazyRow(len(ids), token_at)


def _row(ids: Int32s, name_of: NameOf) -> LazyRow:
    def token_at(index: int) -> RowToken:
        token_id = int(ids[index])
        return RowToken(name_of(token_id), token_id)

    return LazyRow(len(ids), token_at)


def tree_of(
    replay: MergeReplay, name_of: NameOf
) -> tuple[list[TreeLeaf], list[int], list[TreeNode]]:
    """What `MergeTreeView.set_tree` takes: leaves, their ids, and nodes in the order of merging."""
    characters = _characters(replay.data)
    leaves = []
    for place, end in zip(replay.places, replay.ends, strict=True):
        data = replay.data[place:end]
        if not data:  # the space that SentencePiece puts before a text
            leaves.append(TreeLeaf(visible(b" "), "", ""))
            continue
        character, several = characters[place]
        is_cut = several and data != character.encode()
        label = data.hex() if is_cut else visible(data)
        leaves.append(TreeLeaf(label, data.hex(), visible(character.encode()) if is_cut else ""))
    nodes = []
    for node in replay.nodes:
        end = replay.ends[node.end - 1]
        data = replay.data[replay.places[node.start] : end]
        nodes.append(
            TreeNode(node.left, node.right, node.rank, node.id, name_of(node.id), data.hex(" "))
        )
    unknown = frozenset(replay.unknown)
    ids = [_NO_ID if i in unknown else symbol for i, symbol in enumerate(replay.symbols)]
    return leaves, ids, nodes


def _characters(data: bytes) -> list[tuple[str, bool]]:
    """For each byte the character it belongs to, and whether that has several bytes."""
    found = []
    for character in data.decode("utf-8"):
        n_bytes = len(character.encode())
        found += [(character, n_bytes > 1)] * n_bytes
    return found
