"""The stages of encoding, text → pre-tokens → bytes → merges → ids, as rows of tokens to show."""

from collections.abc import Sequence
from enum import Enum

from tokviz.gui.panels.replay_scope import NameOf, Position, Stretch
from tokviz.gui.widgets.merge_row_view import RowToken
from tokviz.gui.widgets.merge_tree_view import TreeLeaf, TreeNode
from tokviz.tokenization.merge_replay import MergeReplay
from tokviz.tokenization.token_facts import visible

Rows = tuple[Sequence[RowToken], Sequence[RowToken] | None, int | None, int | None]

_NO_ID = -1
_MOST_SHOWN = 5_000  # characters or pre-tokens in a row


class Stage(Enum):
    """The value is the name on the strip."""

    TEXT = "text"
    PRE_TOKENS = "pre-tokens"
    BYTES = "bytes"
    MERGES = "merges"
    IDS = "ids"


STAGES = [stage.value for stage in Stage]


def row_of_stage(
    stage: Stage, stretch: Stretch, replay: MergeReplay, position: Position, name_of: NameOf
) -> Rows:
    """What `MergeRowView.set_rows` takes: before, after, the pair's index, the new one's index."""
    if stage is Stage.TEXT:
        characters = stretch.text[:_MOST_SHOWN]
        return [RowToken(visible(_utf8(c)), _NO_ID) for c in characters], None, None, None
    if stage is Stage.PRE_TOKENS:
        last = min(stretch.replay.n_pre_tokens, _MOST_SHOWN)
        datas = [stretch.replay.pre_token(i).data for i in range(last)]
        return [RowToken(visible(data), _NO_ID) for data in datas], None, None, None
    if stage is Stage.BYTES:
        return [RowToken(f"{byte:02x}", _NO_ID) for byte in replay.data], None, None, None
    step = position.step
    if stage is Stage.IDS or step == 0:
        state = replay.n_steps if stage is Stage.IDS else 0
        return _row(replay, state, name_of), None, None, None
    pair = replay.pair_index(step)
    return _row(replay, step - 1, name_of), _row(replay, step, name_of), pair, pair


def _row(replay: MergeReplay, state: int, name_of: NameOf) -> list[RowToken]:
    return [RowToken(name_of(token_id), token_id) for token_id in replay.row(state)[1].tolist()]


def _utf8(character: str) -> bytes:
    return character.encode("utf-8", "replace")


def tree_of(
    replay: MergeReplay, name_of: NameOf
) -> tuple[list[TreeLeaf], list[int], list[TreeNode]]:
    """What `MergeTreeView.set_tree` takes: leaves, their ids, and nodes in the order of merging."""
    characters = _characters(replay.data)
    leaves = []
    for place in replay.places:
        byte = replay.data[place : place + 1]
        character, several = characters[place]
        label = byte.hex() if several else visible(byte)
        leaves.append(TreeLeaf(label, byte.hex(), visible(character.encode()) if several else ""))
    nodes = []
    for node in replay.nodes:
        end = replay.places[node.end - 1] + 1
        data = replay.data[replay.places[node.start] : end]
        nodes.append(
            TreeNode(node.left, node.right, node.rank, node.id, name_of(node.id), data.hex(" "))
        )
    return leaves, list(replay.symbols), nodes


def _characters(data: bytes) -> list[tuple[str, bool]]:
    """For each byte the character it belongs to, and whether that has several bytes."""
    found = []
    for character in data.decode("utf-8"):
        n_bytes = len(character.encode())
        found += [(character, n_bytes > 1)] * n_bytes
    return found
