"""Random trained tokenizers, made by the obvious slow trainer, and the obvious slow replay.

The alphabet is small, so that pairs tie, overlap (`aaaa`) and meet again in other words; one letter
of the texts is not in it, and is lost.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import strategies as st

from tokviz.tokenization.algorithms.bpe import Merges
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

ALPHABET = "ab é"
LOST = "z"

words = st.text(st.sampled_from("aab"), min_size=1, max_size=9)
corpora = st.lists(st.one_of(words, st.text(st.sampled_from(ALPHABET), max_size=12)), max_size=8)
texts = st.one_of(
    st.text(st.sampled_from(ALPHABET + LOST), max_size=40),
    st.integers(0, 40).map(lambda n: "a" * n),
    st.lists(words, max_size=8).map(" ".join),
)


@st.composite
def trained(draw: st.DrawFn) -> Tokenizer:
    corpus = draw(corpora)
    return train(corpus, draw(st.integers(0, 15)), first_seen=draw(st.booleans()))


def train(corpus: list[str], n_merges: int, *, first_seen: bool) -> Tokenizer:
    """Learn merges: the most frequent pair, of several the lowest ids or the one seen first."""
    vocab = [bytes([byte]) for byte in sorted(ALPHABET.encode())]
    id_of = {data: i for i, data in enumerate(vocab)}
    pre_tokens = [part for text in corpus for part in GPT2.split(text)]
    rows = [[id_of[bytes([byte])] for byte in part.encode()] for part in pre_tokens]
    rules: list[tuple[int, int, int]] = []
    for _ in range(n_merges):
        counts = Counter(pair for row in rows for pair in pairwise(row))
        if not counts:
            break
        most = max(counts.values())
        best = [pair for pair in counts if counts[pair] == most]
        left, right = best[0] if first_seen else min(best)
        vocab.append(vocab[left] + vocab[right])
        rules.append((left, right, len(vocab) - 1))
        rows = [joined(row, rules[-1]) for row in rows]
    columns = [[rule[i] for rule in rules] for i in range(3)]
    return Tokenizer("trained", Algorithm.BYTE_LEVEL_BPE, vocab, Merges(*columns), split=GPT2)


def joined(row: list[int], rule: tuple[int, int, int]) -> list[int]:
    """A rule applied wherever it matches, from the left."""
    done: list[int] = []
    for token_id in row:
        if done and (done[-1], token_id) == rule[:2]:
            done[-1] = rule[2]
        else:
            done.append(token_id)
    return done


@dataclass(frozen=True)
class SlowState:
    """The tokens of a pre-token as (first symbol, id), and the rank that made this state."""

    tokens: list[tuple[int, int]]
    rank: int | None


def slow_states(symbols: list[int], merges: Merges) -> list[SlowState]:
    """Every state of merging the leftmost pair of the lowest rank, one pair at a time."""
    rank_of: dict[tuple[int, int], int] = {}
    for merge in merges:
        rank_of.setdefault((merge.left, merge.right), merge.rank)
    states = [SlowState(list(enumerate(symbols)), None)]
    while True:
        tokens = list(states[-1].tokens)
        known = [
            (rank_of[left[1], right[1]], i)
            for i, (left, right) in enumerate(pairwise(tokens))
            if (left[1], right[1]) in rank_of
        ]
        if not known:
            return states
        rank, i = min(known)
        tokens[i : i + 2] = [(tokens[i][0], merges[rank].id)]
        states.append(SlowState(tokens, rank))
