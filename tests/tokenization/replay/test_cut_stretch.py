"""What WordPiece and Unigram cut alone ends in the tokens of the whole text."""

from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tests.tokenization.replay.test_segment_replays import UNIGRAM
from tokviz.tokenization.replay.cut_stretch import best_across, stretch_at, tokens_of_arcs
from tokviz.tokenization.replay.segment_replays import lattices
from tokviz.tokenization.segmenters.unigram import Lattice
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer


def all_stretches_are_the_text(tokenizer: Tokenizer, text: str) -> None:
    whole = TokenizedText(tokenizer, text)
    whole.encode_more(len(text))
    ids: list[int] = []
    at = 0
    while at < whole.n_encoded:
        stretch = stretch_at(whole, at)
        assert stretch is not None
        assert stretch.is_same
        assert stretch.start == at
        for lattice in stretch.lattices:
            n_tokens = sum(n for _, n in tokens_of_arcs(lattice, tokenizer))
            assert n_tokens == len(stretch.ids) or len(stretch.lattices) > 1
        ids += stretch.ids.tolist()
        at = stretch.end
    assert ids == whole.ids().tolist()


@given(st.text(st.sampled_from("berislwax 北É,☃"), max_size=12))
def test_the_words_of_wordpiece(text: str) -> None:
    all_stretches_are_the_text(shipped("bert-base-uncased"), text)


@given(st.text(st.sampled_from("ab c"), max_size=12))
def test_the_lattices_of_unigram(text: str) -> None:
    all_stretches_are_the_text(UNIGRAM, text)


def best_way(lattice: Lattice, over: int, place: int = 0) -> float:
    """The best way from a place to the end that does not stop at `over`, by trying all."""
    if place == len(lattice.text):
        return 0.0
    arcs = [arc for arc in lattice.arcs if arc.start == place and arc.end != over]
    return max((arc.score + best_way(lattice, over, arc.end) for arc in arcs), default=-1e9)


@given(st.text(st.sampled_from("ab"), min_size=1, max_size=7))
def test_the_best_way_without_a_boundary_is_the_best_of_all(text: str) -> None:
    (lattice,) = lattices(UNIGRAM, text)
    for place in range(1, len(lattice.text)):
        found = best_across(lattice, place)
        wanted = best_way(lattice, place)
        assert (found is None) == (wanted < -1e8)
        assert found is None or abs(found[1] - wanted) < 1e-9
