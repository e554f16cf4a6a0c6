"""Tokenizer files are recognised by what they hold, not by their names."""

import os
from pathlib import Path

import pytest

from tests.tokenization.oracles import shipped
from tokviz.resources import read_resource, resource_path
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.any_file import looks_like_tokenizer, open_tokenizer


def test_a_vocab_bpe_by_any_name_is_gpt2s(tmp_path: Path) -> None:
    path = tmp_path / "anything.gguf"
    path.write_bytes(read_resource("tokenizers/gpt2_vocab.bpe"))
    assert open_tokenizer(path).fingerprint == shipped("gpt2").fingerprint
    assert open_tokenizer(path).name == "anything.gguf"


def test_a_gguf_file_by_any_name_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.symlink_to(resource_path("tables/smollm2-135m-embedding.gguf"))
    assert open_tokenizer(path).fingerprint == shipped("smollm2").fingerprint


@pytest.mark.parametrize("content", [b"#", b"{}", b"hello"])
def test_what_is_not_known_says_what_would_be(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(TokenizerFileError, match="starts with 'GGUF'"):
        open_tokenizer(path)


def test_a_pipe_is_no_tokenizer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TokenizerFileError, match="is not a file"):
        open_tokenizer(tmp_path / "pipe")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert not looks_like_tokenizer(tmp_path / "pipe")
