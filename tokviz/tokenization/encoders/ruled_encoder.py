"""Encoding with rules of which several make the same token: gap ranks are those of the tokens."""

from dataclasses import replace

from tokviz.tokenization.algorithms.bpe import MergeRules
from tokviz.tokenization.encoding import Encoding, TextEncoder


class RuledEncoder:
    """`inner` merges by lines and tells lines as gap ranks; they become the ranks of results."""

    def __init__(self, inner: TextEncoder, rules: MergeRules) -> None:
        self._inner = inner
        self._rules = rules

    def encode(self, text: str, *, at_start: bool = True) -> Encoding:
        found = self._inner.encode(text, at_start=at_start)
        if found.gaps is None:
            return found
        hidden = tuple((byte, int(self._rules.ranks[line])) for byte, line in found.hidden)
        return replace(found, gaps=self._rules.ranks_of_gaps(found.gaps), hidden=hidden)
