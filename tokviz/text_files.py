"""Text files, read and written without changing a character: line ends, NULs and BOMs stay.

Every error is one sentence that names the file, the place and the remedy. A path may be `bytes`,
because on Linux a file's name need not be UTF-8.
"""

import codecs
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

MOST_BYTES = 2**31 - 1
"""Byte positions of a text are 32-bit numbers."""

_PART = 1 << 18  # bytes decoded in one go

Path = str | bytes | os.PathLike[str]


class TextFileError(ValueError):
    """A text file that cannot be read or written."""


class NotRegularFileError(TextFileError):
    """A directory, a named pipe, a device: reading it could fail or wait for ever."""


class TooLargeError(TextFileError):
    """A file of more than `MOST_BYTES`."""


class WrongEncodingError(TextFileError):
    """`data`, the file's content, is not text in `encoding`; `offset` is its first bad byte.

    `file`: which of several files it was, empty where only one was read.
    """

    def __init__(
        self, message: str, encoding: str, offset: int, data: bytes, file: str = ""
    ) -> None:
        super().__init__(message)
        self.encoding, self.offset, self.data, self.file = encoding, offset, data, file

    @property
    def looks_binary(self) -> bool:
        """Whether it is probably no text in any encoding: UTF-16 has a BOM, others no NUL."""
        return b"\0" in self.data[: 1 << 16] and not self.data.startswith(_UTF_16_BOMS)


class NotUtf8Error(WrongEncodingError):
    """The file is not UTF-8, so somebody must say what it is: it is never guessed."""


class CannotEncodeError(TextFileError):
    """The encoding cannot write the character at `position` of the text."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


_UTF_16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def shown(path: Path) -> str:
    r"""A path for a message: printable, whatever it is made of.

    >>> shown(b"caf\xe9.txt"), shown("a\nb.txt")
    ('caf\\xe9.txt', 'a\\nb.txt')
    """
    name = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(map(_printable, name)) or "''"


def _printable(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def size_of(path: Path) -> int:
    """Bytes of a regular file; nothing is opened. Raises `TextFileError`."""
    try:
        info = os.stat(path)
    except (OSError, ValueError) as error:
        raise _failed(path, "opened", error) from error
    _check_kind(path, info)
    return info.st_size


def open_binary(path: Path) -> BinaryIO:
    """A regular file, opened for reading. Raises `TextFileError`."""
    size_of(path)
    try:
        # O_NONBLOCK: should the file become a pipe between the two calls, open() must not wait.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise _failed(path, "read", error) from error
    try:
        _check_kind(path, os.fstat(descriptor))
    except TextFileError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """A regular file's content, at most so many bytes. Raises `TextFileError`."""
    if size_of(path) > most:
        raise _too_large(path, most)
    with open_binary(path) as file:
        try:
            content = file.read(most + 1)  # it may have grown; files of /proc claim 0 bytes
        except OSError as error:
            raise _failed(path, "read", error) from error
    if len(content) > most:
        raise _too_large(path, most)
    return content


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """A file's text, exactly: CR, CRLF, NUL stay, and a BOM in front is the character U+FEFF.

    Raises `TextFileError` (`NotUtf8Error`, `WrongEncodingError`, `NotRegularFileError`,
    `TooLargeError`) and `LookupError` for an unknown encoding.
    """
    return decode_text(read_bytes(path), shown(path), encoding)


def decode_text(data: bytes, name: str, encoding: str = "utf-8") -> str:
    """Text from the content of something called `name` in errors.

    Raises `WrongEncodingError`, and `LookupError` for an unknown encoding.
    """
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        offset = error.start if isinstance(error, UnicodeDecodeError) else 0
        kind = NotUtf8Error if codecs.lookup(encoding).name == "utf-8" else WrongEncodingError
        found = f"byte 0x{data[offset : offset + 1].hex()} at offset {offset:,}"
        wrong = kind("", encoding, offset, data)
        looks = " and looks like a binary file" if wrong.looks_binary else ""
        remedy = "open a text file or say" if looks else "say"
        what = f"is not {encoding.upper()} ({found}){looks}"
        wrong.args = (f"{name} {what}; {remedy} which encoding it has.",)
        raise wrong from None


def decode_parts(data: bytes, name: str, encoding: str = "utf-8") -> Iterator[str]:
    """The text of `decode_text` part by part: what decodes keeps all other threads waiting, which
    a hundred megabytes at once would do for half a second, and two of them for some milliseconds.

    Raises the same errors, before or between the parts.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, max(len(data), 1), _PART):
        end = start + _PART
        try:
            yield decoder.decode(data[start:end], final=end >= len(data))
        except UnicodeError:
            decode_text(data, name, encoding)  # tells where
            raise


def write_text(path: Path, text: str, encoding: str = "utf-8", errors: str = "strict") -> None:
    """Write a text so that the file is the old one or the new one whole, even after a crash.

    `errors="surrogatepass"` writes lone surrogates, which are no valid UTF-8. Raises
    `CannotEncodeError` (nothing is written), `TextFileError`, `LookupError`.
    """
    try:
        data = text.encode(encoding, errors)
    except UnicodeEncodeError as error:
        raise CannotEncodeError(
            f"{shown(path)} was not written: {encoding.upper()} has no bytes for "
            f"U+{ord(text[error.start]):04X}, character {error.start:,} of the text; "
            f"remove it or choose another encoding.",
            error.start,
        ) from None
    write_bytes(path, data)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that it is the old one or the new one whole. Raises `TextFileError`."""
    try:
        _replace_content(path, data)
    except (OSError, ValueError) as error:
        if isinstance(error, TextFileError):
            raise
        raise _failed(path, "written", error) from error


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write files that belong together: all of them, or none where one cannot be written.

    They are put in place in their order. Raises `TextFileError`.
    """
    drafts: list[tuple[bytes, bytes]] = []
    try:
        for path, data in contents.items():
            try:
                drafts.append(_draft(path, data))
            except TextFileError:
                raise
            except (OSError, ValueError) as error:
                raise _failed(path, "written", error) from error
        for draft, target in drafts:
            os.replace(draft, target)
    finally:
        for draft, _ in drafts:
            if os.path.lexists(draft):
                os.unlink(draft)


def _replace_content(path: Path, data: bytes) -> None:
    draft, target = _draft(path, data)
    try:
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


def _draft(path: Path, data: bytes) -> tuple[bytes, bytes]:
    """The content in a file of its own, and the place where it belongs."""
    target = os.path.realpath(os.fsencode(path))  # a link stays a link
    mode = None
    if os.path.lexists(target):
        info = os.stat(target)
        _check_kind(path, info)
        # os.replace() would ask the folder's rights only; this raises what writing would.
        os.close(os.open(target, os.O_WRONLY))
        mode = stat.S_IMODE(info.st_mode)
    draft = os.path.join(os.path.dirname(target), b".%s.part" % secrets.token_hex(8).encode())
    try:
        with open(draft, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(draft, mode)
    except BaseException:
        if os.path.lexists(draft):
            os.unlink(draft)
        raise
    return draft, target


_KINDS: list[tuple[Callable[[int], bool], str]] = [
    (stat.S_ISDIR, "a folder; name a file"),
    (stat.S_ISFIFO, "a pipe; copy what it brings into a file first"),
    (stat.S_ISSOCK, "a socket; name a file"),
]


def _check_kind(path: Path, info: os.stat_result) -> None:
    if stat.S_ISREG(info.st_mode):
        return
    is_device = "a device; name a file"
    kind = next((what for test, what in _KINDS if test(info.st_mode)), is_device)
    raise NotRegularFileError(f"{shown(path)} is {kind}.")


def _too_large(path: Path, most: int) -> TooLargeError:
    return TooLargeError(f"{shown(path)} has more than {most:,} bytes; open a part of it.")


_RIGHTS = "permission is denied; change the file's rights or copy it"
_RIGHTS_TO_WRITE = (
    "permission is denied; change the rights of the file and its folder or choose another place"
)
_WHY_NOT_READ = {
    errno.ENOENT: "there is no such file; check its name",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
}
_WHY_NOT_WRITTEN = {
    errno.ENOENT: "its folder is not there; make it again or choose another one",
    errno.ENOTDIR: "its folder is not there; make it again or choose another one",
    errno.EACCES: _RIGHTS_TO_WRITE,
    errno.EPERM: _RIGHTS_TO_WRITE,
    errno.EROFS: "the disk is read-only; choose another place",
    errno.ENOSPC: "the disk is full; make room or choose another place",
    errno.EDQUOT: "your share of the disk is used up; make room or choose another place",
    errno.EFBIG: "the disk takes no file as large as this; choose another place",
    errno.ENAMETOOLONG: "its name is too long; choose a shorter one",
}


def _failed(path: Path, done: str, error: OSError | ValueError) -> TextFileError:
    """What happened and what to do about it, by the system's number of the error."""
    if isinstance(error, ValueError):
        return TextFileError(f"{shown(path)} cannot be {done}: {error}.")
    number, told = error.errno or 0, (error.strerror or str(error)).lower()
    if done == "written":
        reason = _WHY_NOT_WRITTEN.get(number, f"{told}; choose another place")
    else:
        reason = _WHY_NOT_READ.get(number, told)
    return TextFileError(f"{shown(path)} cannot be {done}: {reason}.")
