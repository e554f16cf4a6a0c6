"""The header of a GGUF file: its key-value pairs and its directory of tensors.

It stands beside the layers because a GGUF file holds a tokenizer and a table in one. It is read
here and not by the `gguf` package: that package makes an array object for each of the 100,000
strings (2.4 s where this takes 0.1 s) and trusts the counts in the file. Format:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_STRING, _ARRAY = 8, 9
_NUMBERS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_MOST_KEYS = 10_000
_MOST_VALUES = 2**20  # of one array: the most tokens are 262,144, the most merges 514,906
_MOST_TENSORS = 100_000
_MOST_DIMENSIONS = 4
_LARGEST_ALIGNMENT = 2**20


class GgufHeaderError(ValueError):
    """Not a GGUF file, or a damaged one: names the file, the byte and what was found there."""


@dataclass(frozen=True)
class GgufTensor:
    """A tensor's place: `shape` with the rows first, `kind` as in ggml.h, `start` in the file."""

    name: str
    shape: tuple[int, ...]
    kind: int
    start: int


def read_metadata(path: Path) -> dict[str, Any]:
    """The key-value section of a GGUF file. Raises `GgufHeaderError`, `OSError`."""
    return _read(path, with_tensors=False)[0]


def read_tensors(path: Path) -> tuple[dict[str, Any], list[GgufTensor]]:
    """The key-value pairs without their arrays, and every tensor's place.

    Raises `GgufHeaderError`, `OSError`.
    """
    return _read(path, with_tensors=True)


def _read(path: Path, with_tensors: bool) -> tuple[dict[str, Any], list[GgufTensor]]:
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise GgufHeaderError(f"{path} is not a GGUF file: it does not start with 'GGUF'.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            header = _Header(data, str(path), skip_arrays=with_tensors)
            header.number("I")  # the magic
            version, n_tensors, n_keys = header.number("I"), header.number("Q"), header.number("Q")
            if version not in (2, 3) or n_keys > _MOST_KEYS:
                raise header.fail(f"version {version} with {n_keys} keys cannot be read")
            metadata = {header.string(): header.value(header.number("I")) for _ in range(n_keys)}
            if not with_tensors:
                return metadata, []
            return metadata, header.tensors(n_tensors, metadata.get("general.alignment", 32))


class _Header:
    """Reads GGUF values one after the other; every count is checked against the bytes left."""

    def __init__(self, data: "mmap.mmap | bytes", file: str, skip_arrays: bool) -> None:
        self._data, self._file, self._at = data, file, 0
        self._skip_arrays = skip_arrays

    def fail(self, what: str) -> GgufHeaderError:
        return GgufHeaderError(f"{self._file} is damaged at byte {self._at}: {what}.")

    def number(self, code: str) -> Any:
        size = struct.calcsize("<" + code)
        if self._at + size > len(self._data):
            raise self.fail("the file ends inside a number")
        (value,) = struct.unpack_from("<" + code, self._data, self._at)
        self._at += size
        return value

    def string(self) -> str:
        return self._raw_string().decode("utf-8", "replace")

    def _raw_string(self) -> bytes:
        length = self.number("Q")
        if length > len(self._data) - self._at:
            raise self.fail(f"a string of {length} bytes runs past the end of the file")
        raw = self._data[self._at : self._at + length]
        self._at += length
        return raw

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            return self._array()
        if kind in _NUMBERS:
            return self.number(_NUMBERS[kind])
        raise self.fail(f"unknown value type {kind}")

    def _array(self) -> list[Any]:
        kind, count = self.number("I"), self.number("Q")
        smallest = 8 if kind == _STRING else struct.calcsize(_NUMBERS.get(kind, "Q"))
        if kind == _ARRAY or count > _MOST_VALUES or count * smallest > len(self._data) - self._at:
            raise self.fail(f"an array of {count} values is too long or not in the file")
        if kind == _STRING:
            if self._skip_arrays:
                self._skip_strings(count)
                return []
            return self._strings(count)
        if kind not in _NUMBERS:
            raise self.fail(f"unknown value type {kind}")
        code = f"<{count}{_NUMBERS[kind]}"
        values = [] if self._skip_arrays else list(struct.unpack_from(code, self._data, self._at))
        self._at += struct.calcsize(code)
        return values

    def _strings(self, count: int) -> list[str]:
        """As many times `string`; a vocabulary has hundreds of thousands."""
        data, length_at = self._data, struct.Struct("<Q").unpack_from
        at, size, found = self._at, len(self._data), []
        for _ in range(count):
            start = at + 8
            if start > size:
                self._at = at
                raise self.fail("the file ends inside a number")
            at = start + length_at(data, at)[0]
            if at > size:
                self._at = start
                raise self.fail(f"a string of {at - start} bytes runs past the end of the file")
            found.append(data[start:at].decode("utf-8", "replace"))
        self._at = at
        return found

    def _skip_strings(self, count: int) -> None:
        data, length_at = self._data, struct.Struct("<Q").unpack_from
        at, last = self._at, len(self._data) - 8
        for _ in range(count):
            if at > last:
                self._at = at
                raise self.fail("the file ends inside a list of strings")
            at += 8 + length_at(data, at)[0]
        self._at = at
        if at > len(data):
            raise self.fail("a string runs past the end of the file")

    def tensors(self, count: int, alignment: object) -> list[GgufTensor]:
        if count > _MOST_TENSORS:
            raise self.fail(f"{count} tensors are more than any model has")
        if not isinstance(alignment, int) or not 1 <= alignment <= _LARGEST_ALIGNMENT:
            raise self.fail(f"an alignment of {alignment!r} makes no sense")
        found = [self._tensor() for _ in range(count)]
        begin = -(-self._at // alignment) * alignment
        return [GgufTensor(t.name, t.shape, t.kind, begin + t.start) for t in found]

    def _tensor(self) -> GgufTensor:
        name, n_dimensions = self.string(), self.number("I")
        if not 1 <= n_dimensions <= _MOST_DIMENSIONS:
            raise self.fail(f"a tensor of {n_dimensions} dimensions makes no sense")
        lengths = [self.number("Q") for _ in range(n_dimensions)]
        kind, start = self.number("I"), self.number("Q")
        return GgufTensor(name, tuple(reversed(lengths)), kind, start)
