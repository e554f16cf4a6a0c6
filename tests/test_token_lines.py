"""The token table: one line a token, everything visible."""

from hypothesis import given

from tests.tokenization.diverse_texts import any_text
from tests.tokenization.oracles import shipped
from tokviz.token_lines import token_table
from tokviz.tokenization.vocabulary.visible_text import visible


def test_the_table_lists_index_id_token_characters_and_bytes() -> None:
    lines = token_table(shipped("gpt2"), "Hello 🚀").splitlines()
    assert lines[0].split() == ["index", "id", "token", "characters", "bytes"]
    assert lines[1].split() == ["0", "15496", "Hello", "0-5", "48", "65", "6c", "6c", "6f"]
    assert lines[2].split() == ["1", "12520", "·\\xf0\\x9f", "5-7", "20", "f0", "9f"]
    assert len(lines) == 5


@given(any_text)
def test_every_token_is_one_printable_line(text: str) -> None:
    table = token_table(shipped("gpt2"), text)
    lines = table.split("\n")
    assert len(lines) - 2 == len(shipped("gpt2").encode(text).ids)
    assert all(line.isprintable() for line in lines)


def test_wide_and_combining_characters_keep_the_columns_straight() -> None:
    table = token_table(shipped("smollm2"), "中文 e\u0301 e")
    assert "中" in table
    assert visible("e\u0301".encode()) == "e\u0301"


def test_a_backslash_is_told_from_an_escape() -> None:
    assert visible(b"\\xff") == "\\\\xff"
    assert visible(b"\xff") == "\\xff"
