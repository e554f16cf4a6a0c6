"""Trained tokenizers, saved and reopened; and the same ids in the libraries the files are for."""

import base64
import json
from functools import cache
from pathlib import Path

import pytest
import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tokenizers import Tokenizer as HuggingFaceTokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

from tests.tokenization.diverse_texts import texts
from tests.tokenization.oracles import shipped
from tests.tokenization.training.test_trainer import counts_of
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.formats.saving import files_to_write, self_check
from tokviz.tokenization.pre_tokenization.known_patterns import SPLIT_PATTERNS, split_pattern
from tokviz.tokenization.tokenizer import Special, Tokenizer
from tokviz.tokenization.training.trained_tokenizer import trained_tokenizer
from tokviz.tokenization.training.trainer import Training, learn_merges
from tokviz.tokenization.training.training_corpus import Alphabet, lay_out

OWN = r"\p{L}+| ?\p{N}|[^\p{L}\p{N}]+"
PATTERNS = [*SPLIT_PATTERNS, OWN]
NAMES = ["tokenizer.json", "a.tiktoken", "a.model"]


@cache
def trained(pattern: str, alphabet: Alphabet = Alphabet.BYTES) -> Tokenizer:
    split = split_pattern(pattern)
    corpus = [text for text in texts(600) if len(text) < 500]
    training = Training(lay_out(counts_of(corpus, split), alphabet))
    list(learn_merges(training, 400))
    return trained_tokenizer(training, split, special_tokens=["<|end|>", "<|other|>"])


def write(tokenizer: Tokenizer, path: Path) -> Path:
    for name, content in files_to_write(tokenizer, path).items():
        name.write_bytes(content)
    return path


def same_tokenizer(one: Tokenizer, other: Tokenizer) -> None:
    assert one.fingerprint == other.fingerprint
    assert one.split == other.split
    assert one.special_tokens == other.special_tokens
    assert one.algorithm == other.algorithm
    assert one.merges.columns == other.merges.columns


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_saved_is_what_is_opened(pattern: str, name: str, tmp_path: Path) -> None:
    tokenizer = trained(pattern)
    path = write(tokenizer, tmp_path / name)
    same_tokenizer(open_tokenizer(path), tokenizer)
    assert self_check(tokenizer, path, "".join(texts(50))) is None


@pytest.mark.parametrize("name", ["vocab.json", "merges.txt", "my-vocab.json", "my-merges.txt"])
def test_gpt2s_two_files_are_opened_by_either_name(name: str, tmp_path: Path) -> None:
    path = write(trained("gpt2"), tmp_path / name)
    same_tokenizer(open_tokenizer(path), trained("gpt2"))


@pytest.mark.parametrize("alphabet", [Alphabet.HUGGINGFACE, Alphabet.CHARACTERS])
def test_other_alphabets_keep_their_ids(alphabet: Alphabet, tmp_path: Path) -> None:
    path = write(trained("gpt2", alphabet), tmp_path / "tokenizer.json")
    same_tokenizer(open_tokenizer(path), trained("gpt2", alphabet))
    with pytest.raises(TokenizerFileError, match=r"tokenizer\.json"):
        files_to_write(trained("gpt2", alphabet), tmp_path / "a.model")


@pytest.mark.parametrize("alphabet", Alphabet)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_hugging_face_finds_the_same_ids(pattern: str, alphabet: Alphabet, tmp_path: Path) -> None:
    tokenizer = trained(pattern, alphabet)
    path = write(tokenizer, tmp_path / "tokenizer.json")
    theirs = HuggingFaceTokenizer.from_file(str(path))
    encoder = tokenizer.encoder()
    for text in texts(1200):
        assert theirs.encode(text).ids == encoder.encode(text).ids.tolist(), repr(text)
    assert theirs.decode(theirs.encode("some words, é").ids) == "some words, é"
    ids = tokenizer.encode("a<|end|>b", Special.SPECIAL).ids.tolist()
    assert theirs.encode("a<|end|>b").ids == ids


@pytest.mark.parametrize("pattern", PATTERNS)
def test_tiktoken_finds_the_same_ids(pattern: str, tmp_path: Path) -> None:
    tokenizer = trained(pattern)
    path = write(tokenizer, tmp_path / "a.tiktoken")
    settings = json.loads((tmp_path / "a.tiktoken.json").read_bytes())
    ranks = load_tiktoken_bpe(str(path))
    theirs = tiktoken.Encoding("a", mergeable_ranks=ranks, **settings)
    encoder = tokenizer.encoder()
    for text in texts(1200):
        assert theirs.encode_ordinary(text) == encoder.encode(text).ids.tolist(), repr(text)


def test_hugging_face_reads_vocab_and_merges(tmp_path: Path) -> None:
    tokenizer = trained("gpt2")
    write(tokenizer, tmp_path / "vocab.json")
    model = BPE.from_file(str(tmp_path / "vocab.json"), str(tmp_path / "merges.txt"))
    theirs = HuggingFaceTokenizer(model)
    theirs.pre_tokenizer = ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    encoder = tokenizer.encoder()
    for text in texts(1200):
        assert theirs.encode(text).ids == encoder.encode(text).ids.tolist(), repr(text)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_minbpes_own_reader_finds_the_same_merges(pattern: str, tmp_path: Path) -> None:
    tokenizer = trained(pattern)
    path = write(tokenizer, tmp_path / "a.model")
    merges, special = {}, {}
    with path.open(encoding="utf-8") as file:  # minbpe's `Tokenizer.load`
        assert file.readline().strip() == "minbpe v1"
        assert file.readline().strip() == split_pattern(pattern).pattern
        for _ in range(int(file.readline().strip())):
            name, token_id = file.readline().strip().split()
            special[name] = int(token_id)
        for i, line in enumerate(file, 256):
            a, b = map(int, line.split())
            merges[a, b] = i
    assert special == tokenizer.special_tokens
    assert merges == {(m.left, m.right): m.id for m in tokenizer.merges}


def test_gpt2_itself_goes_through_every_format(tmp_path: Path) -> None:
    gpt2 = shipped("gpt2")
    for name in ("tokenizer.json", "vocab.json", "a.tiktoken"):
        reopened = open_tokenizer(write(gpt2, tmp_path / name))
        assert reopened.fingerprint == gpt2.fingerprint
        assert reopened.merges.columns == gpt2.merges.columns
    with pytest.raises(TokenizerFileError, match="by their values"):
        files_to_write(gpt2, tmp_path / "a.model")


def test_smollm2_keeps_its_digits(tmp_path: Path) -> None:
    path = write(shipped("smollm2"), tmp_path / "tokenizer.json")
    theirs = HuggingFaceTokenizer.from_file(str(path))
    same_tokenizer(open_tokenizer(path), shipped("smollm2"))
    assert theirs.encode("a 1234").ids == shipped("smollm2").encode("a 1234").ids.tolist()


def test_a_difference_is_told_with_its_place(tmp_path: Path) -> None:
    path = write(trained("gpt2"), tmp_path / "tokenizer.json")
    found = self_check(shipped("gpt2"), path, "the end")
    assert found is not None
    assert "token 0" in found


def bomb(n: int) -> list[tuple[str, str]]:
    names = ["a" * 2**i for i in range(n)]
    return [(name, name) for name in names]


def hostile_json() -> dict[str, bytes]:
    plain = json.loads(files_to_write(trained("gpt2"), Path("tokenizer.json")).popitem()[1])

    def changed(**model: object) -> bytes:
        return json.dumps({**plain, "model": {**plain["model"], **model}}).encode()

    names = {"a" * 2**i: i for i in range(19)}
    return {
        "not JSON": b"{",
        "nested too deeply": b'{"a":' + b"[" * 100_000,
        "not UTF-8": b'{"\xff',
        "the type 'Neural'": changed(type="Neural"),
        "cannot be used": changed(type="WordPiece"),
        "no pair of a token": changed(type="Unigram", vocab=[["a", 0], ["b"]]),
        "no vocabulary": changed(vocab=[]),
        "the id 1.5": changed(vocab={"a": 1.5}),
        "the id 99999999": changed(vocab={"a": 99_999_999}),
        "holds NaN": changed(vocab={"a": float("nan")}),
        "the same id": changed(vocab={"a": 1, "b": 1}),
        "byte alphabet": changed(vocab={"日": 1}, merges=[]),
        "needs the token": changed(merges=[["q", "zq"]]),
        "merge 0": changed(merges=[["q"]]),
        "not a pair": changed(merges=[3]),
        "64 KiB": changed(vocab=names, merges=bomb(18)),
        "no list of merges": changed(merges=None),
        "any variant": json.dumps({**plain, "normalizer": {"type": "Odd"}}).encode(),
        "2,000 characters": json.dumps(
            {**plain, "normalizer": {"type": "Replace", "pattern": {"Regex": "a" * 2001}}}
        ).encode(),
        "two added tokens": json.dumps(
            {**plain, "added_tokens": [{"id": 900 + i, "content": "x"} for i in range(2)]}
        ).encode(),
        "no regular expression": json.dumps(
            {
                **plain,
                "pre_tokenizer": {
                    "type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated",
                },
            }
        ).encode(),
        "vocabulary without merges": b'{"a": 1}',
    }  # fmt: skip


def hostile_text() -> dict[str, bytes]:
    ranks = files_to_write(trained("gpt2"), Path("a.tiktoken"))[Path("a.tiktoken")]
    head = b"minbpe v1\n\\S+\n0\n"
    return {
        "line 2: no base64": b"YQ== 1\n?? 2\n",
        "line 2: expected base64": b"YQ== 1\nYQ==\n",
        "there before": b"YQ== 1\nYQ== 2\n",
        "the byte 0x00": b"YQ== 1\n",
        "thousands of bytes": ranks + base64.b64encode(b"q" * 2**15 + b"z") + b" 999999\n",
        "line 4: expected the ids": head + b"a b\n",
        "line 4: expected ids below 256": head + b"300 1\n",
        "line 20: expected a merge": head + b"97 97\n" + b"".join(
            b"%d %d\n" % (256 + i, 256 + i) for i in range(40)
        ),
        "no minbpe model": b"minbpe v1\n",
        "line 4: expected the name": b"minbpe v1\n\\S+\n1\nx\n",
        "must be above": b"minbpe v1\n\\S+\n1\nx 3\n",
        "line 2: The split pattern": b"minbpe v1\n(\n0\n",
        "more than 64 KiB": b"#version\n" + b"".join(
            f"{a} {b}\n".encode() for a, b in bomb(18)
        ),
    }  # fmt: skip


@pytest.mark.parametrize(("said", "content"), [*hostile_json().items(), *hostile_text().items()])
def test_a_bad_file_is_refused_in_one_sentence(said: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if said == "vocabulary without merges":
        path = tmp_path / "vocab.json"
    path.write_bytes(content)
    with pytest.raises(TokenizerFileError) as error:
        open_tokenizer(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
