"""A model's folder: its tokenizer is found, and the context window of its config.json."""

import json
from pathlib import Path

import pytest

from tests.tokenization.oracles import shipped
from tokviz.resources import read_resource
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.formats.gpt2_files import to_vocab_and_merges
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "my-model"
    path.mkdir()
    (path / "tokenizer.json").write_bytes(to_tokenizer_json(shipped("gpt2").truncated(300)))
    return path


def test_a_folder_is_opened_by_its_own_name(folder: Path) -> None:
    tokenizer = open_tokenizer(folder)
    assert (tokenizer.name, len(tokenizer.merges), tokenizer.context) == ("my-model", 300, None)


@pytest.mark.parametrize(
    "settings",
    [
        {"max_position_embeddings": 2048},
        {"n_positions": 2048},
        {"model_type": "x", "text_config": {"max_position_embeddings": 2048}},
    ],
)
def test_the_context_window_is_that_of_the_config(folder: Path, settings: object) -> None:
    (folder / "config.json").write_text(json.dumps(settings), "utf-8")
    assert open_tokenizer(folder).context == 2048
    assert open_tokenizer(folder / "tokenizer.json").context == 2048


@pytest.mark.parametrize("config", ["[", '{"n_positions": "many"}', '{"n_positions": -1}'])
def test_a_bad_config_leaves_the_context_unknown(folder: Path, config: str) -> None:
    (folder / "config.json").write_text(config, "utf-8")
    assert open_tokenizer(folder).context is None


@pytest.mark.parametrize("names", [("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe")])
def test_two_files_are_opened_by_either_or_by_their_folder(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    gpt2 = shipped("gpt2")
    for name, content in zip(names, to_vocab_and_merges(gpt2), strict=True):
        (tmp_path / name).write_bytes(content)
    for path in (tmp_path, tmp_path / names[0], tmp_path / names[1]):
        found = open_tokenizer(path)
        assert found.name == path.name
        assert found.fingerprint == gpt2.fingerprint
        assert found.merges.columns == gpt2.merges.columns
        assert found.special_tokens == gpt2.special_tokens


def test_merges_without_a_version_line_need_their_vocabulary(tmp_path: Path) -> None:
    vocab, merges = to_vocab_and_merges(shipped("gpt2"))
    path = tmp_path / "merges.txt"
    path.write_bytes(merges.partition(b"\n")[2])
    with pytest.raises(TokenizerFileError, match="'#version' line"):
        open_tokenizer(path)
    (tmp_path / "vocab.json").write_bytes(vocab)
    assert open_tokenizer(path).fingerprint == shipped("gpt2").fingerprint


def test_a_folder_without_a_tokenizer_says_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").touch()
    with pytest.raises(TokenizerFileError, match=r"holds no tokenizer; choose a folder with a tok"):
        open_tokenizer(tmp_path)
    for name in ("a.tiktoken", "b.tiktoken"):
        (tmp_path / name).touch()
    with pytest.raises(TokenizerFileError, match=r"2 files that end with \.tiktoken"):
        open_tokenizer(tmp_path)


def test_a_vocab_bpe_alone_is_gpt2(tmp_path: Path) -> None:
    content = read_resource("tokenizers/gpt2_vocab.bpe")
    (tmp_path / "vocab.bpe").write_bytes(content)
    assert open_tokenizer(tmp_path).fingerprint == shipped("gpt2").fingerprint
