"""What is trained on, as texts and as tokens."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from tokviz.catalog import load_tokenizer
from tokviz.corpus import Corpus, CorpusIds, encoding_corpus
from tokviz.text_files import TextFileError
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer, characters_tokenizer


def ids_of(corpus: Corpus, tokenizer: Tokenizer) -> CorpusIds:
    *counts, found = encoding_corpus(corpus, tokenizer)
    assert isinstance(found, CorpusIds)
    assert all(isinstance(n, int) for n in counts)
    return found


def test_files_are_encoded_one_after_the_other(tmp_path: Path) -> None:
    gpt2 = load_tokenizer("gpt2")
    texts = ["Low lower\r\nlowest. " * 9000, "newest and widest", ""]
    paths = [tmp_path / "a.txt", tmp_path / "b.txt.gz", tmp_path / "empty.txt"]
    paths[0].write_bytes(texts[0].encode())
    paths[1].write_bytes(gzip.compress(texts[1].encode()))
    paths[2].write_bytes(b"")
    found = ids_of(Corpus(paths=tuple(str(path) for path in paths)), gpt2)
    expected = np.concatenate([gpt2.encode(text).ids for text in texts])
    assert found.ids.tolist() == expected.tolist()
    assert found.n_used == len(set(expected.tolist()))
    assert found.tokenizer is gpt2


def test_a_growing_vocabulary_takes_in_the_characters_of_files(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps({"text": text}) + "\n" for text in ("bé", "ab")))
    tokenizer = characters_tokenizer("ab")
    found = ids_of(Corpus(paths=(str(lines),)), tokenizer)
    assert list(found.tokenizer.vocab) == [*tokenizer.vocab, "é".encode()]
    assert found.ids.tolist() == [1, 2, 0, 1]


def test_files_that_are_not_utf8_need_their_encoding(tmp_path: Path) -> None:
    paths = tmp_path / "western.txt", tmp_path / "utf8.txt"
    for path, encoding in zip(paths, ("cp1252", "utf-8"), strict=True):
        path.write_bytes("für".encode(encoding))
    corpus = Corpus(paths=tuple(str(path) for path in paths))
    with pytest.raises(TextFileError, match="say which encoding it has"):
        ids_of(corpus, bytes_tokenizer())
    told = ids_of(Corpus(paths=corpus.paths, encoding="cp1252"), bytes_tokenizer())
    assert bytes(told.ids.tolist()).decode() == "fürfür"
