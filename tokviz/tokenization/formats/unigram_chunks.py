"""Unigram as T5, XLM-R and ALBERT write it into a `tokenizer.json`: what may be encoded alone.

The `tokenizers` package carries such a file out, but a whole text at once, so every key would cost
the whole text. Here the text is cut where nothing looks across, before a space, and what stands
between is asked of the package once; and not at all where it is plain what the package does.

With a compiled table of characters the package does what SentencePiece does not: a grapheme of less
than six bytes becomes what the *shortest* beginning of it that the table knows becomes. So it is
plain where each character is a grapheme, or where the table knows no beginning of any.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from tokviz.tokenization.encoders.piece_trie import code_points
from tokviz.tokenization.encoders.spaced_arrays import SpacedArrays
from tokviz.tokenization.encoding import utf8_lengths
from tokviz.tokenization.formats.huggingface_parts import kind_of, parts_of
from tokviz.tokenization.normalization.spaced_text import SPACE, CharacterChanges

_ALONE, _STAYS = 1, 2
_SPACES = " \n\t"
_COLLAPSE = {"Regex": " {2,}"}


_JOINING = r"\p{Grapheme_Cluster_Break=%s}"
_JOINS = "".join(
    _JOINING % kind for kind in ("Extend", "SpacingMark", "Prepend", "L", "V", "T")
) + _JOINING % "Regional_Indicator"  # fmt: skip
GRAPHEMES = rf"(?V1)[[\p{{L}}\p{{N}}\p{{P}}\p{{S}}\p{{Zs}}\t\n]--[{_JOINS}]]+"
"""Characters that are a grapheme each, whichever of them stand together."""
_ENDING = r"(?V1)[\p{M}--[\p{Grapheme_Cluster_Break=Prepend}]]+"
"""More of those behind which a grapheme ends where a space follows."""


@cache
def which(expression: str) -> NDArray[np.bool_]:
    """(0x110000,) the characters that an expression matches."""
    found = np.zeros(0x110000, bool)
    for first, end in ((0, 0xD800), (0xE000, 0x110000)):
        for match in regex.finditer(expression, "".join(map(chr, range(first, end)))):
            found[first + match.start() : first + match.end()] = True
    return found


@dataclass(frozen=True)
class UnigramChunks:
    """`chunks`, `cut`: see `Tokenizer`. `kinds`, `becomes`: of each code point, whether it is plain
    what becomes of it behind a space, and what. `skips_space`: a token does not hold the space that
    it begins with, since the text was split at it. `one_space`: more of them are not plain."""

    chunks: re.Pattern[str]
    cut: str
    kinds: NDArray[np.uint8]
    becomes: NDArray[np.uint32]
    skips_space: bool
    one_space: bool

    def written(self, chunks: list[str]) -> SpacedArrays:
        """Those of the chunks that are plain, the longest first; see `SpacingTable.written`."""
        chunks = self._plain(chunks)
        words = [chunk.lstrip(_SPACES) for chunk in chunks]
        text, lengths = "".join(words), np.array(list(map(len, words)), np.int64)
        places = np.zeros(len(text) + 1, np.int32)
        np.cumsum(utf8_lengths(text), out=places[1:])
        begins = np.cumsum(lengths) - lengths
        lead = np.array(list(map(len, chunks)), np.int64) - lengths  # spaces are of one byte
        shift = np.repeat(lead - places[begins], lengths).astype(np.int32)
        starts, ends = places[:-1] + shift, places[1:] + shift
        codes = self.becomes.take(code_points(text))
        signs = (starts[begins], ends[begins]) if self.skips_space else (0, 1)
        return SpacedArrays(
            chunks,
            np.insert(codes, begins, ord(SPACE)),
            np.insert(starts, begins, signs[0]),
            np.insert(ends, begins, signs[1]),
            lengths + 1,
        )

    def _plain(self, chunks: list[str]) -> list[str]:
        """Those that are spaces and a word whose characters are all plain in the same way."""
        most = 1 if self.one_space else max(map(len, chunks), default=0)
        stripped = [(chunk, chunk.lstrip(_SPACES)) for chunk in chunks]
        spaced = [
            (chunk, word) for chunk, word in stripped if word and 0 < len(chunk) - len(word) <= most
        ]
        if not spaced:
            return []
        spaced.sort(key=lambda pair: -len(pair[1]))
        sizes = np.array([len(word) for _, word in spaced], np.int64)
        kinds = self.kinds.take(code_points("".join(word for _, word in spaced)))
        alike = np.bitwise_and.reduceat(kinds, np.cumsum(sizes) - sizes) > 0
        return [chunk for (chunk, _), plain in zip(spaced, alike.tolist(), strict=True) if plain]


def read_chunks(
    found: dict[str, Any], changes: CharacterChanges | None, singles: set[str] | None
) -> UnigramChunks | None:
    """None where the file asks for more. `changes`: of its table of characters. `singles`: all
    characters that are tokens, if others fall back to bytes."""
    skips_space = _skips_space(found.get("pre_tokenizer"))
    if changes is None or skips_space is None or not _is_known(found.get("normalizer")):
        return None
    space = {c for c in _SPACES if changes.alone.get(c, c) == " "}
    joins = changes.before | changes.behind
    if " " not in space or not joins.isdisjoint(space):
        return None
    becomes, alone = np.arange(0x110000, dtype=np.uint32), which(GRAPHEMES)
    stays = np.ones(0x110000, bool)
    for old, new in changes.alone.items():
        becomes[ord(old)] = ord(new) if len(new) == 1 else 0
        stays[ord(old)] = False
    stays[list(map(ord, changes.before))] = False
    is_used = np.ones(0x110000, bool)
    if singles is not None:
        is_used[:] = False
        is_used[list(map(ord, singles))] = True
    collapses = _collapses(found.get("normalizer"))
    plain = is_used[becomes] & ~_splits(white_space=skips_space)[becomes] & (becomes > 0)
    kinds = (plain & alone) * np.uint8(_ALONE) + (plain & stays) * np.uint8(_STAYS)
    ends = plain & alone
    if not collapses:  # else a space to which a mark was joined would be one of several
        ends |= which(_ENDING)
    if not collapses and not skips_space:
        ends[list(map(ord, space))] = True  # each is a word of its own
    closed = _set_of(ends)
    edges = re.escape("".join(sorted(space)))
    return UnigramChunks(
        re.compile(rf"[\s\S](?:[^{edges}]+|(?<![{closed}])[{edges}])*"),
        f"(?<=[{closed}])[{edges}](?=[{closed}])",
        kinds,
        becomes,
        skips_space,
        one_space=collapses or not skips_space,
    )


@cache
def _splits(*, white_space: bool) -> NDArray[np.bool_]:
    """What a text is split at: spaces or all white space, and the sign for it."""
    found = np.zeros(0x110000, bool)
    found[[i for i in range(0x3001) if chr(i).isspace()] if white_space else ord(" ")] = True
    found[ord(SPACE)] = True
    return found


def _set_of(wanted: NDArray[np.bool_]) -> str:
    """These characters, as far as an expression finds them fast, between its brackets."""
    edges = np.flatnonzero(np.diff(wanted[:0x10000], prepend=False, append=False)).reshape(-1, 2)
    return "".join(f"{re.escape(chr(a))}-{re.escape(chr(b - 1))}" for a, b in edges.tolist())


def _collapses(normalizer: Any) -> bool:
    return kind_of(([{}, *parts_of(normalizer, "normalizers")])[-1]) == "Replace"


def _is_known(normalizer: Any) -> bool:
    """A table of characters, or none, and spaces in a row made one."""
    parts = parts_of(normalizer, "normalizers")
    kinds = [kind_of(part) for part in parts]
    if kinds[-1:] == ["Replace"]:
        if parts[-1].get("pattern") != _COLLAPSE or parts[-1].get("content") not in (" ", SPACE):
            return False
        kinds.pop()
    return kinds in ([], ["Precompiled"])


def _skips_space(pre_tokenizer: Any) -> bool | None:
    """Whether white space is left out before words; None for another way to split."""
    parts = parts_of(pre_tokenizer, "pretokenizers")
    kinds = [kind_of(part) for part in parts]
    if kinds not in (["Metaspace"], ["WhitespaceSplit", "Metaspace"]):
        return None
    part = parts[-1]
    scheme = part.get("prepend_scheme", "always")
    if part.get("replacement", SPACE) != SPACE or part.get("split", True) is not True:
        return None
    if part.get("add_prefix_space", True) is not True or (len(kinds) == 2 and scheme != "always"):
        return None
    return len(kinds) == 2
