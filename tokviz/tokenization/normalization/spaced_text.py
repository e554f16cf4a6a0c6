"""How SentencePiece writes a text before it looks for tokens: spaces as ▁, one put before it.

The rules follow `normalizer.cc` of SentencePiece 0.2; Hugging Face's Metaspace, Prepend and Replace
come to the same with fewer of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Protocol

SPACE = "▁"


@dataclass(frozen=True)
class CharacterChanges:
    """What becomes of single characters. `alone`: of each that is replaced where it stands alone.
    `before`, `behind`: characters that may be replaced together with those after or before them.
    """

    alone: dict[str, str]
    before: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()


class CharacterMap(Protocol):
    """Replaces the longest prefix of a text that it knows. `keeps_ascii`: visible ASCII characters
    and spaces stay, whichever of them stand together. `changes` is None where it replaces what
    is no text by itself."""

    @property
    def keeps_ascii(self) -> bool: ...

    @property
    def changes(self) -> CharacterChanges | None: ...

    def longest(self, data: bytes, start: int) -> tuple[int, str] | None:
        """How many bytes from `start` on, and what is written for them; None: nothing known."""


@dataclass(frozen=True)
class SpacedText:
    """A normalized chunk: its characters, and for each the bytes [start, end) it came from."""

    text: str
    starts: list[int]
    ends: list[int]


@dataclass(frozen=True)
class Spacing:
    """`prefix`: a ▁ is put before the text. `prefix_once`: not if one is there already. `collapse`:
    of neighbouring spaces one is left, of those at both ends none. `whole`: names that are taken
    as they are.
    """

    prefix: bool = True
    prefix_once: bool = False
    collapse: bool = False
    characters: CharacterMap | None = None
    whole: Sequence[str] = ()

    @property
    def respaces(self) -> bool:
        """Whether nothing but spaces is written in another way."""
        return self.characters is None and not self.whole and not self.collapse

    def stays(self, chunk: str) -> bool:
        """Whether a chunk within a text surely stays as it is but for its spaces."""
        if self.respaces:
            return True
        if self.whole or not (chunk.isascii() and chunk.isprintable()):
            return False
        if self.collapse and ("  " in chunk or chunk.endswith(" ")):
            return False
        return self.characters is None or self.characters.keeps_ascii

    def normalized(self, chunk: str, at_start: bool) -> SpacedText:
        """The chunk as it is looked up. A chunk that ends in spaces ends the text."""
        if self.respaces or (not at_start and self.stays(chunk)):
            return self._respaced(chunk, at_start)
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        skips = self.collapse and at_start
        data = chunk.encode("utf-8")
        lead = 0  # where the text begins behind the spaces before it
        for piece, start, end in self._replaced(chunk):
            shown = piece.lstrip(" ") if skips else piece
            if piece == " " and not shown and lead == start:
                lead = end
            if not shown:
                continue
            same = shown.encode("utf-8") == data[start:end]
            at = start
            for character in shown:
                text.append(SPACE if character == " " else character)
                width = len(character.encode("utf-8")) if same else 0
                starts.append(at if same else start)
                ends.append(at + width if same else end)
                at += width
            skips = self.collapse and shown.endswith(" ")
        end = len(data)
        while self.collapse and text and text[-1] == SPACE:
            end = starts[-1]
            del text[-1], starts[-1], ends[-1]
        # What leaves no trace behind a character, a second space for instance, belongs to it.
        ends = [max(pair) for pair in zip(ends, [*starts[1:], end], strict=False)]
        if at_start and self.prefix and text and not (self.prefix_once and text[0] == SPACE):
            text.insert(0, SPACE)
            ends.insert(0, lead)
            starts.insert(0, lead)
        return SpacedText("".join(text), starts, ends)

    def _respaced(self, chunk: str, at_start: bool) -> SpacedText:
        """The same where nothing but the spaces changes."""
        text = chunk.replace(" ", SPACE)
        places = list(range(len(chunk) + 1))
        if not chunk.isascii():
            places = [0, *accumulate(len(character.encode("utf-8")) for character in chunk)]
        starts, ends = places[:-1], places[1:]
        if at_start and self.prefix and text and not (self.prefix_once and text[0] == SPACE):
            return SpacedText(SPACE + text, [0, *starts], [0, *ends])
        return SpacedText(text, starts, ends)

    def _replaced(self, chunk: str) -> list[tuple[str, int, int]]:
        """What is written for each stretch of bytes."""
        data = chunk.encode("utf-8")
        found, at = [], 0
        while at < len(data):
            name = self._longest_name(data, at)
            known = None
            if name is not None:
                known = (len(name), name.decode("utf-8"))
            elif self.characters is not None:
                known = self.characters.longest(data, at)
            if known is None:
                size = character_size(data[at])
                known = size, data[at : at + size].decode("utf-8")
            found.append((known[1], at, at + known[0]))
            at += known[0]
        return found

    @cached_property
    def _names(self) -> list[bytes]:
        return sorted((name.encode("utf-8") for name in self.whole), key=len, reverse=True)

    def _longest_name(self, data: bytes, at: int) -> bytes | None:
        return next((name for name in self._names if data.startswith(name, at)), None)


def character_size(lead: int) -> int:
    """Bytes of the UTF-8 character that begins with this byte."""
    return 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
