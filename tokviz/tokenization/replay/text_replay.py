"""TextReplay: the merges of a stretch of text as one replay, from those of its pre-tokens."""

import numpy as np

from tokviz.tokenization.encoding import Encoding, Int64s, without_surrogates
from tokviz.tokenization.replay.merge_replay import MergeReplay, Node
from tokviz.tokenization.tokenizer import Tokenizer


class TextReplay:
    """The merges of a stretch of text, one after the other.

    `by_rank` False: pre-token by pre-token; True: by rank, everywhere at once. Both end in the
    same ids. A step of the whole is a step of one pre-token: `locate` says of which.
    """

    def __init__(self, tokenizer: Tokenizer, encoding: Encoding, *, by_rank: bool = False) -> None:
        self._tokenizer = tokenizer
        self._encoding = encoding
        starts = encoding.pre_token_bytes
        self._starts = np.zeros(0, np.int64) if starts is None else starts.astype(np.int64)
        places, ranks = self._closings()
        owners = self._starts.searchsorted(places, "right") - 1
        order = np.lexsort((places, ranks, owners))
        self._owners = owners[order]
        firsts = self._owners.searchsorted(self._owners, "left")
        self._locals = np.arange(len(order)) - firsts + 1
        self._ranks = ranks[order]
        if by_rank:
            again = np.lexsort((places[order], self._ranks))
            self._owners, self._locals = self._owners[again], self._locals[again]
            self._ranks = self._ranks[again]

    def _closings(self) -> tuple[Int64s, Int64s]:
        """Byte place and rank of every merge: where its left part ends."""
        gaps, lost = self._encoding.gaps, self._encoding.uncovered_bytes
        if gaps is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        places = np.flatnonzero(gaps >= 0)
        ranks = gaps[places].astype(np.int64)
        # Beside a lost byte a merge closes no gap between neighbours: ask the merge loop there.
        affected = np.unique(self._starts.searchsorted(lost.astype(np.int64), "right") - 1)
        is_affected = np.zeros(len(self._starts), bool)
        is_affected[affected] = True
        keep = ~is_affected[self._starts.searchsorted(places, "right") - 1]
        more_places, more_ranks = [], []
        for owner in affected.tolist():
            start, replay = self.pre_token_start(owner), self.pre_token(owner)
            for node in replay.nodes:
                more_places.append(start + replay.ends[_last_symbol(replay, node)] - 1)
                more_ranks.append(node.rank)
        return (
            np.concatenate((places[keep], np.array(more_places, np.int64))),
            np.concatenate((ranks[keep], np.array(more_ranks, np.int64))),
        )

    @property
    def n_steps(self) -> int:
        return len(self._owners)

    @property
    def n_pre_tokens(self) -> int:
        return len(self._starts)

    def pre_token_start(self, pre_token: int) -> int:
        """Byte offset of a pre-token in the stretch."""
        return int(self._starts[pre_token])

    def pre_token_text(self, pre_token: int) -> str:
        """The characters of a pre-token."""
        encoding, starts = self._encoding, self._encoding.pre_token_chars
        assert starts is not None  # or there would be no pre-token
        n = len(starts)
        end = int(starts[pre_token + 1]) if pre_token + 1 < n else len(encoding.text)
        return encoding.text[int(starts[pre_token]) : end]

    def pre_token_at(self, char: int) -> int:
        """The pre-token that holds a character of the stretch."""
        starts = self._encoding.pre_token_chars
        assert starts is not None  # or there would be no pre-token
        return int(starts.searchsorted(np.int32(char), "right")) - 1

    def pre_token(self, pre_token: int) -> MergeReplay:
        """The replay of one pre-token."""
        data = without_surrogates(self.pre_token_text(pre_token)).encode("utf-8")
        at_start = pre_token == 0 and self._encoding.begins_text
        return MergeReplay(self._tokenizer, data, at_start=at_start)

    def locate(self, step: int) -> tuple[int, int]:
        """Step 1..n_steps of the whole → (pre-token, its own step)."""
        return int(self._owners[step - 1]), int(self._locals[step - 1])

    def step_of(self, pre_token: int, own_step: int) -> int:
        """The other way round; own step 0 gives the step before the pre-token's first."""
        mine = np.flatnonzero(self._owners == pre_token)
        if not len(mine):
            return int(self._owners.searchsorted(pre_token)) if self.n_steps else 0
        return int(mine[own_step - 1]) + 1 if own_step else int(mine[0])

    def step_of_rank(self, rank: int) -> int | None:
        """The first step that applies the merge of a rank; None if it never fires."""
        found = np.flatnonzero(self._ranks == rank)
        if not len(found):
            return None
        if self._tokenizer.ordered is True:
            return int(found[0]) + 1
        # Ranks may fall within a pre-token, where they are sorted here: ask its own replay.
        owner = int(self._owners[found[0]])
        ranks = [node.rank for node in self.pre_token(owner).nodes]
        return self.step_of(owner, ranks.index(rank) + 1)


def _last_symbol(replay: MergeReplay, node: Node) -> int:
    """The last symbol of a node's left part."""
    n = len(replay.symbols)
    if node.left < n:
        return node.left
    return replay.nodes[node.left - n].end - 1
