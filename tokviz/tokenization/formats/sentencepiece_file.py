"""What SentencePiece's `.model` files say: pieces with their scores, and how text is normalized.

The file is one protocol-buffer message; the numbers of its fields are those of
`sentencepiece_model.proto` (https://github.com/google/sentencepiece).
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.protobuf import ProtobufError, Value, fields

_LONGEST_PIECE = 1 << 16
_MOST_PIECES = 1 << 20
_MOST_SPLITS = 100_000_000
"""Characters to look at when every piece is split at every place. Mistral has a million."""


class Kind(IntEnum):
    """What a piece is."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3
    USER_DEFINED = 4
    UNUSED = 5
    BYTE = 6


KINDS = {int(kind): kind for kind in Kind}
"""By number: calling `Kind` takes ten times as long."""


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


def read_model(content: bytes) -> Model:
    """What a file says. Raises `ProtobufError`, `UnicodeDecodeError` or `struct.error`."""
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
            if number not in KINDS:
                raise ProtobufError(f"the piece {ascii(text)[:60]} is of no known type ({number})")
            kind = KINDS[number]
    return Piece(text, score, kind)


def _message(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise ProtobufError(f"a number ({value}) stands where text or a part belongs")
    return value


def _number(value: Value) -> int | float:
    if isinstance(value, bytes):
        raise ProtobufError(f"{len(value):,} bytes stand where a number belongs")
    return value


def check_model(model: Model, file: str) -> None:
    """Raises `TokenizerFileError` for what no tokenizer can be made of."""
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
    if not text.startswith("<0x"):
        return None  # as nearly every token of a large vocabulary
    found = re.fullmatch(r"<0x([0-9A-Fa-f]{2})>", text)
    return None if found is None else int(found.group(1), 16)
