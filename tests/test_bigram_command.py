"""`tokviz bigram` as scripts use it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokviz.command_line import main
from tokviz.embedding.bigram_counts import count_pairs
from tokviz.embedding.bigram_files import read_bigram
from tokviz.tokenization.formats.any_file import open_tokenizer

pytest.importorskip("torch")

TEXT = "the cat and the hat, the bat and the rat\n" * 12


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["bigram", *map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


@pytest.mark.parametrize("tokenizer", ["characters", "bytes"])
def test_it_learns_and_saves_what_it_tells(
    tokenizer: str, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.safetensors"
    found = answer(capsys, text, "--tokenizer", tokenizer, "--steps", 300, "-o", path)
    beside = open_tokenizer(tmp_path / "out.tokenizer.json")
    table = read_bigram(path, beside.n_vocab, tokenizer)
    ids = beside.encode(TEXT).ids.astype(np.int64)
    n_train = len(ids) - round(len(ids) * 0.1)
    part, aside = count_pairs(ids[:n_train], table.n_rows), count_pairs(ids[n_train:], table.n_rows)
    assert found["loss"] == pytest.approx(part.loss(table))
    assert found["held_out_loss"] == pytest.approx(aside.loss(table))
    # the text is ASCII, so a token is a byte here
    assert found["bits_per_byte"] == pytest.approx(found["held_out_loss"] / np.log(2))
    assert part.optimum < found["loss"] < part.unigram_entropy
    assert len(found["sample"]) > 100


def test_the_same_seed_gives_the_same_answer(
    text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wishes = (text, "--tokenizer", "characters", "--steps", 50)
    assert answer(capsys, *wishes, "--seed", 7) == answer(capsys, *wishes, "--seed", 7)
    assert answer(capsys, *wishes, "--seed", 7) != answer(capsys, *wishes, "--seed", 8)


def test_what_does_not_fit_is_replaced_and_said(
    text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bigram", str(text), "--steps", "50", "--json"]) == 0
    told = capsys.readouterr()
    assert "50,257 × 50,257 logits would need 70.9 GB to train" in told.err
    assert "that occur in the text" in told.err
    assert set(json.loads(told.out)) >= {"loss", "held_out_loss", "bits_per_byte", "sample"}


def test_a_factored_table_has_a_row_for_every_token(
    text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.safetensors"
    wishes = ("--tokenizer", "bytes", "--table", "factored", "--dim", 16, "--steps", 200)
    found = answer(capsys, text, *wishes, "--held-out", 0, "-o", path)
    assert found["held_out_loss"] is None
    table = read_bigram(path, 256, "bytes")
    assert table.rows.shape == (256, 16)
    assert found["loss"] < 4


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("x", [], "The text has one token"),
        ("", [], "The text has no token"),
        ("abcdef", [], "held-out part of 10% has one token"),
        ("abc", ["--held-out", "0.1"], "is empty"),
        (TEXT, ["--prompt", "§"], "--prompt has no token"),
        (TEXT, ["--lr", "nan"], "no learning rate"),
        (TEXT, ["--temperature", "-1"], "'-1' is no temperature"),
        (TEXT, ["--table", "occurring", "--prompt", "z"], "--prompt has no token"),
        (TEXT, ["--steps", "99999999999"], "not a whole number below"),
        (TEXT, ["--table", "factored", "--dim", "0"], "must be 1 or more"),
        (TEXT, ["--held-out", "1"], "leaves nothing to learn from"),
        (
            TEXT,
            ["-o", "/nowhere/model.safetensors"],
            "/nowhere/model.safetensors cannot be written",
        ),
    ],
)
def test_bad_input_is_one_sentence(
    content: str,
    options: list[str],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "text.txt"
    path.write_text(content, encoding="utf-8")
    assert main(["bigram", str(path), "--tokenizer", "characters", *options]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_a_prompt_without_a_row_is_told_before_the_work(
    text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = text.with_name("model.safetensors")
    asked = ["--tokenizer", "bytes", "--table", "occurring", "--prompt", "az", "-o", str(output)]
    assert main(["bigram", str(text), *asked]) == 2
    assert "The last token of --prompt, z, does not occur" in capsys.readouterr().err
    assert [path.name for path in text.parent.iterdir()] == [text.name]


def test_a_sample_gives_no_orders_to_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "controls.txt"
    path.write_bytes(b"\x1b[2J\x07a\tb\n" * 20)
    assert main(["bigram", str(path), "--tokenizer", "bytes", "--steps", "2"]) == 0
    sample = capsys.readouterr().out.split("\n\n", 1)[1]
    assert "\ufffd" in sample
    assert not {"\x1b", "\x07"} & set(sample)


def test_a_rate_that_is_too_high_is_told(text: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wishes = ["--tokenizer", "bytes", "--lr", "1e38", "--optimizer", "SGD"]
    assert main(["bigram", str(text), *wishes]) == 1
    assert "is too high; take a lower one" in capsys.readouterr().err


def test_learning_imports_neither_qt_nor_torchs_compiler(text: Path) -> None:
    script = (
        "import sys; from tokviz.command_line import main; "
        f"assert main(['bigram', {str(text)!r}, '--tokenizer', 'bytes', '--steps', '3']) == 0; "
        "assert not {'PySide6', 'torch._dynamo'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
