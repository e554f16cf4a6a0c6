"""A whole document: ids, spans and gap ranks of ours, beside tiktoken's ids alone.

    python -m benchmarks.encode [ROUNDS]      5 rounds by default

Cold is an encoder that has met nothing, warm one that has met other text of the same kind, again
one that has met this very text.
"""

import sys
from statistics import median

from benchmarks.corpora import CORPORA
from benchmarks.measure import interleaved, ratio
from benchmarks.peers import our_gpt2, tiktoken_gpt2
from tokviz.tokenization.encoding import Encoding
from tokviz.tokenization.tokenizer import TextEncoder


def main(rounds: int) -> None:
    print(f"{'text':14} {'MB':>6} {'run':>9} {'ours':>10} {'MB/s':>7} {'tiktoken':>10}   ratio")
    for name, text_of in CORPORA.items():
        text = text_of()
        half = len(text) // 2
        _measure(name, text[:half], text[half:], rounds)


def _measure(name: str, other: str, text: str, rounds: int) -> None:
    warm_ones = iter([_warmed(other) for _ in range(rounds)])
    again = _warmed(text)
    taken = interleaved(
        rounds,
        {
            "cold": lambda: _whole(our_gpt2().encoder(), text),
            "warm": lambda: _whole(next(warm_ones), text),
            "again": lambda: _whole(again, text),
            "tiktoken": lambda: tiktoken_gpt2().encode_ordinary(text),
        },
    )
    assert again.encode(text).ids.tolist() == tiktoken_gpt2().encode_ordinary(text)
    megabytes = len(text.encode()) / 1e6
    theirs = taken.pop("tiktoken")
    for run, ours in taken.items():
        print(
            f"{name:14} {megabytes:6.2f} {run:>9} {median(ours) * 1e3:7.0f} ms "
            f"{megabytes / median(ours):7.1f} {median(theirs) * 1e3:7.0f} ms "
            f"{ratio(ours, theirs):6.2f}x",
            flush=True,
        )


def _warmed(text: str) -> TextEncoder:
    encoder = our_gpt2().encoder()
    encoder.encode(text)
    return encoder


def _whole(encoder: TextEncoder, text: str) -> Encoding:
    encoding = encoder.encode(text)
    encoding.spans()
    return encoding


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
