"""The check against a library: identical for what is shipped, exact about what is not."""

import builtins
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.tokenization.oracles import shipped
from tokviz.library_checks import CheckResult, LibraryCheckError, check_with_library
from tokviz.tokenization.encoding import Encoding
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
from tokviz.tokenization.tokenizer import Special, Tokenizer

TEXT = "It's so: Straße 1234\n\n  naïve 🍓 <|endoftext|> [SEP] x"


def check(
    tokenizer: Tokenizer,
    parts: list[Encoding],
    path: Path | None = None,
    special: Special = Special.TEXT,
) -> CheckResult:
    return [*check_with_library(tokenizer, path, parts, special)][-1]


@pytest.mark.parametrize(
    ("name", "package", "what"),
    [
        ("gpt2", "tiktoken", "ids"),
        ("cl100k_base", "tiktoken", "ids"),
        ("smollm2", "tokenizers", "ids and spans"),
        ("bert-base-uncased", "tokenizers", "ids and spans"),
        ("mistral-7b-v1", "sentencepiece", "ids"),
        ("bytes", "tokenizers", "ids and spans"),
    ],
)
def test_shipped_tokenizers_are_identical(name: str, package: str, what: str) -> None:
    tokenizer = shipped(name)
    parts = [tokenizer.encode(TEXT)]
    found = check(tokenizer, parts)
    assert found.place is None
    assert found.sentence.startswith(f"Identical to {package} ")
    assert found.sentence.endswith(f": {len(parts[0].ids)} {what}.")


@pytest.mark.parametrize("name", ["gpt2", "smollm2", "bert-base-uncased"])
def test_special_tokens_are_compared_as_they_are_taken(name: str) -> None:
    tokenizer = shipped(name)
    parts = [tokenizer.encode(TEXT, Special.SPECIAL)]
    assert check(tokenizer, parts, special=Special.SPECIAL).place is None
    assert name == "smollm2" or check(tokenizer, parts).place is not None


def test_the_first_difference_is_told_with_its_place() -> None:
    tokenizer = shipped("gpt2")
    good = tokenizer.encode("one two three")
    ids = good.ids.copy()
    ids[1] = 11
    parts = [tokenizer.encode("0123 "), replace(good, ids=ids)]
    found = check(tokenizer, parts)
    assert found.place is not None
    assert "differ first at character" in found.sentence
    assert "tiktoken" in found.sentence


def test_a_file_is_read_by_the_library_itself(tmp_path: Path) -> None:
    tokenizer = shipped("gpt2").truncated(300)
    path = tmp_path / "tokenizer.json"
    path.write_bytes(to_tokenizer_json(tokenizer))
    parts = [tokenizer.encode(TEXT)]
    assert check(tokenizer, parts, path).sentence.startswith("Identical to tokenizers ")
    assert check(tokenizer, parts, tmp_path).place is None
    other = shipped("gpt2").truncated(200)
    assert check(other, [other.encode(TEXT)], path).place is not None


def test_a_package_that_is_missing_is_named_with_a_way_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = builtins.__import__

    def without_tiktoken(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "tiktoken":
            raise ModuleNotFoundError("No module named 'tiktoken'", name="tiktoken")
        return found(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without_tiktoken)
    with pytest.raises(LibraryCheckError, match="-m pip install tiktoken"):
        check(shipped("gpt2"), [shipped("gpt2").encode(TEXT)])
