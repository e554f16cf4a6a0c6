"""`tokviz neighbors`: the shape that scripts rely on, and the sentence for every fault."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tokenization.oracles import shipped
from tokviz.command_line import main
from tokviz.resources import resource_path

Capture = pytest.CaptureFixture[str]
SMOLLM2 = str(resource_path("tables/smollm2-135m-embedding.gguf"))


def answer(capsys: Capture, *arguments: str) -> list[dict[str, Any]]:
    assert main(["neighbors", *arguments, "--json"]) == 0
    out = capsys.readouterr().out
    assert out.isascii()
    found = json.loads(out)
    assert list(found) == ["neighbors"]
    rows: list[dict[str, Any]] = found["neighbors"]
    return rows


def complaint(capsys: Capture, *arguments: str) -> str:
    assert main(["neighbors", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_neighbours_have_id_text_bytes_and_similarity(capsys: Capture) -> None:
    found = answer(capsys, "--tokenizer", "smollm2", "--text", " Paris", "-k", "4")
    assert [list(row) for row in found] == [["id", "text", "bytes", "similarity"]] * 4
    assert [row["text"] for row in found] == ["Paris", " London", " France", " Berlin"]
    assert [bytes.fromhex(row["bytes"]).decode() for row in found] == [r["text"] for r in found]
    similarities = [row["similarity"] for row in found]
    assert similarities == sorted(similarities, reverse=True)
    by_id = answer(
        capsys, "--tokenizer", SMOLLM2, "--id", str(shipped("smollm2").encode(" Paris").ids[0])
    )
    assert len(by_id) == 10
    assert by_id[:4] == found


def test_bytes_that_are_no_text_are_told_as_such(capsys: Capture, tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", np.arange(256 * 2.0).reshape(256, 2))
    found = answer(
        capsys, "--tokenizer", "bytes", "--table", str(tmp_path / "t.npy"), "--id", "255",
        "-k", "1", "--metric", "euclidean",
    )  # fmt: skip
    assert found[0] == {
        "id": 254,
        "text": "�",
        "bytes": "fe",
        "similarity": pytest.approx(-np.sqrt(8)),
    }


def test_the_metric_and_the_mean_change_the_answer(capsys: Capture, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((300, 4)) + 2
    np.save(tmp_path / "t.npy", rows)
    base = ["--tokenizer", "bytes", "--table", str(tmp_path / "t.npy"), "--id", "7"]
    answers = [
        [row["id"] for row in answer(capsys, *base, *more)]
        for more in ([], ["--metric", "dot"], ["--metric", "euclidean"], ["--centered"])
    ]
    assert len({tuple(ids) for ids in answers}) == 4
    assert all(7 not in ids and max(ids) < 256 for ids in answers)  # padding is no token


def test_several_tokens_are_named(capsys: Capture) -> None:
    told = complaint(capsys, "--tokenizer", "gpt2", "--text", "hello there")
    assert "--text is 2 tokens, hello (31373), ·there (612)" in told
    assert "no token" in complaint(capsys, "--tokenizer", "gpt2", "--text", "")


def test_a_table_that_is_too_short_is_told_with_both_numbers(capsys: Capture) -> None:
    told = complaint(capsys, "--tokenizer", "gpt2", "--id", "5", "--table", SMOLLM2)
    assert "49,152 rows for 50,256 ordinary tokens" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--id", "50257"], "no token with the id 50257"),
        (["--id", "-1"], "no token with the id -1"),
        (["--id", "5", "-k", "0"], "-k 0 is no number"),
        (["--id", "5", "--text", "a"], "not allowed with"),
        ([], "required"),
        (["--id", "5", "--table", "nowhere"], "nowhere cannot be read: no such file"),
        (["--id", "5", "--table", __file__], "no table file known here"),
        (["--id", "5", "--tokenizer", "bytes"], "no shipped table for bytes, only for gpt2"),
        (["--id", "5", "--metric", "manhattan"], "invalid choice"),
    ],
)
def test_every_fault_is_a_sentence(capsys: Capture, arguments: list[str], told: str) -> None:
    assert told in complaint(capsys, *arguments)


def test_without_json_there_are_lines_to_read(capsys: Capture) -> None:
    assert main(["neighbors", "--tokenizer", "smollm2", "--text", " Paris", "-k", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["id", "similarity", "token"]
    assert lines[2].split()[2] == "·London"
