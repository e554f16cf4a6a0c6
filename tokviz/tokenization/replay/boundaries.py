"""Why a boundary is where it is: the cause of one gap between two bytes of a text."""

from dataclasses import dataclass
from enum import Enum

from tokviz.tokenization.replay.merge_replay import MergeReplay


class Cause(Enum):
    """What keeps two neighbouring bytes apart, or together."""

    PRE_TOKENS = "pre-tokens"  # the split pattern cuts here
    NO_RULE = "no rule"  # at no time did a rule join the tokens beside the gap
    TAKEN_AWAY = "taken away"  # a rule did, but another merge took one of its parts first
    MERGED = "merged"  # no boundary: a merge closed the gap
    UNCOVERED = "uncovered"  # a byte beside the gap is in no token


@dataclass(frozen=True)
class Explanation:
    """The cause at one gap of a pre-token; ids and steps where the cause has them.

    NO_RULE: `left` and `right` are the final tokens beside the gap. TAKEN_AWAY: `rank` is the
    lowest rule that was a candidate here, joining `left` and `right`, and step `step`, the merge
    of rank `winner`, took one of them. MERGED: step `step` of rank `rank` joined `left`, `right`.
    """

    cause: Cause
    left: int | None = None
    right: int | None = None
    rank: int | None = None
    step: int | None = None
    winner: int | None = None


def explain_gap(replay: MergeReplay, byte: int) -> Explanation:
    """Explain the gap after a byte of the replay's pre-token. Raises `IndexError`."""
    if not 0 <= byte < len(replay.data) - 1:
        raise IndexError(f"no gap after byte {byte} of a pre-token of {len(replay.data)} bytes")
    try:
        gap = replay.ends.index(byte + 1)
    except ValueError:
        return Explanation(Cause.UNCOVERED)
    if gap + 1 >= len(replay.places) or replay.places[gap + 1] != byte + 1:
        return Explanation(Cause.UNCOVERED)
    return _explain(replay, gap)


def _explain(replay: MergeReplay, gap: int) -> Explanation:
    """Follow the two tokens beside the gap through the steps that change one of them."""
    left, right = replay.symbols[gap], replay.symbols[gap + 1]
    best: Explanation | None = None
    for step, node in enumerate(replay.nodes, 1):
        if node.end <= gap or node.start > gap + 1:
            continue
        rank = replay.rank_of(left, right)
        if node.start <= gap < node.end - 1:
            return Explanation(Cause.MERGED, left, right, node.rank, step)
        if rank is not None and (best is None or best.rank is None or rank < best.rank):
            best = Explanation(Cause.TAKEN_AWAY, left, right, rank, step, node.rank)
        if node.end == gap + 1:
            left = node.id
        else:
            right = node.id
    return best or Explanation(Cause.NO_RULE, left, right)
