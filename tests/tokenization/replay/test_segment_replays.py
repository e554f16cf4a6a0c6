"""What is shown of WordPiece and Unigram is what they do."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tokviz.tokenization.formats.huggingface_json import tokenizer_from_json
from tokviz.tokenization.replay.segment_replays import lattices, word_replays
from tokviz.tokenization.segmenters.unigram import Lattice

VOCAB: list[tuple[str, float]] = [
    ("<unk>", 0.0), ("▁", -2.0), ("a", -3.0), ("b", -3.5), ("ab", -4.0), ("ba", -4.25),
    ("aab", -7.0),
    ("▁a", -4.5),
]  # fmt: skip
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
UNIGRAM = tokenizer_from_json(
    json.dumps(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [],
            "normalizer": None,
            "pre_tokenizer": METASPACE,
            "post_processor": None,
            "decoder": METASPACE,
            "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": VOCAB},
        }
    ).encode(),
    "unigram",
    "unigram",
)


def best_score(lattice: Lattice, place: int = 0) -> float:
    """The best way from a place to the end, by trying all."""
    if place == len(lattice.text):
        return 0.0
    arcs = [arc for arc in lattice.arcs if arc.start == place]
    return max(arc.score + best_score(lattice, arc.end) for arc in arcs)


@given(st.text(st.sampled_from("ab c"), max_size=12))
def test_the_best_path_of_each_lattice_is_the_best_and_gives_the_ids(text: str) -> None:
    found = lattices(UNIGRAM, text)
    ids: list[int] = []
    for lattice in found:
        path = lattice.best_path
        assert "".join(lattice.text[arc.start : arc.end] for arc in path) == lattice.text
        assert abs(lattice.best[-1] - best_score(lattice)) < 1e-9
        assert abs(sum(arc.score for arc in path) - lattice.best[-1]) < 1e-9
        for i, arc in enumerate(path):
            if arc.id is not None or i == 0 or path[i - 1].id is not None:  # unknown ones are fused
                ids.append(0 if arc.id is None else arc.id)
    assert ids == UNIGRAM.encode(text).ids.tolist()


@given(st.text(st.sampled_from("berislwax 北É,☃"), max_size=12))
def test_the_attempts_that_found_something_are_the_tokens(text: str) -> None:
    bert = shipped("bert-base-uncased")
    ids: list[int] = []
    for replay in word_replays(bert, text):
        found = [attempt.id for attempt in replay.attempts if attempt.id is not None]
        is_known = bool(replay.attempts) and replay.attempts[-1].id is not None
        ids += found if is_known else [100]
    assert ids == bert.encode(text).ids.tolist()


def test_a_word_that_is_too_long_is_not_looked_up() -> None:
    (replay,) = word_replays(shipped("bert-base-uncased"), "a" * 101)
    assert replay.too_long
    assert replay.attempts == []
    assert word_replays(shipped("gpt2"), "a") == lattices(shipped("gpt2"), "a") == []
