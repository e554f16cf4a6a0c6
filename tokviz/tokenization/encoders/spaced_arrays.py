"""Many chunks written as SentencePiece writes them, at once: what `Spacing` does for each.

What most characters become does not depend on those around them, so it is looked up in a table.
Chunks in which it may (a mark that composes, spaces in a row) are left to `Spacing`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoders.piece_trie import code_points
from tokviz.tokenization.encoding import Int32s, Int64s, utf8_lengths
from tokviz.tokenization.normalization.spaced_text import SPACE, CharacterChanges, Spacing
from tokviz.tokenization.ranges import ranges

_DEPENDS, _ALONE, _IS_SPACE = 0, 1, 2


@dataclass(frozen=True)
class SpacedArrays:
    """Normalized chunks in a row: `codes`, their characters, with the bytes [starts, ends) of the
    chunk that each came from. `lengths`: characters of each chunk, which do not rise."""

    chunks: list[str]
    codes: NDArray[np.uint32]
    starts: Int32s
    ends: Int32s
    lengths: Int64s


class SpacingTable:
    """`becomes`: code point → what is written for it, if its `kind` says that it stands alone."""

    def __init__(self, spacing: Spacing) -> None:
        self._spacing = spacing
        self._becomes = np.arange(0x110000, dtype=np.uint32)
        self._kind = np.full(0x110000, _ALONE, np.uint8)
        changes: CharacterChanges | None = CharacterChanges({})
        if spacing.characters is not None:
            changes = spacing.characters.changes
            self._kind[0] = _DEPENDS  # a table of characters does not see it
        if changes is None:
            self._kind[:] = _DEPENDS
            return
        for old, new in changes.alone.items():
            if len(new) == 1:
                self._becomes[ord(old)] = ord(new)
            else:
                self._kind[ord(old)] = _DEPENDS
        for name in spacing.whole:
            if len(name) == 1:
                self._becomes[ord(name)] = ord(name)
            self._kind[ord(name[0])] = _ALONE if len(name) == 1 else _DEPENDS
        spaces = np.flatnonzero((self._becomes == ord(" ")) & (self._kind == _ALONE))
        self._becomes[spaces], self._kind[spaces] = ord(SPACE), _IS_SPACE
        self._kind[list(map(ord, changes.behind))] = _DEPENDS

    def written(self, chunks: list[str]) -> SpacedArrays:
        """The chunks, the longest first; none begins a text."""
        text = "".join(chunks)
        codes, sizes = code_points(text), np.array(list(map(len, chunks)), np.int64)
        begins = np.cumsum(sizes) - sizes
        is_alone = self._are_alone(codes, begins, sizes)
        others = np.flatnonzero(~is_alone)
        spaced = [self._spacing.normalized(chunks[i], False) for i in others.tolist()]
        places = np.zeros(len(codes) + 1, np.int32)
        np.cumsum(utf8_lengths(text), out=places[1:])
        kept = np.flatnonzero(self._are_kept(self._kind.take(codes), begins))
        first = places[begins]
        chunk = np.searchsorted(begins, kept, "right") - 1
        starts = places[kept]
        ends = np.append(starts[1:], places[-1:])
        lengths = np.bincount(chunk, minlength=len(chunks))
        firsts = np.cumsum(lengths) - lengths
        # What `Spacing` wrote stands behind all others.
        n_written = np.array([len(s.text) for s in spaced], np.int64)
        lengths[others] = n_written
        firsts[others] = len(kept) + np.cumsum(n_written) - n_written
        order = np.argsort(-lengths, kind="stable")
        at = ranges(firsts[order], lengths[order])
        return SpacedArrays(
            [chunks[i] for i in order.tolist()],
            np.append(
                self._becomes.take(codes[kept]), code_points("".join(s.text for s in spaced))
            ).take(at),
            _joined(starts - first[chunk], [s.starts for s in spaced]).take(at),
            _joined(ends - first[chunk], [s.ends for s in spaced]).take(at),
            lengths[order],
        )

    def _are_alone(
        self, codes: NDArray[np.uint32], begins: Int64s, sizes: Int64s
    ) -> NDArray[np.bool_]:
        """Which chunks the table is enough for: of spaces at the end none may be left."""
        if not len(begins):
            return np.zeros(0, bool)
        kinds = np.minimum.reduceat(self._kind.take(codes), begins)
        alone: NDArray[np.bool_] = kinds != _DEPENDS
        if self._spacing.collapse:
            alone &= self._becomes.take(codes[begins + sizes - 1]) != ord(SPACE)
        return alone

    def _are_kept(self, kinds: NDArray[np.uint8], begins: Int64s) -> NDArray[np.bool_]:
        """Which characters are written: of spaces in a row it may be the first alone."""
        kept = np.ones(len(kinds), bool)
        if self._spacing.collapse:
            kept[1:] = (kinds[1:] != _IS_SPACE) | (kinds[:-1] != _IS_SPACE)
            kept[begins] = True
        return kept


def _joined(column: Int32s, more: list[list[int]]) -> Int32s:
    return np.append(column, np.array([at for part in more for at in part], np.int32))
