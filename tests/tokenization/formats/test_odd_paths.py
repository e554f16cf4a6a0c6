"""Paths that are no plain files: each is refused at once, and nothing waits for a pipe."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tokviz.command_line import main


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _folder_with_a_pipe(path: Path) -> None:
    path.mkdir()
    os.mkfifo(path / "tokenizer.json")


def _folder_with_a_loop(path: Path) -> None:
    path.mkdir()
    _loop(path / "tokenizer.json")


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "a loop of links": (_loop, "too many levels of symbolic links"),
    "a link to nowhere": (lambda path: path.symlink_to("gone"), "no file named"),
    "a pipe": (os.mkfifo, "is not a file; name a tokenizer file"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "is not a file"),
    "an empty folder": (Path.mkdir, "holds no tokenizer; choose a folder"),
    "a folder with a pipe": (_folder_with_a_pipe, "holds no tokenizer"),
    "a folder with a loop": (_folder_with_a_loop, "too many levels|holds no tokenizer"),
    "a name with a line end": (lambda path: path.write_text("{"), r"a name with a line end\\n"),
}


@pytest.mark.parametrize("kind", ODD)
def test_it_is_refused_in_one_line(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, said = ODD[kind]
    path = tmp_path / (kind + "\n.json" if "line end" in kind else kind)
    make(path)
    assert main(["decode", "0", "--tokenizer", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert any(words in error for words in said.replace("\\\\", "\\").split("|"))
