"""Text files: nothing is changed, bad files are told apart, a failed write leaves the old file."""

import errno
import os
import socket
import threading
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokviz import text_files
from tokviz.text_files import (
    CannotEncodeError,
    NotRegularFileError,
    NotUtf8Error,
    TextFileError,
    TooLargeError,
    WrongEncodingError,
    decode_parts,
    decode_text,
    read_text,
    shown,
    size_of,
    write_text,
)

EXACT = "a\rb\r\nc\n\x00\ufeff\u2028\u2029\ufffe\ufdd0\u00a0🚀e\u0301"
not_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read and write everything"
)


# --- reading --------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_decoding_changes_no_character(text: str) -> None:
    assert decode_text(text.encode(), "x") == text


@pytest.mark.parametrize("text", ["", EXACT, "\ufeff" + EXACT, "\r", "\n\r"])
def test_every_character_survives_a_file(tmp_path: Path, text: str) -> None:
    path = str(tmp_path / "x.txt")
    write_text(path, text)
    assert Path(path).read_bytes() == text.encode()
    assert read_text(path) == text
    assert size_of(path) == len(text.encode())


def test_a_name_that_is_not_utf8_is_opened(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    write_text(path, "x")
    assert read_text(path) == "x"
    assert read_text(os.fsdecode(path)) == "x"
    assert shown(os.fsdecode(path)).endswith("caf\\xe9.txt")


@pytest.mark.parametrize(
    ("data", "offset"), [(b"ab\xff", 2), (b"\xed\xa0\x80", 0), ("é".encode("latin-1"), 0)]
)
def test_what_is_not_utf8_is_told_with_its_place(tmp_path: Path, data: bytes, offset: int) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    with pytest.raises(
        NotUtf8Error, match=rf"x\.txt is not UTF-8 .*offset {offset}\).*say"
    ) as told:
        read_text(str(path))
    assert (told.value.offset, told.value.data, told.value.encoding) == (offset, data, "utf-8")
    assert not told.value.looks_binary


def test_a_binary_file_is_called_one(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    with pytest.raises(
        NotUtf8Error, match=r"and looks like a binary file; open a text file"
    ) as told:
        read_text(str(path))
    assert told.value.looks_binary


def test_utf16_is_asked_about_and_read_when_named(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("né".encode("utf-16"))
    with pytest.raises(NotUtf8Error) as told:
        read_text(str(path))
    assert not told.value.looks_binary
    assert read_text(str(path), "utf-16") == "né"


@pytest.mark.parametrize("encoding", ["ascii", "utf-16", "undefined", "idna"])
def test_a_wrong_encoding_is_told_whichever_it_is(encoding: str) -> None:
    with pytest.raises(WrongEncodingError, match=f"{encoding.upper()}") as told:
        decode_text(b"\xff\xd8\x00", "x", encoding)
    assert told.value.encoding == encoding


def test_an_unknown_encoding_is_a_lookup_error() -> None:
    for encoding in ("klingon", "zlib"):
        with pytest.raises(LookupError):
            decode_text(b"x", "x", encoding)


@pytest.mark.parametrize("path", ["nowhere/x.txt", "", "a\x00b", "x" * 5000])
def test_what_is_not_there_is_told(tmp_path: Path, path: str) -> None:
    with pytest.raises(TextFileError, match=r"cannot be opened: .*\.$"):
        read_text(path and f"{tmp_path}/{path}")


def test_folders_pipes_sockets_and_devices_are_told_apart(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as sock:
        here = os.getcwd()
        os.chdir(tmp_path)  # the name of a socket may have 107 bytes
        sock.bind("socket")
        os.chdir(here)
    for name, told in [("", "folder"), ("pipe", "pipe"), ("socket", "socket")]:
        with pytest.raises(NotRegularFileError, match=told):
            read_text(str(tmp_path / name))
    with pytest.raises(NotRegularFileError, match="device"):
        read_text(os.devnull)


def test_a_pipe_does_not_make_us_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    seen: list[BaseException] = []

    def read() -> None:
        try:
            read_text(str(tmp_path / "pipe"))
        except TextFileError as error:
            seen.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(2)
    assert len(seen) == 1


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(2**31)  # sparse: it takes no room
    with pytest.raises(TooLargeError, match=r"large\.txt has more than 2,147,483,647 bytes"):
        read_text(str(path))
    monkeypatch.setattr(text_files, "size_of", lambda _path: 0)  # as files of /proc do
    path.write_bytes(b"x" * 11)
    with pytest.raises(TooLargeError):
        text_files.read_bytes(str(path), most=10)
    assert text_files.read_bytes(str(path), most=11) == b"x" * 11


@not_root
def test_a_file_without_the_right_to_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.touch(0o000)
    with pytest.raises(TextFileError, match="permission is denied"):
        read_text(str(path))


# --- writing --------------------------------------------------------------------------------------


def test_a_surrogate_is_refused_with_its_place_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(CannotEncodeError, match=r"U\+D83D, character 1 of") as told:
        write_text(str(path), "a\ud83d")
    assert told.value.position == 1
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["x.txt"]


def test_a_surrogate_is_written_if_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    write_text(str(path), "a\ud83d", errors="surrogatepass")
    assert path.read_bytes() == b"a\xed\xa0\xbd"


def test_an_encoding_that_lacks_a_character_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotEncodeError, match=r"LATIN-1 has no bytes for U\+5317, character 3"):
        write_text(str(tmp_path / "x.txt"), "né 北", "latin-1")
    assert os.listdir(tmp_path) == []


def test_rights_and_links_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("old")
    path.chmod(0o640)
    (tmp_path / "link").symlink_to("x.txt")
    write_text(str(tmp_path / "link"), "new")
    assert (tmp_path / "link").is_symlink()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_text(str(tmp_path / "x.txt"), "new")
    assert (tmp_path / "x.txt").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_failed_write_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.txt"
    path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        TextFileError, match=r"x\.txt cannot be written: the disk is full; make room"
    ):
        write_text(str(path), "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["x.txt"]


def test_folders_and_pipes_are_not_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(NotRegularFileError):
            write_text(str(path), "x")
    with pytest.raises(TextFileError, match="its folder is not there; make it again"):
        write_text(str(tmp_path / "nowhere" / "x"), "x")


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EROFS, "the disk is read-only; choose another place"),
        (errno.ENOSPC, "the disk is full; make room or choose another place"),
        (errno.EPERM, "change the rights of the file and its folder or choose another place"),
        (errno.EIO, f"{os.strerror(errno.EIO).lower()}; choose another place"),
    ],
)
def test_why_a_file_is_not_written_is_told_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    path = tmp_path / "x.txt"
    with pytest.raises(TextFileError) as told:
        write_text(str(path), "new")
    assert str(told.value).startswith(f"{path} cannot be written: ")
    assert str(told.value).endswith(f"{remedy}.")
    assert os.listdir(tmp_path) == []


def test_a_name_that_is_too_long_or_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TextFileError, match="its name is too long; choose a shorter one"):
        write_text(str(tmp_path / ("x" * 300)), "x")
    with pytest.raises(TextFileError, match="its folder is not there"):
        write_text(str(tmp_path / "file" / "x"), "x")


@not_root
def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(TextFileError, match="permission is denied"):
        write_text(str(path), "new")
    assert path.read_text() == "old"


@given(st.text(st.sampled_from("aé€🚀\r\n\ufeff"), max_size=40), st.integers(1, 9))
def test_a_text_decoded_in_parts_is_the_same(text: str, part: int) -> None:
    for encoding in ("utf-8", "utf-16", "utf-32-le"):
        data = text.encode(encoding)
        with patch("tokviz.text_files._PART", part):
            assert "".join(decode_parts(data, "a.txt", encoding)) == decode_text(
                data, "a.txt", encoding
            )


@given(st.binary(max_size=20), st.integers(1, 5))
def test_parts_that_are_no_text_tell_the_place_as_the_whole_does(data: bytes, part: int) -> None:
    told = []
    for decode in (decode_text, _decoded_in_parts):
        try:
            with patch("tokviz.text_files._PART", part):
                told.append(decode(data, "a.txt"))
        except WrongEncodingError as error:
            told.append(f"{error} {error.offset}")
    assert told[0] == told[1]


def _decoded_in_parts(data: bytes, name: str) -> str:
    return "".join(decode_parts(data, name))
