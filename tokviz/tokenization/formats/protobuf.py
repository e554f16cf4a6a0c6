"""Protocol buffers, as far as reading a message needs: fields by number, every length checked."""

import struct
from collections.abc import Iterator

Value = int | float | bytes
_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5


class ProtobufError(ValueError):
    """Bytes that are no message: says at which byte, and what is wrong there."""


def fields(data: bytes) -> Iterator[tuple[int, Value]]:
    r"""The number and the value of each field: int, float (32 bits) or bytes.

    Raises `ProtobufError`.

    >>> list(fields(b"\x08\x96\x01\x12\x02hi\x1d\x00\x00\x80\x3f"))
    [(1, 150), (2, b'hi'), (3, 1.0)]
    """
    at = 0
    while at < len(data):
        start = at
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ProtobufError(f"there is no field 0, which byte {start:,} begins")
        value: Value
        if kind == _VARINT:
            value, at = _varint(data, at)
        elif kind in (_BYTES, _EIGHT_BYTES):
            length, at = _varint(data, at) if kind == _BYTES else (8, at)
            _require(data, at, length)
            value, at = data[at : at + length], at + length
        elif kind == _FOUR_BYTES:
            _require(data, at, 4)
            (value,) = struct.unpack_from("<f", data, at)
            at += 4
        else:
            raise ProtobufError(f"the field at byte {start:,} is of no known kind ({kind})")
        yield number, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    if at < len(data) and data[at] < 0x80:
        return data[at], at + 1  # nearly all are of one byte
    value = shift = 0
    for place in range(at, min(at + 10, len(data))):
        value |= (data[place] & 0x7F) << shift
        shift += 7
        if data[place] < 0x80:
            return value, place + 1
    raise ProtobufError(f"the number at byte {at:,} does not end")


def _require(data: bytes, at: int, length: int) -> None:
    if length > len(data) - at:
        raise ProtobufError(
            f"at byte {at:,} there should be {length:,} bytes and there are {len(data) - at:,}"
        )
