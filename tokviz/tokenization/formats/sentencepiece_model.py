"""SentencePiece's `.model`: byte-pair encoding or Unigram, with the normalization it was made with.

The file is one protocol-buffer message; the numbers of its fields are those of
`sentencepiece_model.proto` (https://github.com/google/sentencepiece).
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from tokviz.tokenization.algorithms.bpe import MergeRules
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.charsmap import Charsmap, CharsmapError
from tokviz.tokenization.formats.piece_merges import piece_merges
from tokviz.tokenization.formats.protobuf import ProtobufError, Value, fields
from tokviz.tokenization.normalization.spaced_text import SPACE, CharacterChanges, Spacing
from tokviz.tokenization.pre_tokenization.known_patterns import BETWEEN_WORDS
from tokviz.tokenization.segmenters.piece_bpe import PieceBpe
from tokviz.tokenization.segmenters.unigram import UNKNOWN_PENALTY, Unigram
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

_LONGEST_PIECE = 1 << 16
_MOST_PIECES = 1 << 20
_MOST_SPLITS = 100_000_000
"""Characters to look at when every piece is split at every place. Mistral has a million."""

WHOLE_TEXT = re.compile(r"[\s\S]+")
SPACES_AND_WORD = re.compile(f"[ {SPACE}]*[^ {SPACE}]+|[ {SPACE}]+")


class Kind(IntEnum):
    """What a piece is."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3
    USER_DEFINED = 4
    UNUSED = 5
    BYTE = 6


@dataclass(frozen=True)
class Piece:
    """An entry of the vocabulary; its id is its place."""

    text: str
    score: float
    kind: Kind


@dataclass
class Model:
    """What a `.model` file says, with the defaults of the format."""

    pieces: list[Piece] = field(default_factory=list)
    model_type: int = 1
    byte_fallback: bool = False
    space_behind: bool = False
    charsmap: bytes = b""
    prefix: bool = True
    collapse: bool = True
    escape: bool = True


def looks_like_sentencepiece(start: bytes) -> bool:
    r"""Whether a file may be a `.model`: it begins with a piece that begins with its text.

    >>> looks_like_sentencepiece(b"\n\x0e\n\x05<unk>\x15\x00\x00\x00\x00\x18\x02")
    True
    """
    return len(start) > 3 and start[0] == 0x0A and start[1] < 0x80 and start[2] == 0x0A


def tokenizer_from_sentencepiece(content: bytes, name: str, file: str) -> Tokenizer:
    """Read a `.model`; `file` is its name in errors. Raises `TokenizerFileError`."""
    try:
        model = _read(content)
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
    _check(model, file)
    names = [piece.text for piece in model.pieces if piece.kind is Kind.USER_DEFINED]
    spacing = Spacing(
        prefix=model.prefix,
        collapse=model.collapse,
        characters=characters,
        whole=[name.replace(SPACE, " ") for name in names],
    )
    build = _bpe if model.model_type == 2 else _unigram
    return build(model, spacing, name)


def _read(content: bytes) -> Model:
    model = Model()
    for number, value in fields(content):
        if number == 1:
            model.pieces.append(_piece(_message(value)))
            if len(model.pieces) > _MOST_PIECES:
                raise ProtobufError(f"it has more than {_MOST_PIECES:,} pieces")
        elif number == 2:
            for key, found in fields(_message(value)):
                if key == 3:
                    model.model_type = int(_number(found))
                elif key == 24:
                    model.space_behind = bool(_number(found))
                elif key == 35:
                    model.byte_fallback = bool(_number(found))
        elif number == 3:
            for key, found in fields(_message(value)):
                if key == 2:
                    model.charsmap = _message(found)
                elif key == 3:
                    model.prefix = bool(_number(found))
                elif key == 4:
                    model.collapse = bool(_number(found))
                elif key == 5:
                    model.escape = bool(_number(found))
    return model


def _piece(data: bytes) -> Piece:
    text, score, kind = "", 0.0, Kind.NORMAL
    for key, value in fields(data):
        if key == 1:
            text = _message(value).decode("utf-8")
        elif key == 2:
            score = float(_number(value))
        elif key == 3:
            number = int(_number(value))
            if number not in set(Kind):
                raise ProtobufError(f"the piece {ascii(text)[:60]} is of no known type ({number})")
            kind = Kind(number)
    return Piece(text, score, kind)


def _message(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise ProtobufError(f"a number ({value}) stands where text or a part belongs")
    return value


def _number(value: Value) -> int | float:
    if isinstance(value, bytes):
        raise ProtobufError(f"{len(value):,} bytes stand where a number belongs")
    return value


def _check(model: Model, file: str) -> None:
    if not model.pieces:
        raise TokenizerFileError(f"{file} has no pieces; it is empty or no SentencePiece model.")
    if model.model_type not in (1, 2):
        raise TokenizerFileError(
            f"{file} is a SentencePiece model of type {model.model_type}; only Unigram (1) and BPE "
            f"(2) can be read."
        )
    if model.space_behind or not model.escape:
        raise TokenizerFileError(
            f"{file} writes spaces behind words or as they are, which is not done here; choose "
            f"another model."
        )
    if sum(len(piece.text) ** 2 for piece in model.pieces) > _MOST_SPLITS:
        raise TokenizerFileError(
            f"{file} has pieces that are longer than any SentencePiece model's; fetch it again."
        )
    seen: dict[str, int] = {}
    for i, piece in enumerate(model.pieces):
        if not piece.text or len(piece.text) > _LONGEST_PIECE or piece.score != piece.score:
            raise TokenizerFileError(
                f"{file}: piece {i} has no text, too much of it or no score; fetch it again."
            )
        if piece.text in seen:
            raise TokenizerFileError(
                f"{file}: the pieces {seen[piece.text]} and {i} are both "
                f"{ascii(piece.text)[:60]}; fetch it again."
            )
        seen[piece.text] = i
        if piece.kind is Kind.BYTE and byte_of(piece.text) is None:
            raise TokenizerFileError(
                f"{file}: piece {i}, {ascii(piece.text)[:60]}, names no byte; it is like <0x0A>."
            )
        if piece.kind is Kind.UNUSED and model.model_type == 2:
            raise TokenizerFileError(
                f"{file}: piece {i} is marked as unused, which is not done here for BPE."
            )


def byte_of(text: str) -> int | None:
    """The byte that `<0x0A>` names.

    >>> byte_of("<0x0A>"), byte_of("a")
    (10, None)
    """
    found = re.fullmatch(r"<0x([0-9A-Fa-f]{2})>", text)
    return None if found is None else int(found.group(1), 16)


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


def chunks_at_spaces(spacing: Spacing) -> tuple[re.Pattern[str], str | None]:
    """What may be normalized alone, and where a text may be cut: before what becomes a space,
    behind a character that neither does, nor vanishes, nor becomes part of another."""
    changes: CharacterChanges | None = CharacterChanges({})
    if spacing.characters is not None:
        changes = spacing.characters.changes
    if changes is None:
        return WHOLE_TEXT, None
    joins = changes.before | changes.behind
    spaces = {c for c, new in changes.alone.items() if new == " "} | {" "}
    vanish = {c for c, new in changes.alone.items() if not new or new[-1] in (" ", SPACE)}
    begins, ends = {name[0] for name in spacing.whole}, {name[-1] for name in spacing.whole}
    edges = _set_of(spaces - joins - (begins - {" "}))
    open_ = _set_of({" ", SPACE, "\0"} | spaces | vanish | changes.behind | ends)
    is_space_kept = " " not in joins and changes.alone.get(" ", " ") == " "
    if not is_space_kept or any(re.search(f"[^{open_}][{edges}]", name) for name in spacing.whole):
        return WHOLE_TEXT, None
    chunk = re.compile(rf"[\s\S](?:[^{edges}]+|(?<=[{open_}])[{edges}])*")
    return chunk, f"(?<=[^{open_}])[{edges}](?=[^{open_}])"


def _set_of(characters: set[str]) -> str:
    """What stands between the brackets of an expression for one of them."""
    return "".join(map(re.escape, sorted(characters)))


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
