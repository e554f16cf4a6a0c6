"""minbpe's `.model` files as minbpe itself writes them, here by hand and not by our own writer."""

from pathlib import Path

from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.tokenizer import Special

_GPT4 = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*"
    r"|\s*[\r\n]|\s+(?!\S)|\s+"
)


def _written(folder: Path, *lines: str) -> Path:
    path = folder / "hand.model"
    path.write_text("\n".join(("minbpe v1", *lines)) + "\n")
    return path


def test_a_regex_tokenizer_of_minbpe(tmp_path: Path) -> None:
    """Pattern, special tokens, then a pair of ids a line, whose token is 256, 257, ..."""
    merges = ("104 101", "108 108", "256 257", "258 111", "32 259")
    path = _written(tmp_path, _GPT4, "1", "<|endoftext|> 100257", *merges)
    tokenizer = open_tokenizer(path)
    assert tokenizer.encode("hello hello hell\n").ids.tolist() == [259, 260, 32, 258, 10]
    assert tokenizer.token_bytes(260) == b" hello"
    found = tokenizer.encode("he<|endoftext|>", special=Special.SPECIAL)
    assert found.ids.tolist() == [256, 100257]


def test_a_basic_tokenizer_of_minbpe_splits_nothing(tmp_path: Path) -> None:
    """Its line for the pattern is empty, and merges reach over spaces."""
    tokenizer = open_tokenizer(_written(tmp_path, "", "0", "111 32", "256 104"))
    assert tokenizer.encode("hello hi").ids.tolist() == [104, 101, 108, 108, 257, 105]
