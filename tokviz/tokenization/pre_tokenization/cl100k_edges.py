"""The split patterns of cl100k, Llama 3 and Qwen 2 as array operations; see `array_splits.py`."""

import numpy as np

from tokviz.tokenization.pre_tokenization.character_classes import (
    LINE_END,
    NUMBER,
    OTHER,
    SPACE,
    WHITE,
    Classes,
)
from tokviz.tokenization.pre_tokenization.split_edges import (
    Edges,
    contractions,
    cut_numbers,
    join_contractions,
    joins_of_words,
    plain_kinds,
    white_space_edges,
)


def cl100k(text: str, classes: Classes) -> Edges:
    """As Llama 3; but white space that ends the text is one pre-token."""
    edges = llama3(text, classes)
    if classes[-1] & WHITE:
        _join_last_white_space(edges, plain_kinds(classes), _line_ends(classes))
    return edges


def llama3(text: str, classes: Classes) -> Edges:
    """One character that is no line end joins the letters behind it; numbers go by threes."""
    edges, numbers = _words_and_numbers(text, classes)
    cut_numbers(edges, numbers)
    return edges


def qwen2(text: str, classes: Classes) -> Edges:
    """As Llama 3; but each digit is alone."""
    edges, numbers = _words_and_numbers(text, classes)
    edges |= numbers
    return edges


def _words_and_numbers(text: str, classes: Classes) -> tuple[Edges, Edges]:
    """The edges but those within numbers, and which characters are numbers."""
    kinds, line_end = plain_kinds(classes), _line_ends(classes)
    edges = white_space_edges(kinds, classes == WHITE | SPACE, line_end)
    joins = joins_of_words(kinds, edges, line_end)
    found = contractions(text, classes, edges, ignore_case=True)
    edges[1:] &= ~joins
    join_contractions(edges, found)
    return edges, kinds == NUMBER


def _line_ends(classes: Classes) -> Edges:
    ends: Edges = classes == WHITE | LINE_END
    return ends


def _join_last_white_space(edges: Edges, kinds: Classes, line_end: Edges) -> None:
    """White space that ends the text is one pre-token, but for line ends that signs took."""
    not_white = np.flatnonzero(kinds != WHITE)
    start = int(not_white[-1]) + 1 if len(not_white) else 0
    if start and kinds[start - 1] == OTHER:
        not_ends = np.flatnonzero(~line_end[start:])
        start += int(not_ends[0]) if len(not_ends) else len(edges) - start
    edges[start + 1 :] = False
    if start < len(edges):
        edges[start] = True
