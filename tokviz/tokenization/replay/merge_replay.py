"""MergeReplay: the replay of encoding one pre-token, to be sought to any step.

A replay keeps the merges as events, not a picture of every step: the state after s steps follows
from the first s events. The events come from the merge loop that encodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np

from tokviz.tokenization.algorithms.bpe import MergeRules, MergeStep, apply_merges
from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.segmenters.piece_bpe import PieceBpe
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer


@dataclass(frozen=True)
class Node:
    """What one merge made: it covers the symbols [start, end). `left`, `right` are the parts as
    indexes: below the number of symbols a symbol, above it an earlier node."""

    left: int
    right: int
    start: int
    end: int
    rank: int
    id: int


@dataclass(frozen=True)
class Candidate:
    """Two neighbouring tokens of a row: `left` is the index of the first; no rule: rank None."""

    left: int
    rank: int | None


@dataclass(frozen=True)
class TakenWhole:
    """A pre-token that is a token and was not merged: its id, and what merging would have given."""

    id: int
    otherwise: list[int]


class Candidates(Sequence[Candidate]):
    """The pairs of a row, as columns: a pre-token of 10,000 bytes has as many at each step."""

    def __init__(self, ids: Int32s, rules: MergeRules) -> None:
        # Lines are in the order in which they are tried; behind the last one: no rule.
        ranks = rules.lines.ranks_of(ids[:-1], ids[1:])
        self._without = len(rules.lines)
        self._rank_of_line = rules.ranks
        self._order = np.argsort(ranks, kind="stable")
        self._ranks = ranks[self._order]

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> Candidate: ...
    @overload
    def __getitem__(self, index: slice) -> list[Candidate]: ...
    def __getitem__(self, index: int | slice) -> Candidate | list[Candidate]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        left, rank = int(self._order[index]), int(self._ranks[index])
        known = None if rank == self._without else int(self._rank_of_line[rank])
        return Candidate(left, known)


class MergeReplay:
    """The merges of one pre-token. Step s, from 1, is `nodes[s - 1]`; state 0 is the bare symbols.

    `symbols`: the id of each byte (or character) the vocabulary has; `places`, `ends`: its span
    in the pre-token.
    """

    def __init__(self, tokenizer: Tokenizer, data: bytes, *, at_start: bool = False) -> None:
        """`data` is normalized first; `at_start`: the text begins with it."""
        if tokenizer.normalizer is not None:
            data = tokenizer.normalizer.normalize(data.decode("utf-8")).encode("utf-8")
        self.data = data
        self._rules = tokenizer.all_rules
        known = tokenizer.symbols_of(data, at_start=at_start)
        self.symbols, self.places, self.ends = known.ids, known.starts, known.ends
        _, self._events = apply_merges(self.symbols, self._rules.lines)
        self._tokenizer = tokenizer
        self._at_start = at_start

    @property
    def by_characters(self) -> bool:
        """Whether merging begins with characters, not with bytes."""
        tokenizer = self._tokenizer
        of_pieces = isinstance(tokenizer.segmenter, PieceBpe)
        return of_pieces or tokenizer.algorithm is Algorithm.CHARACTER_LEVEL_BPE

    @property
    def has_prefix(self) -> bool:
        """Whether the first symbol was put there by the tokenizer."""
        return bool(self.symbols) and self.places[0] == self.ends[0]

    @cached_property
    def unknown(self) -> list[int]:
        """The symbols that are no token: bytes stand for them, or the unknown token does."""
        n_vocab = self._tokenizer.n_vocab
        return [i for i, token_id in enumerate(self.symbols) if token_id >= n_vocab]

    @property
    def falls_back(self) -> bool:
        """Whether bytes stand for a symbol that is no token."""
        segmenter = self._tokenizer.segmenter
        return isinstance(segmenter, PieceBpe) and bool(segmenter.byte_ids)

    def symbol_bytes(self, symbol: int) -> bytes:
        """What a symbol stands for in the text."""
        return self.data[self.places[symbol] : self.ends[symbol]]

    @cached_property
    def taken_whole(self) -> TakenWhole | None:
        """Whether the pre-token was taken as it is, without a look at the merges."""
        tokenizer, segmenter = self._tokenizer, self._tokenizer.segmenter
        if isinstance(segmenter, PieceBpe):
            spaced = segmenter.spacing.normalized(self.data.decode("utf-8"), self._at_start)
            taken = segmenter.whole.get(spaced.text)
            symbols = [] if taken is None else segmenter.row(spaced).ids
        else:
            taken = tokenizer.id_of_bytes.get(self.data) if tokenizer.ignore_merges else None
            symbols = [] if taken is None else tokenizer.base_symbols.of(self.data).ids
        if taken is None or len(symbols) < 2:
            return None
        return TakenWhole(taken, apply_merges(symbols, self._rules.lines)[0])

    @property
    def n_steps(self) -> int:
        return len(self._events)

    def rank_of(self, left: int, right: int) -> int | None:
        """The rank of the rule for a pair of ids, None if there is no rule."""
        line = self._rules.lines.rank_of_pair.get(left << 32 | right)
        return None if line is None else int(self._rules.ranks[line])

    @cached_property
    def nodes(self) -> list[Node]:
        """The merge tree, in the order of merging."""
        n = len(self.symbols)
        start_of, end_of = list(range(n)), list(range(n))
        made = list(range(n))  # first symbol of a token → its leaf or node
        merged, ranks = self._rules.lines.columns[2], self._rules.ranks
        nodes = []
        for line, gap in self._events:
            start, middle = start_of[gap], gap + 1
            end = end_of[middle]
            start_of[end], end_of[start] = start, end
            node = Node(made[start], made[middle], start, end + 1, int(ranks[line]), merged[line])
            nodes.append(node)
            made[start] = n + len(nodes) - 1
        return nodes

    @cached_property
    def _columns(self) -> tuple[Int32s, Int64s, Int64s, Int32s]:
        """The symbols; and of every node its first symbol, the one its right part begins with,
        and its id."""
        starts = np.array([node.start for node in self.nodes], np.int64)
        middles = np.array([gap + 1 for _, gap in self._events], np.int64)
        made = np.array([node.id for node in self.nodes], np.int32)
        return np.array(self.symbols, np.int32), starts, middles, made

    def row(self, state: int) -> tuple[Int64s, Int32s]:
        """The tokens after `state` steps: the first symbol of each (int64), and its id (int32)."""
        symbols, starts, middles, made = self._columns
        is_start = np.ones(len(symbols), bool)
        is_start[middles[:state]] = False
        ids = symbols.copy()
        ids[starts[:state]] = made[:state]  # of several nodes at one place the last one counts
        firsts = np.flatnonzero(is_start)
        return firsts, ids[firsts]

    def spans(self, state: int) -> list[tuple[int, int]]:
        """The byte span of each token after `state` steps, from its first to its last byte."""
        firsts = self.row(state)[0].tolist()
        lasts = [first - 1 for first in firsts[1:]] + [len(self.symbols) - 1]
        return [(self.places[a], self.ends[b]) for a, b in zip(firsts, lasts, strict=bool(firsts))]

    def step(self, step: int) -> MergeStep:
        """Step 1..n_steps; `byte` is the offset of the left part in the pre-token."""
        node = self.nodes[step - 1]
        left, right = self._id_of(node.left), self._id_of(node.right)
        return MergeStep(node.rank, left, right, node.id, self.places[node.start])

    def _id_of(self, part: int) -> int:
        n = len(self.symbols)
        return self.symbols[part] if part < n else self.nodes[part - n].id

    def pair_index(self, step: int) -> int:
        """Where the left part of a step stands in the row before it."""
        firsts, _ = self.row(step - 1)
        return int(firsts.searchsorted(np.int64(self.nodes[step - 1].start)))

    def candidates(self, state: int) -> Candidates:
        """All neighbouring pairs after `state` steps: the winner first, those without rule last."""
        return Candidates(self.row(state)[1], self._rules)

    def next_best(self, step: int) -> int | None:
        """The rank that would have won at a step had its pair not been there."""
        others = self.candidates(step - 1)[1:2]
        return others[0].rank if others else None
