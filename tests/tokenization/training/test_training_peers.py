"""Merges identical to those of other trainers, each under its own order of the alphabet."""

import json
from typing import Any

import pytest
from tokenizers import Regex, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as HuggingFaceTokenizer

from tests.tokenization.diverse_texts import texts
from tests.tokenization.slow_trainer import minbpe_training
from tests.tokenization.training.test_trainer import counts_of
from tokviz.tokenization.formats.byte_alphabet import to_bytes
from tokviz.tokenization.pre_tokenization.known_patterns import CL100K, GPT2, O200K
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.trainer import LONGEST_TOKEN, Training, learn_merges
from tokviz.tokenization.training.training_corpus import Alphabet, lay_out

rustbpe: Any = pytest.importorskip("rustbpe")

SIZE = 1500
CORPUS = [text for text in texts(2500) if len(text) < 400]


def trained(split: SplitPattern, alphabet: Alphabet, ties: TieRule = TieRule.LOWEST) -> Training:
    training = Training(lay_out(counts_of(CORPUS, split), alphabet), ties=ties)
    for _ in learn_merges(training, n_vocab=SIZE):
        pass
    return training


@pytest.mark.parametrize("split", [GPT2, CL100K, O200K], ids=lambda split: split.name)
def test_rustbpe_learns_the_same_tokens(split: SplitPattern) -> None:
    theirs = rustbpe.Tokenizer()
    theirs.train_from_iterator(iter(CORPUS), SIZE, pattern=split.pattern)
    ranks = [bytes(token) for token, _ in theirs.get_mergeable_ranks()]
    assert trained(split, Alphabet.BYTES).vocab == ranks


@pytest.mark.parametrize("split", [GPT2, CL100K, O200K], ids=lambda split: split.name)
def test_bpeasy_learns_the_same_tokens(split: SplitPattern) -> None:
    bpeasy: Any = pytest.importorskip("bpeasy")
    ranks: dict[bytes, int] = bpeasy.train_bpe(iter(CORPUS), split.pattern, LONGEST_TOKEN, SIZE)
    assert trained(split, Alphabet.BYTES).vocab == sorted(ranks, key=lambda token: ranks[token])


@pytest.mark.parametrize("split", [GPT2, O200K], ids=lambda split: split.name)
def test_hugging_faces_trainer_learns_the_same_merges(split: SplitPattern) -> None:
    theirs: Any = HuggingFaceTokenizer(models.BPE())
    parts: list[Any] = [
        pre_tokenizers.Split(Regex(split.pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]
    theirs.pre_tokenizer = pre_tokenizers.Sequence(parts)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE, initial_alphabet=alphabet, special_tokens=[], show_progress=False
    )
    theirs.train_from_iterator(CORPUS, trainer)
    model = json.loads(theirs.to_str())["model"]
    training = trained(split, Alphabet.HUGGINGFACE)
    vocab = training.vocab
    ours = [(vocab[merge.left], vocab[merge.right]) for merge in training.merges]
    assert ours == [tuple(to_bytes(pair)) for pair in model["merges"]]
    assert {data: i for i, data in enumerate(vocab)} == dict(
        zip(to_bytes(list(model["vocab"])), model["vocab"].values(), strict=True)
    )


def test_minbpe_learns_the_same_merges() -> None:
    corpus = "".join(CORPUS[:150])
    chunks = [part.encode() for part in GPT2.split(corpus)]
    training = Training(lay_out(counts_of([corpus], GPT2)), ties=TieRule.FIRST)
    ours = [(merge.left, merge.right) for merge in learn_merges(training, 200)]
    assert ours == minbpe_training(chunks, 200)
