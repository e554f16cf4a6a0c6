"""SentencePiece's `.model`: BPE or Unigram, with the normalization it was made with."""

import re
import struct
from collections.abc import Callable

from tokviz.tokenization.algorithms.bpe import MergeRules
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.charsmap import Charsmap, CharsmapError
from tokviz.tokenization.formats.piece_merges import piece_merges
from tokviz.tokenization.formats.protobuf import ProtobufError
from tokviz.tokenization.formats.sentencepiece_file import (
    Kind,
    Model,
    Piece,
    byte_of,
    check_model,
    read_model,
)
from tokviz.tokenization.formats.space_chunks import SPACES_AND_WORD, WHOLE_TEXT, chunks_at_spaces
from tokviz.tokenization.normalization.spaced_text import SPACE, Spacing
from tokviz.tokenization.pre_tokenization.known_patterns import BETWEEN_WORDS
from tokviz.tokenization.segmenters.piece_bpe import PieceBpe
from tokviz.tokenization.segmenters.unigram import UNKNOWN_PENALTY, Unigram
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer


def tokenizer_from_sentencepiece(content: bytes, name: str, file: str) -> Tokenizer:
    """Read a `.model`; `file` is its name in errors. Raises `TokenizerFileError`."""
    try:
        model = read_model(content)
    except (ProtobufError, UnicodeDecodeError, struct.error) as error:
        raise TokenizerFileError(
            f"{file} is no SentencePiece model: {error}; fetch it again."
        ) from None
    return tokenizer_of_model(model, name, file)


def tokenizer_of_model(model: Model, name: str, file: str) -> Tokenizer:
    """The tokenizer that a model describes. Raises `TokenizerFileError`."""
    try:
        characters = Charsmap(model.charsmap) if model.charsmap else None
    except CharsmapError as error:
        raise TokenizerFileError(
            f"{file} is no SentencePiece model: {error}; fetch it again."
        ) from None
    check_model(model, file)
    names = [piece.text for piece in model.pieces if piece.kind is Kind.USER_DEFINED]
    spacing = Spacing(
        prefix=model.prefix,
        collapse=model.collapse,
        characters=characters,
        whole=[name.replace(SPACE, " ") for name in names],
    )
    build = _bpe if model.model_type == 2 else _unigram
    return build(model, spacing, name)


def _bytes_of(piece: Piece) -> bytes:
    if piece.kind is Kind.BYTE:
        return bytes([byte_of(piece.text) or 0])
    if piece.kind in (Kind.CONTROL, Kind.UNKNOWN):
        return piece.text.encode("utf-8")
    return piece.text.replace(SPACE, " ").encode("utf-8")


def _byte_ids(model: Model) -> list[int]:
    if not model.byte_fallback:
        return []
    ids = [-1] * 256
    for i, piece in enumerate(model.pieces):
        if piece.kind is Kind.BYTE:
            ids[byte_of(piece.text) or 0] = i
    return ids


def _unknown_id(model: Model) -> int | None:
    found = (i for i, piece in enumerate(model.pieces) if piece.kind is Kind.UNKNOWN)
    return next(found, None)


def join_words(parts: list[bytes]) -> bytes:
    """Tokens as a text: without the space that was put before it."""
    return b"".join(parts).removeprefix(b" ")


def _chunks(model: Model, spacing: Spacing) -> tuple[re.Pattern[str], str | None]:
    """What may be encoded alone, and where a text may be cut.

    A token begins where a space is written behind what is none, unless tokens go over it, or the
    unknown in a row is one.
    """
    inside = re.compile(f"[^{SPACE}]{SPACE}")
    kinds = (Kind.NORMAL, Kind.USER_DEFINED)
    usable = [piece.text for piece in model.pieces if piece.kind in kinds]
    if any(map(inside.search, usable)) or SPACE not in usable:
        return WHOLE_TEXT, None
    if spacing.characters is None and not spacing.collapse:
        return SPACES_AND_WORD, BETWEEN_WORDS
    return chunks_at_spaces(spacing)


def _tokenizer(model: Model, name: str, algorithm: Algorithm, **more: object) -> Tokenizer:
    named = (Kind.CONTROL, Kind.UNKNOWN)
    make: Callable[..., Tokenizer] = Tokenizer
    return make(
        name=name,
        algorithm=algorithm,
        vocab=[_bytes_of(piece) for piece in model.pieces],
        special_tokens={p.text: i for i, p in enumerate(model.pieces) if p.kind in named},
        unknown_id=_unknown_id(model),
        scores=[piece.score for piece in model.pieces],
        join=join_words if model.prefix else None,
        **more,
    )


def _bpe(model: Model, spacing: Spacing, name: str) -> Tokenizer:
    usable = {p.text: i for i, p in enumerate(model.pieces) if p.kind is Kind.NORMAL}
    user_defined = {p.text: i for i, p in enumerate(model.pieces) if p.kind is Kind.USER_DEFINED}
    scores = [piece.score for piece in model.pieces]
    merges, symbols = piece_merges(usable, scores, len(model.pieces))
    chunks, cut = _chunks(model, spacing)
    longest_first = sorted(user_defined, key=len, reverse=True)
    algorithm = PieceBpe(
        spacing=spacing,
        symbols={**symbols, **user_defined},
        n_vocab=len(model.pieces),
        rules=MergeRules.of(merges),
        byte_ids=_byte_ids(model),
        unknown_id=_unknown_id(model),
        names=re.compile("|".join(map(re.escape, longest_first))) if longest_first else None,
        whole={},
        fuse_unknown=True,
        chunks=chunks,
    )
    return _tokenizer(
        model,
        name,
        Algorithm.SENTENCEPIECE_BPE,
        merges=merges,
        cut=cut,
        ordered=None,
        segmenter=algorithm,
    )


def _unigram(model: Model, spacing: Spacing, name: str) -> Tokenizer:
    normal = [piece.score for piece in model.pieces if piece.kind is Kind.NORMAL]
    lowest, highest = min(normal, default=0.0), max(normal, default=0.0)
    pieces = {}
    for i, piece in enumerate(model.pieces):
        if piece.kind is Kind.NORMAL:
            pieces[piece.text] = i, piece.score
        elif piece.kind is Kind.USER_DEFINED:
            pieces[piece.text] = i, len(piece.text.encode("utf-8")) * highest - 0.1
    chunks, cut = _chunks(model, spacing)
    algorithm = Unigram(
        spacing=spacing,
        pieces=pieces,
        unknown_score=lowest - UNKNOWN_PENALTY,
        unknown_id=_unknown_id(model),
        byte_ids=_byte_ids(model),
        fuse_unknown=True,
        chunks=chunks,
        singles=True,
    )
    return _tokenizer(model, name, Algorithm.UNIGRAM, cut=cut, segmenter=algorithm)
