"""The known split patterns as array operations: where pre-tokens start, for a whole text at once.

A pattern's alternatives are runs of one class of characters, so an edge is first of all a place
where the class changes. What is left are a few rules about white space, which may belong to the
word behind it, and contractions; each is one or two steps over arrays. The patterns themselves,
in `known_patterns.py`, stay the definition: a test holds the two equal. Each family of patterns
has a file, `..._edges.py`, and what they share is in `split_edges.py`.
"""

from collections.abc import Callable

import regex

from tokviz.tokenization.pre_tokenization.character_classes import Classes
from tokviz.tokenization.pre_tokenization.cl100k_edges import cl100k, llama3, qwen2
from tokviz.tokenization.pre_tokenization.gpt2_edges import gpt2, smollm
from tokviz.tokenization.pre_tokenization.known_patterns import (
    CL100K,
    GPT2,
    LLAMA3,
    O200K,
    QWEN2,
    SMOLLM,
)
from tokviz.tokenization.pre_tokenization.o200k_edges import o200k
from tokviz.tokenization.pre_tokenization.split_edges import Edges
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern

FindEdges = Callable[[str, Classes], Edges]
"""From a text and the classes of its characters to (characters,) whether a pre-token starts."""

BEHIND_A_WORD = regex.compile(r"\p{L}(?=[ \n.,;:()\[\]=\"。、，])")
"""Ends at a place where each pattern below has an edge, whatever stands before and behind."""

_KNOWN: dict[str, FindEdges] = {
    GPT2.pattern: gpt2,
    SMOLLM.pattern: smollm,
    CL100K.pattern: cl100k,
    LLAMA3.pattern: llama3,
    QWEN2.pattern: qwen2,
    O200K.pattern: o200k,
}


def edges_of(split: SplitPattern) -> FindEdges | None:
    """The array form of a split pattern, None where there is none."""
    if split.longest is not None or split.then is not None:
        return None
    return _KNOWN.get(split.pattern)
