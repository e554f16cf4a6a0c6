"""Training: seconds and peak memory beside rustbpe, Hugging Face's trainer and bpeasy, in one run.

    python -m benchmarks.train_bpe [vocabulary size ...]

The peers train on the same text in pieces cut where pre-tokens begin, with all cores; ours runs on
one. Each rival works in a process of its own, so that its peak memory is its own. Seconds are the
best of the rounds, since other programs only add to them. Merges are compared under each peer's own
order of the alphabet (all take the lowest pair of tied ones); what is not installed is left out.
"""

import importlib.util
import json
import multiprocessing
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.corpora import MEGABYTE, english
from benchmarks.figures import Figure
from tokviz.tokenization.formats.byte_alphabet import to_bytes
from tokviz.tokenization.pre_tokenization.known_patterns import CL100K, GPT2
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.training.pre_token_counts import count_pre_tokens, pieces_of
from tokviz.tokenization.training.trainer import LONGEST_TOKEN, Training, learn_merges
from tokviz.tokenization.training.training_corpus import Alphabet, lay_out

_ROUNDS = 3
_N_BYTES = 10 * MEGABYTE
_SPLITS = {split.name: split for split in (GPT2, CL100K)}
# The quantifiers of cl100k need not be possessive to match the same, and Oniguruma has no {1,3}+.
_CL100K_OF_ONIGURUMA = re.sub(r"(\+|\?|\*|\{1,3\})\+", r"\1", CL100K.pattern).replace("$", r"\z")

Tokens = list[bytes]


def corpus() -> str:
    """Ten megabytes of English; where there is less, its beginning once more."""
    text = english(_N_BYTES)
    missing = _N_BYTES - len(text.encode())
    return text + text.encode()[: max(missing, 0)].decode("utf-8", "ignore")


def ours(text: str, split: SplitPattern, size: int, alphabet: Alphabet = Alphabet.BYTES) -> Tokens:
    *_, last = count_pre_tokens([text], split)
    assert last.counts is not None
    training = Training(lay_out(last.counts, alphabet))
    for _ in learn_merges(training, n_vocab=size):
        pass
    return training.vocab


def ours_in_their_order(text: str, split: SplitPattern, size: int) -> Tokens:
    return ours(text, split, size, Alphabet.HUGGINGFACE)


def rustbpe(text: str, split: SplitPattern, size: int) -> Tokens:
    import rustbpe

    theirs: Any = rustbpe.Tokenizer()
    theirs.train_from_iterator(pieces_of(text, split, 1 << 17), size, pattern=split.pattern)
    return [bytes(token) for token, _ in theirs.get_mergeable_ranks()]


def bpeasy(text: str, split: SplitPattern, size: int) -> Tokens:
    import bpeasy

    ranks: dict[bytes, int] = bpeasy.train_bpe(
        pieces_of(text, split, 1 << 17), split.pattern, LONGEST_TOKEN, size
    )
    return sorted(ranks, key=lambda token: ranks[token])


def huggingface(text: str, split: SplitPattern, size: int) -> Tokens:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    theirs: Any = Tokenizer(models.BPE())
    pattern = split.pattern if split is GPT2 else _CL100K_OF_ONIGURUMA
    parts: list[Any] = [
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]
    theirs.pre_tokenizer = pre_tokenizers.Sequence(parts)
    if split is GPT2:
        theirs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    theirs.train_from_iterator(
        pieces_of(text, split, 1 << 17),
        trainers.BpeTrainer(
            vocab_size=size,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    vocab: dict[str, int] = json.loads(theirs.to_str())["model"]["vocab"]
    return to_bytes(sorted(vocab, key=lambda token: vocab[token]))


RIVALS: dict[str, Callable[[str, SplitPattern, int], Tokens]] = {
    "ours": ours,
    "rustbpe": rustbpe,
    "huggingface": huggingface,
    "bpeasy": bpeasy,
    "ours, their order": ours_in_their_order,
}
_GOALS = {"gpt2": {"rustbpe": 0.8, "huggingface": 2.5}}
_GOALS["cl100k"] = {"rustbpe": 0.5, "huggingface": 1.0}
_NEEDS = {"rustbpe": "rustbpe", "huggingface": "tokenizers", "bpeasy": "bpeasy"}


def measure(name: str, split: str, size: int, text: str) -> tuple[float, float, Tokens]:
    """Seconds, megabytes of memory beyond those of the text, tokens. In a process of its own."""
    before = _peak()
    begun = perf_counter()
    tokens = RIVALS[name](text, _SPLITS[split], size)
    seconds = perf_counter() - begun
    return seconds, _peak() - before, tokens


def _peak() -> float:
    """The most memory that this process ever had, in megabytes; what started it has no part in it,
    as it has in `ru_maxrss`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


Round = tuple[float, float, Tokens]


def in_turns(split: str, size: int, rounds: int) -> dict[str, list[Round]]:
    """What `measure` finds of each rival that is installed, each time in a process of its own."""
    names = [n for n in RIVALS if importlib.util.find_spec(_NEEDS.get(n, "tokviz")) is not None]
    context, text = multiprocessing.get_context("spawn"), corpus()
    found: dict[str, list[Round]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            with context.Pool(1) as pool:
                found[name].append(pool.apply(measure, (name, split, size, text)))
    return found


def figures(quick: bool = False) -> Iterator[Figure]:
    for split, goals in _GOALS.items():
        for size in [1_256] if quick else [10_256, 32_256]:
            found = in_turns(split, size, 1 if quick else _ROUNDS)
            ours = [one[0] for one in found["ours"]]
            for peer, least in goals.items():
                if peer in found:
                    theirs = [one[0] for one in found[peer]]
                    name = f"train {size:,} tokens, {split} / {peer}"
                    yield Figure.of_times(name, ours, theirs, least=least)


def main(sizes: list[int]) -> None:
    print(f"{len(corpus().encode()) / MEGABYTE:.1f} MB of English; ratio: their time / ours")
    print(
        f"{'pattern':8} {'tokens':>7} {'':18} {'seconds':>8} {'ratio':>7} {'MB':>6}  tokens equal"
    )
    for split in _SPLITS:
        for size in sizes:
            found = in_turns(split, size, _ROUNDS)
            for name, rounds in found.items():
                peer = "ours, their order" if name == "huggingface" else "ours"
                best = min(one[0] for one in rounds)
                ratio = best / min(one[0] for one in found["ours"])
                equal = rounds[0][2] == found[peer][0][2]
                print(
                    f"{split:8} {size:>7,} {name:18} {best:8.2f} "
                    f"{ratio:6.2f}x {max(r[1] for r in rounds):6.0f}  "
                    f"{'' if name.startswith('ours') else equal}",
                    flush=True,
                )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1256, 10256, 32256])
