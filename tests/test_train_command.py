"""`tokviz train` as scripts use it."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.tokenization.slow_trainer import minbpe_training
from tokviz.command_line import main
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.training.word_counts import CLASSIC_EXAMPLE

TEXT = "the cat and the hat, the bat and the rat\naaaa aaaa\n" * 3


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def merges(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, Any]]:
    assert main(["train", *map(str, arguments), "--json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["merges"]
    return found


def test_the_classic_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps(dict(CLASSIC_EXAMPLE)), encoding="utf-8")
    found = merges(capsys, "--word-counts", path, "--merges", 10)
    assert [f"{m['left']} {m['right']} {m['count']}" for m in found] == [
        "e s 9", "es t 9", "est </w> 9", "l o 7", "lo w 7", "n e 6", "ne w 6", "new est</w> 6",
        "low </w> 5", "w i 3",
    ]  # fmt: skip
    assert found[0]["ties"] == [["s", "t"], ["t", "</w>"]]


def test_merges_are_printed_in_hex_with_both_counts(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = merges(capsys, corpus, "--vocab-size", 270, "--ties", "first")
    slow = minbpe_training([part.encode() for part in GPT2.split(TEXT)], 14)
    vocab = [bytes([i]) for i in range(256)]
    for merge, (left, right) in zip(found, slow, strict=True):
        assert (merge["left"], merge["right"]) == (vocab[left].hex(), vocab[right].hex())
        vocab.append(vocab[left] + vocab[right])
    assert any(merge["replacements"] < merge["count"] for merge in found)
    assert [merge["rank"] for merge in found] == list(range(14))


@pytest.mark.parametrize("name", ["tokenizer.json", "a.tiktoken", "a.model", "vocab.json"])
def test_what_is_written_can_be_used_by_the_other_subcommands(
    name: str, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / name
    arguments = [str(corpus), "--vocab-size", "270", "--special", "<|e|>", "-o", str(output)]
    assert main(["train", *arguments]) == 0
    assert capsys.readouterr().out == ""
    tokenizer = open_tokenizer(output)
    assert (tokenizer.n_vocab, tokenizer.special_tokens) == (270, {"<|e|>": 269})
    assert main(["encode", str(corpus), "--tokenizer", str(output), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["round_trip"] is True


def test_folders_packed_files_and_json_lines_hold_the_same_text(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.bin").write_bytes(b"\0\1\2")
    (folder / ".hidden").write_text("zzzz", encoding="utf-8")
    packed, lines = tmp_path / "c.txt.gz", tmp_path / "d.jsonl"
    packed.write_bytes(gzip.compress(TEXT.encode()))
    lines.write_text(json.dumps({"body": TEXT}) + "\n", encoding="utf-8")
    wanted = merges(capsys, corpus, "--merges", 8)
    for path in (folder, packed):
        assert merges(capsys, path, "--merges", 8) == wanted
    assert merges(capsys, lines, "--merges", 8, "--field", "body") == wanted


def test_a_long_file_is_read_in_pieces_and_counted_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.txt"
    text = "some é words, it's 12 o'clock  \n\n\tand so\r\non 日本語 " * 60_000
    path.write_bytes(text.encode())
    for pattern in ("cl100k", "none"):
        found = merges(capsys, path, "--merges", 3, "--pattern", pattern)
        once = merges(capsys, path, "--merges", 3, "--pattern", pattern, "--encoding", "utf-8")
        assert found == once
        assert found[0]["count"] >= 60_000


def bad_inputs(folder: Path) -> dict[str, list[str]]:
    def file(name: str, content: bytes) -> str:
        (folder / name).write_bytes(content)
        return str(folder / name)

    (folder / "empty").mkdir()
    some = file("some", b"some words")
    words = file("words.json", b'{"l o": "x"}')
    return {
        "no text to learn from": [file("none", b""), "--vocab-size", "300"],
        "without text files": [str(folder / "empty"), "--vocab-size", "300"],
        "no such file": [str(folder / "nothing"), "--vocab-size", "300"],
        "with --encoding cp1252": [file("latin", b"caf\xe9"), "--vocab-size", "300"],
        "leave the binary file out.\n": [file("binary", b"\0\0\xff"), "--vocab-size", "300"],
        "has 256 tokens": [some, "--vocab-size", "255"],
        "no regular expression": [some, "--vocab-size", "300", "--pattern", "("],
        "avoid repetitions": [
            file("a", b"ab" * 30),
            "--merges",
            "3",
            "--pattern",
            "(?:a|b|ab)*(?=c)",
        ],
        "is not a whole number": [some, "--vocab-size", "-3"],
        "no text encoding": [some, "--vocab-size", "300", "--encoding", "nope"],
        "Name a file": ["--vocab-size", "300"],
        "Say how much": [some],
        "line 1 is not JSON": [file("x.jsonl", b"{"), "--merges", "3"],
        "no text under 'text'": [file("y.jsonl", b'{"a": 1}'), "--merges", "3"],
        "no whole gzip": [file("z.gz", b"no"), "--merges", "3"],
        "entry 1": ["--word-counts", words, "--merges", "3"],
        "needs --merges": ["--word-counts", words],
        "cannot be written": [some, "--merges", "3", "-o", str(folder / "no" / "t.json")],
        "t.json cannot be written": [
            "--word-counts",
            file("w.json", b'{"l o": 1}'),
            "--merges",
            "3",
            "-o",
            str(folder / "no" / "t.json"),
            "--json",
        ],
        "tokenizer.json": [some, "--merges", "3", "-o", "a.model", "--alphabet", "huggingface"],
    }


def test_bad_input_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for said, arguments in bad_inputs(tmp_path).items():
        assert main(["train", *arguments]) == 2, said
        found = capsys.readouterr()
        assert said in found.err
        assert found.err.count("\n") == 1
        assert '"merges"' not in found.out


def test_ctrl_c_keeps_what_was_learned(tmp_path: Path) -> None:
    corpus, output = tmp_path / "corpus.txt", tmp_path / "tokenizer.json"
    source = [path.read_text(encoding="utf-8") for path in Path(os.__file__).parent.glob("*.py")]
    corpus.write_text("".join(source), encoding="utf-8")
    arguments = [str(corpus), "--vocab-size", "200000", "--json", "-o", str(output)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tokviz", "train", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    assert process.stdout is not None
    first = process.stdout.read(1)  # it has begun to learn
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"those are kept" in err
    n_learned = len(json.loads(first + out)["merges"])
    assert 0 < n_learned < 199_744
    assert len(open_tokenizer(output).merges) == n_learned
