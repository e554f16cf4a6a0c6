"""Files that are no tokenizers, or broken ones: name → (what they hold, what the error says)."""

import base64
import gzip
import json
import struct
from functools import cache
from typing import Any

from tokviz.catalog import load_tokenizer
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
from tokviz.tokenization.formats.tiktoken_ranks import to_tiktoken

RANKS = [base64.b64encode(bytes([byte])) + b" %d\n" % byte for byte in range(256)]


@cache
def _gpt2() -> bytes:
    return to_tokenizer_json(load_tokenizer("gpt2").truncated(200))


def _changed(**model: Any) -> bytes:
    plain = json.loads(_gpt2())
    return json.dumps({**plain, "model": {**plain["model"], **model}}).encode()


def _around(**more: Any) -> bytes:
    return json.dumps({**json.loads(_gpt2()), **more}).encode()


def _split(pattern: str) -> bytes:
    cut = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    level = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}
    return _around(pre_tokenizer={"type": "Sequence", "pretokenizers": [cut, level]})


def _added(*tokens: dict[str, Any]) -> bytes:
    return _around(added_tokens=list(tokens))


def _gguf(n_items: int, n_keys: int = 1) -> bytes:
    key = b"tokenizer.ggml.tokens"
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, n_keys) + struct.pack("<Q", len(key)) + key
    return head + struct.pack("<IIQ", 9, 8, n_items)


def _normalized(*parts: dict[str, Any]) -> bytes:
    return _around(normalizer={"type": "Sequence", "normalizers": list(parts)})


def _replace(content: str, **pattern: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": pattern, "content": content}


def _nested(n: int) -> bytes:
    """A normalizer so deep that `json` reads it and whatever goes down into it does not."""
    before, behind = b'{"type": "Sequence", "normalizers": [' * n, b"]}" * n
    return _around(normalizer="@@@").replace(b'"@@@"', before + b'{"type": "NFC"}' + behind)


def _pieces(longest: int) -> bytes:
    """A SentencePiece model of one letter, repeated."""
    found = b"\x0a\x0e\x0a\x05<unk>\x15\x00\x00\x00\x00\x18\x02"
    for n in range(1, longest):
        text = b"a" * n
        size = bytes([n & 0x7F | 0x80, n >> 7])
        piece = b"\x0a" + size + text + b"\x15" + struct.pack("<f", -n) + b"\x18\x01"
        found += b"\x0a" + bytes([len(piece) & 0x7F | 0x80, len(piece) >> 7]) + piece
    return found + b"\x12\x02\x18\x02"


def _of_parts(part: bytes, n: int) -> bytes:
    return b'{"a": [' + part * n + b"1]}"


@cache
def hostile_files() -> dict[str, tuple[bytes, str]]:
    """All of them; the words are looked for in the one sentence that is told."""
    vocab = json.loads(_gpt2())["model"]["vocab"]
    bomb = ["a" * 2**i for i in range(40 // 2)]
    return {
        "empty": (b"", "is empty"),
        "truncated JSON": (_gpt2()[:5000], "not JSON"),
        "deep JSON": (b'{"a":' + b"[" * 100_000, "nested too deeply"),
        "deep objects": (b'{"a":' * 100_000, "nested too deeply"),
        "a list": (b"[1, 2]", "tokenizer file known"),
        "an empty object": (b"{}", "tokenizer file known"),
        "tokenizer_config.json": (b'{"tokenizer_class": "X", "bos_token": "<s>"}', "beside it"),
        "config.json": (b'{"architectures": ["X"], "vocab_size": 3}', "settings of a model"),
        "special_tokens_map.json": (b'{"bos_token": "<s>"}', "special tokens"),
        "a Git LFS pointer": (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "git lfs pull",
        ),
        "a web page": (b"\n<!DOCTYPE html><html>", "web page"),
        "gzip": (gzip.compress(_gpt2()), "compressed with gzip"),
        "UTF-16": (_gpt2().decode().encode("utf-16"), "UTF-16"),
        "UTF-16 without a mark": (_gpt2().decode().encode("utf-16-be"), "UTF-16"),
        "Latin-1": (b'{"model": "\xe9"}', "not UTF-8 at byte 11"),
        "a key twice": (_gpt2().replace(b'"!": 0', b'"!": 0, "!": 5', 1), "twice"),
        "two tokens with one id": (_changed(vocab={**vocab, "zz": 3}), "same id"),
        "a negative id": (_changed(vocab={**vocab, "zz": -1}), "the id -1"),
        "a float id": (_changed(vocab={**vocab, "zz": 1.5}), "the id 1.5"),
        "a huge id": (_changed(vocab={**vocab, "zz": 2**40}), "the id 1099511627776"),
        "no vocabulary": (_changed(vocab=[]), "vocabulary"),
        "NaN": (_changed(vocab={**vocab, "zz": float("nan")}), "NaN"),
        "a merge without its part": (_changed(merges=[["zq", "q"]]), "'zq'"),
        "a merge without its result": (_changed(merges=[["z", "q"]]), "'zq'"),
        "a merge of one part": (_changed(merges=[["z"]]), "merge 0"),
        "a merge of three parts": (_changed(merges=[["z", "q", "x"]]), "merge 0"),
        "no merges": (_changed(merges=None), "merges"),
        "merges of another vocabulary": (_changed(merges=[["日", "本"]]), "merge 0"),
        "a merge bomb": (
            _changed(vocab={n: i for i, n in enumerate(bomb)}, merges=[[n, n] for n in bomb[:-1]]),
            "64 KiB",
        ),
        "an added token without a name": (
            _added({"id": 900, "content": "", "special": True}),
            "added",
        ),
        "an added token without an id": (_added({"content": "<x>", "special": True}), "added"),
        "added tokens that contradict": (
            _added(
                {"id": 900, "content": "<x>", "special": True},
                {"id": 900, "content": "<y>", "special": True},
            ),
            "the same id",
        ),
        "a pattern that does not compile": (_split("("), "no regular expression"),
        "a pattern of 1 MB": (_split("a" * 2**20), "1,048,576 characters"),
        "bad base64": (b"YQ== 1\n?? 2\n", "line 2: no base64"),
        "a duplicate rank": (b"YQ== 1\nYg== 1\n", "line 2: the token or its rank"),
        "a missing rank": (b"YQ== 1\nYQ==\n", "line 2: expected base64 and a rank"),
        "a missing byte": (b"".join(RANKS[:-1]), "no rank for the byte 0xff"),
        "a rank of 10 digits": (b"YQ== 1\nYg== 9999999999\n", "line 2"),
        "a rank bomb": (
            b"".join([*RANKS, *(
                base64.b64encode(b"a" * 2**i) + b" %d\n" % (256 + i) for i in range(1, 17)
            )]),
            "thousands of bytes",
        ),
        "minbpe cut short": (b"minbpe v1\n", "no minbpe model"),
        "minbpe's merge of a later id": (b"minbpe v1\n\\S+\n0\n300 1\n", "line 4"),
        "vocab.bpe of three parts": (b"#version: 0.2\na b c\n", "two parts a line"),
        "vocab.bpe of foreign parts": (b"#version: 0.2\nzq q\n", "'zq'"),
        "GGUF of 2^62 items": (_gguf(2**62), "damaged at byte 69"),
        "GGUF of 2^62 keys": (_gguf(1, 2**62), "keys"),
        "a cut GGUF": (b"GGUF\x03\x00", "damaged at byte 4"),
        "an id in quotes": (_changed(vocab={**vocab, "zz": "7"}), "the id '7'"),
        "an id that is true": (_changed(vocab={**vocab, "zz": True}), "the id True"),
        "half a surrogate pair": (_changed(vocab={**vocab, "\ud800": 900}), "no character"),
        "a deep normalizer": (_nested(300), "nested more than 60 deep"),
        "a Replace bomb": (
            _normalized(*[_replace("a" * 10, String="a")] * 12), "100 times as long",
        ),
        "a Replace of nothing": (_normalized(_replace("x" * 10**6, Regex="")), "100 times as long"),
        "a Prepend bomb": (
            _normalized(*[{"type": "Prepend", "prepend": "x" * 9999}] * 300), "before it",
        ),
        "a Precompiled of nothing": (
            _normalized({"type": "Precompiled", "precompiled_charsmap": ""}), "own header",
        ),
        "a Precompiled in no base64": (
            _normalized({"type": "Precompiled", "precompiled_charsmap": "?"}), "no base64",
        ),
        "nested counts": (_split("(?:(?:a{1000}){1000}){1000}"), "more than 100,000 times"),
        "a huge count": (_split("a{99999999}"), "more than 100,000 times"),
        "a huge count for the package": (
            _normalized(_replace("", Regex="(?:a{1000}){1000}")), "more than 100,000 times",
        ),
        "pieces of length 0": (
            _around(pre_tokenizer={"type": "FixedLength", "length": 0}), "length 0",
        ),
        "parts without the prefix": (
            _changed(continuing_subword_prefix="##", merges=[["t", "h"]]),
            "does not begin with '##'",
        ),
        "ten million objects": (_of_parts(b"{},", 10**7), "more parts"),
        "ten million lists": (_of_parts(b"[1],", 10**7), "more parts"),
        "pieces of one letter": (_pieces(1500), "pieces that are longer"),
        "safetensors": (struct.pack("<Q", 60) + b'{"a": {"dtype": "F32"}}', "safetensors"),
        "random bytes": (bytes((i * 7919 >> 3) & 255 for i in range(3000)), "is not a tokenizer"),
        "zeros": (bytes(4096), "is not a tokenizer"),
    }  # fmt: skip


@cache
def odd_but_good_files() -> dict[str, bytes]:
    """What is unusual and yet a tokenizer."""
    return {
        "tokenizer.json with a BOM": b"\xef\xbb\xbf" + _gpt2(),
        "ranks with gaps": b"".join(RANKS) + base64.b64encode(b"ab") + b" 9000\n",
        "ranks of r50k": to_tiktoken(load_tokenizer("gpt2")),
        "a pattern that matches nothing": _split(r"(?!)"),
        "a pattern that matches empty": _split(r"a*"),
        "ids with a gap": _changed(vocab={**json.loads(_gpt2())["model"]["vocab"], "zz": 90_000}),
    }
