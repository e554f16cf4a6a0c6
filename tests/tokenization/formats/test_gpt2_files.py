"""`vocab.bpe`: the shipped one, and damaged ones."""

import pytest

from tests.tokenization.oracles import shipped
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.gpt2_files import tokenizer_from_vocab_bpe


def test_gpt2_has_the_published_sizes() -> None:
    gpt2 = shipped("gpt2")
    assert (gpt2.n_vocab, len(gpt2.merges), gpt2.context) == (50257, 50000, 1024)
    assert gpt2.special_tokens == {"<|endoftext|>": 50256}
    assert gpt2.token_bytes(15496) == b"Hello"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "expected a '#version' line"),
        (b"a b\n", "expected a '#version' line"),
        (b"#version: 0.2\na b\nc\n", "two parts a line"),
        (b"#version: 0.2\nab c\n", "'ab' of a merge is no byte"),
        (b"#version: 0.2\na \xff\n", "not UTF-8 at byte 16"),
        ("#version: 0.2\na 北\n".encode(), "'北' of a merge"),
    ],
)
def test_a_damaged_file_is_told_with_its_name(content: bytes, told: str) -> None:
    with pytest.raises(TokenizerFileError, match=f"x.bpe.*{told}"):
        tokenizer_from_vocab_bpe(content, "x", "x.bpe")


def test_line_ends_may_be_those_of_windows() -> None:
    tokenizer = tokenizer_from_vocab_bpe(b"#version: 0.2\r\na b\r\nab c\r\n", "x", "x.bpe")
    assert [tokenizer.vocab[i] for i in tokenizer.encode("abc").ids.tolist()] == [b"abc"]
