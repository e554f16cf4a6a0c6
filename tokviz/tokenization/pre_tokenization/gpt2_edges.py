"""The split patterns of GPT-2 and SmolLM2 as array operations; see `array_splits.py`."""

from tokviz.tokenization.pre_tokenization.character_classes import NUMBER, SPACE, WHITE, Classes
from tokviz.tokenization.pre_tokenization.split_edges import (
    Edges,
    changes,
    contractions,
    join_contractions,
    plain_kinds,
)


def gpt2(text: str, classes: Classes) -> Edges:
    """The last white space before something is a pre-token of its own, or a space of the next."""
    kinds = plain_kinds(classes)
    edges = changes(kinds)
    white = kinds == WHITE
    last = white[:-1] & ~white[1:]
    _end_white_space(edges, last, classes)
    _cut_contractions(text, classes, edges)
    return edges


def smollm(text: str, classes: Classes) -> Edges:
    """As GPT-2; but each digit is alone, and all the white space before one is one pre-token."""
    kinds = plain_kinds(classes)
    edges = changes(kinds)
    white, number = kinds == WHITE, kinds == NUMBER
    last = white[:-1] & ~white[1:] & ~number[1:]
    _end_white_space(edges, last, classes)
    edges |= number
    _cut_contractions(text, classes, edges)
    return edges


def _end_white_space(edges: Edges, last: Edges, classes: Classes) -> None:
    edges[:-1] |= last
    edges[1:] &= ~(last & (classes[:-1] == WHITE | SPACE))


def _cut_contractions(text: str, classes: Classes, edges: Edges) -> None:
    join_contractions(edges, contractions(text, classes, edges, ignore_case=False))
