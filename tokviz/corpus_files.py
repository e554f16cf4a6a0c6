"""Text to train on, from files and folders: read in pieces, so that a gigabyte needs no gigabyte.

Plain text, `.gz`, and `.jsonl` (one object a line, one of its fields is the text). A folder means
the text files below it. Each text that is yielded begins and ends where pre-tokens do.
"""

import codecs
import gzip
import json
import os
import re
import stat
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tokviz.text_files import (
    MOST_BYTES,
    NotUtf8Error,
    TextFileError,
    WrongEncodingError,
    open_binary,
    shown,
)
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern

_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 28


class CorpusError(TextFileError):
    """Files that hold no text to train on."""


def files_below(path: str) -> list[str]:
    """The file itself, or the text files in a folder, sorted. Raises `CorpusError`.

    Hidden files and those with NUL bytes at their start are left out.
    """
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        places = (os.path.join(folder, name) for name in sorted(names) if name[:1] != ".")
        found += [place for place in places if _looks_like_text(place)]
    if not found:
        raise CorpusError(f"{shown(path)} is a folder without text files; choose another one.")
    return found


def _looks_like_text(path: str) -> bool:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open_binary(path) as file:
            start = file.read(1 << 13)
    except (OSError, TextFileError):
        return False
    return path.endswith(".gz") or b"\0" not in start


def read_corpus(
    paths: Iterable[str], split: SplitPattern, *, encoding: str = "utf-8", field: str = "text"
) -> Iterator[str]:
    """The texts of files and folders, in order.

    Raises `TextFileError` (`NotUtf8Error`, `CorpusError`, ...), `LookupError` for an unknown
    encoding.
    """
    codecs.lookup(encoding)
    for path in paths:
        for file in files_below(path):
            yield from read_file(file, split, encoding=encoding, field=field)


def read_file(
    path: str, split: SplitPattern, *, encoding: str = "utf-8", field: str = "text"
) -> Iterator[str]:
    """The texts of one file. Raises `TextFileError`."""
    with open_binary(path) as raw:
        is_packed = path.endswith(".gz")
        file: BinaryIO = gzip.GzipFile(fileobj=raw) if is_packed else raw  # type: ignore[assignment]
        try:
            if path.removesuffix(".gz").endswith(".jsonl"):
                yield from _fields(file, shown(path), field)
            else:
                yield from pieces_at_cuts(_decoded(file, path, encoding), split)
        except (OSError, EOFError, zlib.error) as error:
            reason = "it is no whole gzip file" if is_packed else str(error).lower()
            raise TextFileError(
                f"{shown(path)} cannot be read: {reason}; unpack it or fetch it again."
            ) from None


def is_utf8(path: str) -> bool:
    """Whether a file, unpacked if it is `.gz`, is UTF-8 to its end. Raises `TextFileError`."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_binary(path) as raw:
        file = gzip.GzipFile(fileobj=raw) if path.endswith(".gz") else raw
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        except (OSError, EOFError, zlib.error):
            return True  # reading it will say what is wrong
    return True


def fields_of(path: str) -> list[str]:
    """The names under which the first line of a `.jsonl` has text; none for what is no such line.

    Raises `TextFileError`.
    """
    with open_binary(path) as raw:
        file = gzip.GzipFile(fileobj=raw) if path.endswith(".gz") else raw
        try:
            first = json.loads(file.readline(_BLOCK))
        except (OSError, EOFError, zlib.error, RecursionError, ValueError):
            return []
    entries = first.items() if isinstance(first, dict) else ()
    return [name for name, value in entries if isinstance(value, str)]


def _decoded(file: BinaryIO, path: str, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    n_read = 0
    while True:
        block = file.read(_BLOCK)
        waiting = len(decoder.getstate()[0])
        try:
            yield decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            offset = n_read - waiting + error.start
            byte = error.object[error.start : error.start + 1].hex()
            kind = NotUtf8Error if codecs.lookup(encoding).name == "utf-8" else WrongEncodingError
            wrong = kind("", encoding, offset, block, path)
            remedy = (
                "leave the binary file out" if wrong.looks_binary else "say which encoding it has"
            )
            wrong.args = (
                f"{shown(path)} is not {encoding.upper()} (byte 0x{byte} at offset "
                f"{offset:,}); {remedy}.",
            )
            raise wrong from None
        if not block:
            return
        n_read += len(block)


def pieces_at_cuts(texts: Iterable[str], split: SplitPattern) -> Iterator[str]:
    """A text that comes in blocks, cut anew where pre-tokens begin; whole if that is not known.

    Raises `CorpusError` for a text that is too long to be taken whole.
    """
    cut = None if split.cut is None else re.compile(split.cut)
    waiting: list[str] = []
    n_waiting = 0
    for text in texts:
        last = _last_match(cut, text) if cut else None
        if last is None:
            waiting.append(text)
            n_waiting += len(text)
            if n_waiting > MOST_BYTES:
                raise CorpusError(
                    "The corpus has a text of more than 2 GiB that the split pattern needs whole; "
                    "cut it into several files."
                )
            continue
        yield "".join([*waiting, text[: last.start()]])
        waiting, n_waiting = [text[last.start() :]], len(text) - last.start()
    rest = "".join(waiting)
    if rest:
        yield rest


def _last_match(cut: re.Pattern[str], text: str) -> re.Match[str] | None:
    for start in (max(len(text) - (1 << 12), 0), 0):  # mostly there is one near the end
        matches = deque(cut.finditer(text, start), maxlen=1)
        if matches:
            return matches.pop()
    return None


def _fields(file: BinaryIO, name: str, field: str) -> Iterator[str]:
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        where = f"{name}, line {number:,}"
        if len(line) == _LONGEST_LINE:
            raise CorpusError(f"{where} has more than 256 MiB; cut it into several lines.")
        if not line.strip():
            continue
        try:
            found = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise CorpusError(
                f"{where} is not UTF-8 at byte {error.start:,}; correct it."
            ) from None
        except (RecursionError, ValueError):
            raise CorpusError(f"{where} is not JSON; correct the line or take it out.") from None
        text = found.get(field) if isinstance(found, dict) else None
        if not isinstance(text, str):
            raise CorpusError(
                f"{where} has no text under {field!a}; name the field that holds the text."
            )
        yield text
