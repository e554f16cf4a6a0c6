"""Does the order of merges hold? Only then do gap ranks tell the tokens after any number of merges.

It holds if no merge, when its result is encoded with the lower-ranked merges alone, finds three or
more tokens there: at the first step that lowers the rank the bytes of its result would still be in
three parts. A merge that finds one token, or two others, never fires.

A file may list several pairs that make one token (Llama 3 has 280,147 for 127,744 tokens). They
share the rank of the first, and here a token is counted once: 678 of Llama 3's fail and 94 of
Gemma 3's, where the same check of every line, by its own place in the file, finds 932 and 1,417.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tokviz.tokenization.algorithms.bpe import MergeRules, Merges
from tokviz.tokenization.encoding import Int32s
from tokviz.tokenization.replay.left_parts import FAILS, NEVER, LeftParts
from tokviz.tokenization.tokenizer import Tokenizer


@dataclass(frozen=True)
class OrderCheck:
    """One is yielded now and then, the last with what was found: in `failing` the ranks of merges
    that find three or more tokens.

    `never`: how many never fire. `tokenizer`: at the end the tokenizer that knows whether its order
    holds, and where it does has the pair that fires as the one of each rank; else None.
    """

    n_merges: int
    failing: tuple[int, ...] = ()
    never: int = 0
    tokenizer: Tokenizer | None = None


def check_order(tokenizer: Tokenizer, cache: Path | None = None) -> Iterator[OrderCheck]:
    """Check every merge; the last thing yielded has the result. `cache`: a folder for results."""
    rules = tokenizer.all_rules
    n = len(tokenizer.merges)
    file = None if cache is None else cache / f"merge-order-{_digest(tokenizer, rules)}.npy"
    fired = _remembered(file, n)
    if fired is None:
        parts = LeftParts(tokenizer)
        for _ in parts.steps():
            yield OrderCheck(n)
        fired = parts.of_rank
        if file is not None:
            _remember(file, fired)
    failing = tuple(np.flatnonzero(fired == FAILS).tolist())
    never = int(np.count_nonzero(fired == NEVER))
    yield OrderCheck(n, failing, never, _told(tokenizer, rules, fired))


def _digest(tokenizer: Tokenizer, rules: MergeRules) -> str:
    digest = hashlib.sha256(tokenizer.fingerprint.encode())
    for column in (rules.lines.left, rules.lines.right, rules.ranks, *rules.lines.others):
        digest.update(column.tobytes())
    return digest.hexdigest()[:32]


def _remembered(file: Path | None, n_merges: int) -> Int32s | None:
    try:
        found: Int32s | None = None if file is None else np.load(file, allow_pickle=False)
    except (OSError, ValueError):
        return None
    is_whole = found is not None and found.shape == (n_merges,) and found.dtype == np.int32
    return found if is_whole else None


def _remember(file: Path, fired: Int32s) -> None:
    """Where nothing can be written, the next one checks again."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as opened:
            np.save(opened, fired)
        part.replace(file)


def why_only_all_merges(tokenizer: Tokenizer, check: OrderCheck | None, *, checking: bool) -> str:
    """A sentence on why a text is not shown with fewer merges; empty where it can be.

    `check`: the result for this tokenizer, if there is one. `checking`: it is on its way.
    """
    if tokenizer.ordered or not len(tokenizer.merges):
        return ""
    if tokenizer.ordered is False:
        which = "Some"
        if check is not None:
            which = f"{len(check.failing):,} of the {check.n_merges:,}"
        return (
            f"{which} merges of {tokenizer.name} need later ones to make their token, so no text "
            f"has tokens after a number of merges; it is shown with all of them."
        )
    if checking:
        return "Whether a text can be shown with fewer merges is being checked."
    return (
        "Whether a text can be shown with fewer merges was not checked to the end; open the "
        "tokenizer again to check it."
    )


def _told(tokenizer: Tokenizer, rules: MergeRules, fired: Int32s) -> Tokenizer:
    if FAILS in fired:
        return replace(tokenizer, ordered=False)
    merges = tokenizer.merges
    left, right = merges.left.copy(), merges.right.copy()
    candidates = [(rules.lines.left, rules.lines.right, rules.ranks)]
    if len(rules.lines.others[2]):
        others = rules.lines.others
        candidates.append((others[0], others[1], rules.ranks[others[2]]))
    for lefts, rights, ranks in candidates:
        fires = lefts == fired[ranks]
        left[ranks[fires]], right[ranks[fires]] = lefts[fires], rights[fires]
    history = Merges(left, right, merges.ids, merges.counts)
    # Of the rules of one token only the one in the history ever fires.
    return replace(tokenizer, ordered=True, merges=history, rules=None)
