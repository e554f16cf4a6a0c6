"""The tokens as HTML, CSV and JSON: read back, they are the same tokens and the same bytes."""

import csv
import io
import json
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tokviz.tokenization.text.token_export import (
    csv_parts,
    html_parts,
    json_parts,
    tokens_to_export,
)
from tokviz.tokenization.text.tokenized_text import TokenizedText

COLORS = ["#111", "#222", "#333", "#444", "#555", "#666"]
texts = st.text(st.sampled_from("the <b>&\"' é👩\u200d\n\r\t\x00\u2028\ufeff\ud800Ω"), max_size=40)


def _encoded(text: str, tokenizer: str = "gpt2") -> TokenizedText:
    found = TokenizedText(shipped(tokenizer), text)
    found.encode_more(len(text) + 1)
    return found


class _Page(HTMLParser):
    """Collects the ids in the titles, and the text that is no mark."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[int] = []
        self.hex = ""
        self.text = ""
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self._inside.append(tag)
        for line in (dict(attrs).get("title") or "").split("\n") if tag == "b" else ():
            self.ids.append(int(line.partition(" · ")[0]))
            self.hex += line.rpartition(" · ")[2].replace(" ", "")

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if "pre" in self._inside and "i" not in self._inside:
            self.text += data


@given(texts)
def test_a_page_names_every_token_and_byte(text: str) -> None:
    encoded = _encoded(text)
    page = _Page()
    page.feed("".join(html_parts(tokens_to_export(encoded, 0, len(text)), COLORS, "A <title>")))
    assert page.ids == encoded.ids().tolist()
    assert bytes.fromhex(page.hex) == shipped("gpt2").decode(page.ids)
    swallowed = str.maketrans("", "", "\r\x00\ud800")
    assert page.text == text.translate(swallowed)


def test_what_no_token_has_is_marked_on_the_page() -> None:
    text = "a\x04b\x04"  # SmolLM2 has no token for U+0004
    encoded = _encoded(text, "smollm2")
    page = "".join(html_parts(tokens_to_export(encoded, 0, len(text)), COLORS, "t"))
    assert page.count("<u><i>\\x04</i></u>") == 2


@given(texts, st.integers(0, 40), st.integers(0, 40))
def test_tables_hold_the_tokens_that_touch_a_range(text: str, start: int, end: int) -> None:
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    encoded = _encoded(text)
    tokens = tokens_to_export(encoded, start, end)
    wanted = encoded.tokens(start, end)
    rows = list(csv.DictReader(io.StringIO("".join(csv_parts(tokens)))))
    objects = json.loads("".join(json_parts(tokens)))
    gpt2 = shipped("gpt2")
    for found in (rows, objects):
        assert [int(row["id"]) for row in found] == wanted.ids.tolist()
        assert [int(row["index"]) for row in found] == [
            wanted.first + i for i in range(len(wanted.ids))
        ]
        assert [int(row["byte_end"]) for row in found] == wanted.byte_ends.tolist()
        data = b"".join(bytes.fromhex(str(row["bytes"])) for row in found)
        assert data == gpt2.decode(wanted.ids.tolist())


def test_many_tokens_come_in_parts() -> None:
    encoded = _encoded("a b" * 3000)
    tokens = tokens_to_export(encoded, 0, 9000)
    n = len(tokens.rows.ids)
    assert len(list(csv_parts(tokens))) == -(-n // 1000)
    assert len(json.loads("".join(json_parts(tokens)))) == n
    page = _Page()
    page.feed("".join(html_parts(tokens, COLORS, "t")))
    assert len(page.ids) == n
