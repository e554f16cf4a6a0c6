"""A trained tokenizer encodes as its merges say; also with characters as the base alphabet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.training.test_trainer import counts_of, thresholds
from tokviz.tokenization.algorithms.bpe import apply_merges
from tokviz.tokenization.encoding import CLOSED, OPEN
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.replay.merge_replay import MergeReplay
from tokviz.tokenization.replay.text_replay import TextReplay
from tokviz.tokenization.replay.vocabulary_curve import vocabulary_curve
from tokviz.tokenization.text.truncation import Truncation
from tokviz.tokenization.tokenizer import Algorithm, Special, Tokenizer
from tokviz.tokenization.training.trained_tokenizer import trained_tokenizer
from tokviz.tokenization.training.trainer import Training, learn_merges
from tokviz.tokenization.training.training_corpus import Alphabet, TrainingError, lay_out

LETTERS = "aab éß日🚀"
corpora = st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=30), min_size=1)
texts = st.text(st.sampled_from(LETTERS + "z\u0301ж"), max_size=40)


def train(corpus: list[str], alphabet: Alphabet, n_merges: int = 30) -> tuple[Training, Tokenizer]:
    with thresholds(4, 3):
        training = Training(lay_out(counts_of(corpus, GPT2), alphabet))
        list(learn_merges(training, n_merges))
    return training, trained_tokenizer(training, GPT2)


@pytest.mark.parametrize("alphabet", Alphabet)
@given(corpora)
def test_the_corpus_encodes_into_as_many_tokens_as_training_left(
    alphabet: Alphabet, corpus: list[str]
) -> None:
    training, tokenizer = train(corpus, alphabet)
    assert sum(len(tokenizer.encode(text).ids) for text in corpus) == training.n_tokens
    assert [merge.count for merge in tokenizer.merges] == [m.count for m in training.merges]
    for text in corpus:
        assert tokenizer.decode(tokenizer.encode(text).ids.tolist()) == text.encode()


@given(corpora, texts)
def test_characters_merge_as_the_merge_loop_says(corpus: list[str], text: str) -> None:
    _, tokenizer = train(corpus, Alphabet.CHARACTERS)
    assert tokenizer.algorithm is Algorithm.CHARACTER_LEVEL_BPE
    known = {data.decode(): i for i, data in enumerate(tokenizer.vocab) if data}
    wanted = []
    for part in GPT2.split(text):
        symbols = [known[c] for c in part if c in known]
        wanted += apply_merges(symbols, tokenizer.merges)[0]
    encoding = tokenizer.encode(text)
    assert encoding.ids.tolist() == wanted
    lost = [i for i, c in enumerate(text) if c not in known]
    assert [i for start, end in encoding.uncovered() for i in range(start, end)] == lost


@given(corpora, texts)
def test_the_gaps_inside_a_character_are_closed_by_no_merge(corpus: list[str], text: str) -> None:
    _, tokenizer = train(corpus, Alphabet.CHARACTERS)
    encoding = tokenizer.encode(text)
    assert encoding.gaps is not None
    at = 0
    known = {data for data in tokenizer.vocab if data}
    for character in text:
        data = character.encode()
        inside = encoding.gaps[at : at + len(data) - 1].tolist()
        assert inside == [CLOSED if data in known else OPEN] * (len(data) - 1)
        at += len(data)


@given(corpora, texts, st.integers(0, 30))
def test_characters_may_be_cut_back_and_replayed(corpus: list[str], text: str, k: int) -> None:
    _, tokenizer = train(corpus, Alphabet.CHARACTERS)
    encoding = tokenizer.encode(text)
    cut, direct = Truncation(tokenizer, k).encoding(encoding), tokenizer.truncated(k).encode(text)
    assert cut.ids.tolist() == direct.ids.tolist()
    assert cut.byte_starts.tolist() == direct.byte_starts.tolist()
    curve = vocabulary_curve(tokenizer, encoding)
    for n_merges, n_tokens in zip(curve.n_merges.tolist(), curve.n_tokens.tolist(), strict=True):
        assert n_tokens == len(tokenizer.truncated(n_merges).encode(text).ids)
    replay = TextReplay(tokenizer, encoding)
    steps = list(tokenizer.replay(text))
    assert replay.n_steps == len(steps)
    at = 0
    for i, part in enumerate(GPT2.split(text)):
        one = MergeReplay(tokenizer, part.encode())
        spans = [(a + at, b + at) for a, b in one.spans(one.n_steps)]
        inside = (encoding.byte_starts >= at) & (encoding.byte_starts < at + len(part.encode()))
        starts, ends = encoding.byte_starts[inside], encoding.byte_ends[inside]
        assert spans == list(zip(starts.tolist(), ends.tolist(), strict=True))
        assert replay.pre_token_start(i) == at
        at += len(part.encode())


def test_special_tokens_stand_behind_all_others() -> None:
    training = Training(lay_out(counts_of(["ab ab"], GPT2)))
    list(learn_merges(training, 1))
    tokenizer = trained_tokenizer(training, GPT2, special_tokens=["<|end|>"])
    assert tokenizer.special_tokens == {"<|end|>": 257}
    assert tokenizer.encode("ab<|end|>", Special.SPECIAL).ids.tolist() == [256, 257]
    with pytest.raises(TrainingError, match="needs a name"):
        trained_tokenizer(training, GPT2, special_tokens=[""])
