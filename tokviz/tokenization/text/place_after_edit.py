"""Where a token stands after an edit of the text: what keeps the selected one selected."""

from collections.abc import Collection
from typing import NamedTuple

from tokviz.tokenization.encoding import utf8_lengths
from tokviz.tokenization.text.text_tokens import TextTokens


class TextEdit(NamedTuple):
    """Characters that were taken out of the text at `start`, and those put in."""

    start: int
    removed: int
    inserted: str


class TokenPlace(NamedTuple):
    """Where a token begins: its first character, and its first byte in the text's UTF-8."""

    char: int
    byte: int


def place_after(text: TextTokens, index: int, edit: TextEdit) -> TokenPlace | None:
    """Where the token `index` will begin after an edit that is still to be made.

    None where the edit takes its first character away. The token's index would not do: it means
    nothing while the tokens before it, or the token itself, are being encoded again.
    """
    if index >= text.n_tokens:
        return None
    row = text.token(index)
    char, byte = int(row.starts[0]), int(row.byte_starts[0])
    end = edit.start + edit.removed
    if char < edit.start:
        return TokenPlace(char, byte)
    if char < end:
        return None
    shift = byte - text.byte_offset(end)
    n_inserted = int(utf8_lengths(edit.inserted).sum())
    return TokenPlace(
        char + len(edit.inserted) - edit.removed, text.byte_offset(edit.start) + n_inserted + shift
    )


def index_at(text: TextTokens, place: TokenPlace, ids: Collection[int]) -> int | None:
    """The index of the token with one of `ids` that begins there, None if it became another."""
    rows = text.tokens(place.char, place.char + 1)
    begins = zip(rows.ids.tolist(), rows.byte_starts.tolist(), strict=True)
    for i, (token_id, begin) in enumerate(begins):
        if begin == place.byte and token_id in ids:
            return rows.first + i
    return None
