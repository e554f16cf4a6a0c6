"""The classic example, words with counts from files, and the tokenizer that follows from them."""

import pytest

from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.trainer import learn_merges
from tokviz.tokenization.training.training_replay import TrainingReplay
from tokviz.tokenization.training.word_counts import (
    CLASSIC_EXAMPLE,
    WordCountsError,
    parse_words,
    read_word_counts,
    symbol,
    word_count_tokenizer,
    word_count_training,
)


def test_the_classic_example_gives_the_merges_of_the_field() -> None:
    training = word_count_training(parse_words(list(CLASSIC_EXAMPLE.items()), "the example"))
    merges = list(learn_merges(training, 10, list_ties=True))
    found = [f"{symbol(training, m.left)} {symbol(training, m.right)} {m.count}" for m in merges]
    assert found == [
        "e s 9", "es t 9", "est </w> 9", "l o 7", "lo w 7", "n e 6", "ne w 6", "new est</w> 6",
        "low </w> 5", "w i 3",
    ]  # fmt: skip
    ties = [(symbol(training, a), symbol(training, b)) for a, b in merges[0].ties or ()]
    assert ties == [("s", "t"), ("t", "</w>")]
    step = TrainingReplay(training).step(0)
    assert step.runners_up[0].change == -9


def test_the_other_rule_may_be_chosen() -> None:
    words = parse_words([("b c", 1), ("a b", 1)], "words")
    first = word_count_training(words, TieRule.FIRST).learn()
    assert first is not None
    assert (first.left, first.right) == (0, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "words.json is not UTF-8 at byte 0"),
        (b"{", "words.json is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "no JSON object"),
        (b'{"a b": 1, "c d": "2"}', "entry 2 ('c d'): the count is '2'"),
        (b'{"a b": true}', "entry 1"),
        (b'{"a b": NaN}', "the count is nan"),
        (b'{"a b": -1}', "the count is -1"),
        (b'{" ": 1}', "has no symbols"),
        (b'{"a b": 1, "a  b": 1}', "there twice"),
        (b'{"a b": 0}', "no word with a count above 0"),
        (b'{"\\ud800": 1}', "lone surrogate"),
    ],
)
def test_a_bad_file_is_named_with_the_entry_and_the_remedy(content: bytes, said: str) -> None:
    with pytest.raises(WordCountsError) as error:
        read_word_counts(content, "words.json")
    assert said in str(error.value)
    assert str(error.value).startswith("words.json")


def test_running_text_is_encoded_with_the_space_as_the_end_of_a_word() -> None:
    training = word_count_training(parse_words(list(CLASSIC_EXAMPLE.items()), "the example"))
    list(learn_merges(training, 10))
    tokenizer = word_count_tokenizer(training)
    assert tokenizer is not None
    encoding = tokenizer.encode("low newest wide")
    assert [tokenizer.vocab[i] for i in encoding.ids] == [b"low ", b"newest ", b"wi", b"d", b"e"]
    assert word_count_tokenizer(word_count_training({("th", "e"): 1})) is None
