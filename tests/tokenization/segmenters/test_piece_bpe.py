"""SentencePiece's way of merging: replays, truncation and gaps agree with the encoding."""

from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tokviz.tokenization.replay.text_replay import TextReplay
from tokviz.tokenization.replay.vocabulary_curve import vocabulary_curve
from tokviz.tokenization.text.truncation import Truncation

MISTRAL = "mistral-7b-v1"
texts = st.text(st.sampled_from("thein gé▁🍓x\n"), max_size=40)


@given(texts)
def test_the_last_row_of_each_replay_is_the_encoding(text: str) -> None:
    tokenizer = shipped(MISTRAL)
    encoding = tokenizer.encode(text)
    replay = TextReplay(tokenizer, encoding)
    known = set(range(tokenizer.n_vocab))
    rows: list[int] = []
    for i in range(replay.n_pre_tokens):
        one = replay.pre_token(i)
        rows += [int(token_id) for token_id in one.row(one.n_steps)[1]]
    fallback = {token for token in rows if token not in known}
    if not fallback:
        assert rows == encoding.ids.tolist()
    steps = list(tokenizer.replay(text))
    assert sum(replay.pre_token(i).n_steps for i in range(replay.n_pre_tokens)) == len(steps)


@given(texts, st.sampled_from([0, 1, 5, 50, 500, 5000, 28000]))
def test_fewer_merges_are_encoding_with_fewer_merges(text: str, n_merges: int) -> None:
    tokenizer = shipped(MISTRAL)
    encoding = tokenizer.encode(text)
    truncation = Truncation(tokenizer, n_merges)
    expected = tokenizer.truncated(n_merges).encode(text)
    found = truncation.encoding(encoding)
    assert found.ids.tolist() == expected.ids.tolist()
    assert truncation.n_tokens(encoding) == len(expected.ids)


@given(texts)
def test_the_curve_begins_with_the_symbols_and_ends_with_the_tokens(text: str) -> None:
    tokenizer = shipped(MISTRAL)
    encoding = tokenizer.encode(text)
    curve = vocabulary_curve(tokenizer, encoding)
    assert curve.n_tokens[-1] == len(encoding.ids)
    assert curve.n_tokens[0] == len(tokenizer.truncated(0).encode(text).ids)
