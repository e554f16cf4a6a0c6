"""Locality: how far along a text its tokens depend on each other, and where it may be cut.

Where a split pattern looks only so many characters past the end of a pre-token, an edit beyond
those cannot change it. Where no such bound is known there may be safe cuts: places, told by the
characters on either side, where a text may be encoded in two parts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tokviz.tokenization.pre_tokenization.known_patterns import CUTS
from tokviz.tokenization.tokenizer import Tokenizer


@dataclass(frozen=True)
class Locality:
    """How much of a text an edit can change.

    `lookahead`: how many characters past its end a pre-token may depend on; None: that is not
    known. `cut`: then an expression for `re`, which matches where a text may be cut and looks at
    one character on either side; None: the text is encoded as a whole.
    """

    lookahead: int | None
    cut: str | None = None

    @staticmethod
    def of(tokenizer: Tokenizer, *, special: bool = False) -> "Locality":
        """`special`: names of special tokens are looked for, too."""
        lookahead = _lookahead(tokenizer, special=special)
        cut = _safe_cut(tokenizer, special=special) if lookahead is None else None
        return Locality(lookahead, cut)

    @property
    def reach(self) -> int | None:
        """How many characters left of a piece an edit can still matter to it; None: all."""
        if self.lookahead is not None:
            return self.lookahead
        return None if self.cut is None else 1

    @property
    def find_cut(self) -> Callable[[str, int], int] | None:
        """The first safe cut from a character on; None where any edge of a pre-token is one."""
        return None if self.cut is None else self.first_cut

    def first_cut(self, text: str, start: int) -> int:
        """The first safe cut from `start` on, the end of the text if there is none."""
        assert self.cut is not None
        match = re.compile(self.cut).search(text, start)
        return len(text) if match is None else match.start()

    def last_cut(self, text: str, end: int) -> int:
        """The last safe cut that only looks at characters before `end`; 0 if there is none."""
        assert self.cut is not None
        cuts = re.compile(self.cut)
        reach = 256
        while True:
            low = max(end - reach, 1)
            found = [match.start() for match in cuts.finditer(text, low, end)]
            if found or low == 1:
                return found[-1] if found else 0
            reach *= 8


def _lookahead(tokenizer: Tokenizer, *, special: bool) -> int | None:
    names = tokenizer.matched(special=special)
    if tokenizer.segmenter is not None or tokenizer.normalizer is not None:
        return None
    if any(t.lstrip or t.rstrip or t.single_word for t in names):
        return None
    own = 0 if tokenizer.split is None else tokenizer.split.lookahead
    # What stands before a name is encoded alone, so it sees whether one begins behind it.
    return None if own is None else own + max((len(t.content) for t in names), default=0)


def _safe_cut(tokenizer: Tokenizer, *, special: bool) -> str | None:
    cut, split, segmenter = tokenizer.cut, tokenizer.split, tokenizer.segmenter
    if segmenter is not None and segmenter.matches_names and not special:
        return cut
    names = tokenizer.matched(special=special)
    if any(t.lstrip or t.rstrip or " " in t.content[1:] for t in names):
        return None
    if cut is None and split is not None and segmenter is None:
        cut = split.cut if split.cut in CUTS else None
    if cut is None or not tokenizer.restarts or not names:
        return cut
    ends = "".join(sorted({t.content[-1] for t in names if t.content}))
    return f"(?<![{re.escape(ends)}])(?:{cut})"  # behind a name a text begins anew
