"""BERT's `vocab.txt`: one WordPiece token a line, its id the number of the line.

The text is cleaned, lower-cased and stripped of accents where the vocabulary has no capitals, and
cut at white space, punctuation and around Chinese characters. ASCII is done here; for other
characters Hugging Face's `tokenizers` is asked, whose tables decide what they are.
"""

import re
import unicodedata
from functools import cached_property
from itertools import accumulate, compress
from typing import Any

import numpy as np

from tokviz.tokenization.encoders.piece_trie import code_points
from tokviz.tokenization.encoders.word_arrays import ManyWords
from tokviz.tokenization.encoding import Int64s, utf8_lengths
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.utf8_text import utf8_text
from tokviz.tokenization.ranges import ranges
from tokviz.tokenization.segmenters.wordpiece import Word, WordPiece
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

UNKNOWN = "[UNK]"
SPECIAL = ("[PAD]", UNKNOWN, "[CLS]", "[SEP]", "[MASK]")
PREFIX = "##"
_MOST_LINES = 1 << 20

_PUNCTUATION = r"!-/:-@\[-`{-~"
CHUNKS = re.compile(rf"[ \t\n\r]+|[{_PUNCTUATION}]|[^ \t\n\r{_PUNCTUATION}]+")
"""White space, one punctuation mark of ASCII, or anything else up to one of them."""
CUT = r"(?<=[!-~]) (?=[!-~])"

_CLEANED = [
    *((" " + mark, mark) for mark in (".", "?", "!", ",")),
    (" ' ", "'"),
    (" n't", "n't"),
    (" 'm", "'m"),
    (" do not", " don't"),
    *((" " + ending, ending) for ending in ("'s", "'ve", "'re")),
]


def tokenizer_from_bert_vocab(content: bytes, name: str, file: str) -> Tokenizer:
    """Read a `vocab.txt`; `file` is its name in errors. Raises `TokenizerFileError`."""
    lines = utf8_text(content, file).split("\n")
    tokens = [line.removesuffix("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]
    pieces: dict[str, int] = {}
    for i, token in enumerate(tokens[:_MOST_LINES]):
        if token in pieces:
            raise TokenizerFileError(
                f"{file}: lines {pieces[token] + 1:,} and {i + 1:,} are both "
                f"{ascii(token)[:60]}; take one out."
            )
        pieces[token] = i
    if UNKNOWN not in pieces:
        raise TokenizerFileError(
            f"{file} has no line {UNKNOWN}, so it is no vocabulary of BERT; choose another file."
        )
    special = {token: pieces[token] for token in SPECIAL if token in pieces}
    lowercase = not any(re.search("[A-Z]", token) for token in tokens if token[:1] != "[")
    words = BertWords(lowercase=lowercase)
    return wordpiece_tokenizer(
        name,
        WordPiece(pieces, PREFIX, pieces[UNKNOWN], 100, words.of_chunk, CHUNKS, words.of_chunks),
        special,
    )


def wordpiece_tokenizer(name: str, pieces: WordPiece, special: dict[str, int]) -> Tokenizer:
    """BERT's tokenizer around a WordPiece vocabulary."""
    vocab: list[bytes | None] = [None] * (max([*pieces.pieces.values(), *special.values()]) + 1)
    for token, token_id in {**pieces.pieces, **special}.items():
        vocab[token_id] = token.encode("utf-8", "surrogatepass")
    around = [(special[token],) if token in special else () for token in ("[CLS]", "[SEP]")]
    return Tokenizer(
        name=name,
        algorithm=Algorithm.WORDPIECE,
        vocab=vocab,
        special_tokens=special,
        template=(around[0], around[1]),
        unknown_id=pieces.unknown_id,
        cut=CUT,
        join=join_pieces,
        segmenter=pieces,
    )


def join_pieces(parts: list[bytes]) -> bytes:
    """The tokens as a text: a space before each word, none before most punctuation.

    >>> join_pieces([b"straw", b"##berries", b",", b"i"])
    b'strawberries, i'
    """
    text = ""
    for i, part in enumerate(parts):
        token = part.decode("utf-8", "replace")
        if i:
            token = token.removeprefix(PREFIX) if token.startswith(PREFIX) else " " + token
        for found, written in _CLEANED:
            token = token.replace(found, written)
        text += token
    return text.encode("utf-8")


_Part = tuple[str, bool]
"""A character that is written, and whether it joins its neighbours in a word; an empty one is a
space between words."""


class BertWords:
    """The words of a chunk; the options are those of Hugging Face's BertNormalizer."""

    def __init__(
        self,
        *,
        lowercase: bool = True,
        clean_text: bool = True,
        handle_chinese_chars: bool = True,
        strip_accents: bool | None = None,
    ) -> None:
        self._lowercase = lowercase
        self._strips = lowercase if strip_accents is None else strip_accents
        self._parts: dict[str, list[_Part]] = {}
        self._options: dict[str, Any] = {
            "lowercase": lowercase,
            "clean_text": clean_text,
            "handle_chinese_chars": handle_chinese_chars,
            "strip_accents": strip_accents,
        }

    @cached_property
    def _theirs(self) -> tuple[Any, Any]:
        from tokenizers import normalizers, pre_tokenizers

        from tokviz.tokenization.formats.huggingface_normalizer import Aligner

        aligner = Aligner(normalizers.BertNormalizer(**self._options))
        return aligner, pre_tokenizers.BertPreTokenizer()

    def of_chunk(self, chunk: str) -> list[Word]:
        if chunk.isascii() and chunk.isprintable():
            text = chunk.lower() if self._lowercase else chunk
            places = list(range(len(chunk)))
            return [] if chunk[0] == " " else [Word(text, places, [i + 1 for i in places])]
        if chunk.isascii() and chunk.isspace() and not chunk.strip(" \t\n\r"):
            return []
        if not self._keeps_marks(chunk):
            return self._by_character(chunk)
        aligner, pre_tokenizer = self._theirs
        aligned = aligner.aligned(chunk)
        offsets = [0, *accumulate(utf8_lengths(chunk).tolist())]
        starts = [offsets[i] for i in aligned.starts.tolist()]
        ends = [offsets[i] for i in aligned.ends.tolist()]
        return [
            Word(text, starts[start:end], ends[start:end])
            for text, (start, end) in pre_tokenizer.pre_tokenize_str(aligned.text)
        ]

    def _keeps_marks(self, chunk: str) -> bool:
        """Whether decomposing may have put marks in another order: those few that it keeps."""
        return self._strips and any(
            unicodedata.combining(character) and self._parts_of(character) for character in chunk
        )

    def _by_character(self, chunk: str) -> list[Word]:
        """What a character becomes does not depend on those around it, so it is remembered."""
        words: list[Word] = []
        is_open = False  # whether the last word goes on
        at = 0
        for character in chunk:
            end = at + len(character.encode("utf-8"))
            for part, joins in self._parts_of(character):
                if joins and is_open:
                    word = words[-1]
                    words[-1] = Word(word.text + part, word.starts, word.ends)
                    word.starts.append(at)
                    word.ends.append(end)
                elif part:
                    words.append(Word(part, [at], [end]))
                is_open = joins
            at = end
        return words

    def of_chunks(self, chunks: list[str]) -> ManyWords:
        """The words of those of the chunks in which every character may be looked at alone."""
        codes, row = np.unique(code_points("".join(chunks)), return_inverse=True)
        characters = list(map(chr, codes.tolist()))
        keeps = np.array(list(map(self._keeps_marks, characters)), bool)
        if keeps.any():
            kept = set(compress(characters, keeps.tolist()))
            return self.of_chunks([chunk for chunk in chunks if kept.isdisjoint(chunk)])
        return _many_words(chunks, list(map(self._parts_of, characters)), row)

    def _parts_of(self, character: str) -> list[_Part]:
        """What is written for a character."""
        known = self._parts.get(character)
        if known is not None:
            return known
        aligner, pre_tokenizer = self._theirs
        parts = self._parts[character] = []
        for made in aligner.normalize(character):
            around = [text for text, _ in pre_tokenizer.pre_tokenize_str(f"a{made}a")]
            joins = len(around) == 1
            parts.append((made if joins or len(around) == 3 else "", joins))
        return parts


def _many_words(chunks: list[str], parts: list[list[_Part]], row: Int64s) -> ManyWords:
    """What `_by_character` makes of each chunk. `parts`: of each distinct character. `row`: which
    of those each character is."""
    text = "".join(chunks)
    n_parts = np.array(list(map(len, parts)), np.int64)
    every = [part for some in parts for part in some]
    made = code_points("".join(part or " " for part, _ in every))
    is_word = np.array([bool(part) for part, _ in every], bool)
    joins = np.array([joins for _, joins in every], bool)
    which = ranges((np.cumsum(n_parts) - n_parts)[row], n_parts[row])
    character = np.repeat(np.arange(len(row)), n_parts[row])  # that each part is of
    chunk = np.repeat(np.arange(len(chunks)), np.array(list(map(len, chunks)), np.int64))[character]
    goes_on = joins[which]
    goes_on[1:] &= goes_on[:-1] & (chunk[1:] == chunk[:-1])
    goes_on[:1] = False
    written = np.flatnonzero(is_word[which])
    begins = np.append(np.flatnonzero(~goes_on[written]), len(written))
    places = np.zeros(len(text) + 1, np.int32)
    np.cumsum(utf8_lengths(text), out=places[1:])
    return ManyWords(
        chunks,
        made[which[written]],
        places[character[written]],
        places[character[written] + 1],
        np.diff(begins),
    )
