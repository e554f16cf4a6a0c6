"""What can be said of one token by its tokenizer alone: how it was made, and its relatives."""

import unicodedata
from dataclasses import dataclass

import numpy as np

from tokviz.tokenization.tokenizer import Tokenizer


@dataclass(frozen=True)
class CodePoint:
    """`name` is None where Python's Unicode tables give none (controls, unassigned)."""

    value: int
    name: str | None

    @property
    def notation(self) -> str:
        return f"U+{self.value:04X}"


@dataclass(frozen=True)
class TokenFacts:
    """One token of a vocabulary.

    `code_points` is None where the bytes are not whole characters. `rank`, `left`, `right`: the
    merge that makes the token, None if no merge does. `part_of`: ids of the tokens that a merge
    makes directly from it, by rank. `family`: ids of the same word in its other spellings.
    """

    id: int
    data: bytes
    special: bool
    code_points: tuple[CodePoint, ...] | None
    rank: int | None
    left: int | None
    right: int | None
    part_of: tuple[int, ...]
    family: tuple[int, ...]


def facts_of(tokenizer: Tokenizer, token_id: int) -> TokenFacts:
    """Everything about one token. Raises `UnknownIdError`."""
    data = tokenizer.token_bytes(token_id)
    special = token_id in tokenizer.special_tokens.values()
    merges = tokenizer.merges
    rank = None if special else merges.rank_of_id.get(token_id)
    merge = None if rank is None else merges[rank]
    joined = np.flatnonzero((merges.left == token_id) | (merges.right == token_id))
    return TokenFacts(
        id=token_id,
        data=data,
        special=special,
        code_points=_code_points(data),
        rank=rank,
        left=None if merge is None else merge.left,
        right=None if merge is None else merge.right,
        part_of=tuple(dict.fromkeys(merges.ids[joined].tolist())),
        family=() if special else _family(tokenizer, token_id, data),
    )


def _code_points(data: bytes) -> tuple[CodePoint, ...] | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return tuple(CodePoint(ord(c), unicodedata.name(c, None)) for c in text)


def _family(tokenizer: Tokenizer, token_id: int, data: bytes) -> tuple[int, ...]:
    """`the`, ` the`, `The`, ` The`, `THE`, ` THE`: those that are tokens, the token left out."""
    try:
        word = data.decode("utf-8").removeprefix(" ")
    except UnicodeDecodeError:
        return ()
    if not word or word.isspace():
        return ()
    cases = dict.fromkeys((word, word.lower(), word.capitalize(), word.upper()))
    spellings = [space + case for case in cases for space in ("", " ")]
    ids = (tokenizer.id_of_bytes.get(spelling.encode()) for spelling in spellings)
    return tuple(dict.fromkeys(i for i in ids if i is not None and i != token_id))
