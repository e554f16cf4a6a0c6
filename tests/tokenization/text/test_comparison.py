"""Where two tokenizers differ, held against sets of spans."""

from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tokviz.tokenization.text.comparison import differing, differing_spans
from tokviz.tokenization.text.tokenized_text import TokenizedText

texts = st.text(st.sampled_from("the tokenization 123,é👩\u200d\n"), max_size=60)


def _encoded(name: str, text: str) -> TokenizedText:
    found = TokenizedText(shipped(name), text)
    found.encode_more(len(text) + 1)
    return found


@given(texts, st.integers(0, 60), st.integers(0, 60))
def test_tokens_that_the_other_has_not_are_told(text: str, start: int, end: int) -> None:
    one, other = _encoded("smollm2", text), _encoded("gpt2", text)
    rows, others = one.tokens(0, len(text)), other.tokens(0, len(text))
    known = set(zip(others.byte_starts.tolist(), others.byte_ends.tolist(), strict=True))
    spans = list(zip(rows.byte_starts.tolist(), rows.byte_ends.tolist(), strict=True))
    assert differing(rows, others).tolist() == [span not in known for span in spans]
    chars = list(zip(rows.starts.tolist(), rows.ends.tolist(), strict=True))
    wanted = [
        place
        for place, span in zip(chars, spans, strict=True)
        if span not in known and place[0] < min(end, len(text)) and start < place[1]
    ]
    assert differing_spans(one, other, start, end) == (wanted if start < end else [])


def test_a_tokenizer_does_not_differ_from_itself() -> None:
    one, other = _encoded("gpt2", "tokenization"), _encoded("gpt2", "tokenization")
    assert differing_spans(one, other, 0, 12) == []
