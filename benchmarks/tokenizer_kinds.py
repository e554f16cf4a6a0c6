"""Each kind of tokenizer: opening it and encoding a document, beside the library it came from.

    python -m benchmarks.tokenizer_kinds [ROUNDS] [CORPUS]

CORPUS is a name in `corpora.CORPORA`, English if none is given. The peer of a `tokenizer.json` is
`tokenizers` with offsets, and so it is of Unigram models, whose tables it is given; files that were
not fetched (see tests/fetch_tokenizers.py) are left out. Cold is an encoder that has met nothing,
warm one that has met the first half of the text. The peers' caches are warm from the second round
on.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import sentencepiece
from tokenizers import Tokenizer as HuggingFaceTokenizer
from tokenizers import models, normalizers, pre_tokenizers

from benchmarks.corpora import CORPORA
from benchmarks.measure import interleaved, once, ratio
from benchmarks.peers import load_ranks, tiktoken_of
from tests.fetch_tokenizers import CACHE
from tokviz.catalog import load_tokenizer
from tokviz.resources import resource_path
from tokviz.tokenization.encoding import TextEncoder
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.formats.charsmap import Charsmap
from tokviz.tokenization.formats.huggingface_json import tokenizer_from_json
from tokviz.tokenization.normalization.spaced_text import SPACE
from tokviz.tokenization.replay.merge_order import check_order
from tokviz.tokenization.segmenters.unigram import Unigram
from tokviz.tokenization.tokenizer import Tokenizer

_CHARACTERS = 300_000
_FETCHED = ("llama2", "llama3", "qwen3", "gemma3", "gptoss", "minilm")
_UNIGRAM = (
    "botchan_en_unigram_1000.model",
    "kyoto_ja_unigram_8000.model",
    "ggml-vocab-nomic-bert-moe.gguf",
)


def main(rounds: int, corpus: str) -> None:
    text = CORPORA[corpus]()[:_CHARACTERS]
    print(f"{'':16} {'run':>6} {'ours':>10} {'peer':>10}   ratio")
    for name in ("gpt2", "cl100k_base", "o200k_base"):
        peer = tiktoken_of(load_tokenizer(name))
        if name != "gpt2":
            _measure_opening(name, load_ranks(name), rounds, partial(load_tokenizer, name))
        _measure(name, load_tokenizer(name), peer.encode_ordinary, text, rounds)
    model = str(resource_path("tokenizers/mistral-7b-v1.model"))
    pieces = sentencepiece.SentencePieceProcessor(model_file=model)
    mistral = load_tokenizer("mistral-7b-v1")
    load = partial(sentencepiece.SentencePieceProcessor, model_file=model)
    _measure_opening("mistral-7b-v1", load, rounds, lambda: load_tokenizer("mistral-7b-v1"))
    # A serialized answer, since ids alone have no offsets.
    spans = lambda text: pieces.encode(text, return_type="serialized_proto")  # noqa: E731
    _measure("mistral-7b-v1", mistral, spans, text, rounds)
    for name in _FETCHED:
        path = CACHE / f"{name}.json"
        if path.is_file():
            _measure_file(name, path, text, rounds)
    for name in _UNIGRAM:
        if (CACHE / name).is_file():
            _measure_unigram(name, text, rounds)


def _measure_unigram(file: str, text: str, rounds: int) -> None:
    """A file, and the same tables as a `tokenizer.json`."""
    tokenizer = open_tokenizer(CACHE / file, None)
    name = f"{len(tokenizer.vocab) // 1000}k pieces"
    theirs = _unigram_peer(tokenizer)
    encode = lambda text: theirs.encode(text, add_special_tokens=False).offsets  # noqa: E731
    _measure(name, tokenizer, encode, text, rounds)
    as_json = tokenizer_from_json(theirs.to_str().encode("utf-8"), name, name)
    _measure(f"{name}, json", as_json, encode, text, rounds)


def _unigram_peer(tokenizer: Tokenizer) -> HuggingFaceTokenizer:
    algorithm = tokenizer.segmenter
    assert isinstance(algorithm, Unigram)
    names = [(data or b"").decode().replace(" ", SPACE) for data in tokenizer.vocab]
    scores = dict(algorithm.pieces.values())
    vocab = [(name, scores.get(i, algorithm.unknown_score)) for i, name in enumerate(names)]
    theirs = HuggingFaceTokenizer(models.Unigram(vocab, algorithm.unknown_id))
    if isinstance(algorithm.spacing.characters, Charsmap):
        theirs.normalizer = normalizers.Precompiled(algorithm.spacing.characters.blob)
    theirs.pre_tokenizer = pre_tokenizers.Metaspace()
    return theirs


def _measure_file(name: str, path: Path, text: str, rounds: int) -> None:
    theirs = HuggingFaceTokenizer.from_file(str(path))
    theirs.no_truncation()
    load = partial(HuggingFaceTokenizer.from_file, str(path))
    _measure_opening(name, load, rounds, lambda: open_tokenizer(path, None))
    encode = lambda text: theirs.encode(text, add_special_tokens=False).offsets  # noqa: E731
    _measure(name, open_tokenizer(path, None), encode, text, rounds)


def _measure_opening(
    name: str, peer: Callable[[], object], rounds: int, ours: Callable[[], Tokenizer]
) -> None:
    """Reading the file, and the check of its merges' order, which the window makes in a task."""
    taken = interleaved(rounds, {"ours": ours, "peer": peer})
    _show(name, "open", taken["ours"], taken["peer"])
    tokenizer = ours()
    if tokenizer.ordered is None and len(tokenizer.merges):
        checked = once(lambda: list(check_order(tokenizer)))
        print(f"{name:16} {'order':>6} {checked * 1000:>7.1f} ms")


def _measure(
    name: str, tokenizer: Tokenizer, peer: Callable[[str], object], text: str, rounds: int
) -> None:
    tokenizer.prepare()
    half = len(text) // 2
    warm = iter([_warmed(tokenizer, text[:half]) for _ in range(rounds)])
    rivals: dict[str, Callable[[], object]] = {
        "cold": lambda: tokenizer.encoder().encode(text[half:]),
        "warm": lambda: next(warm).encode(text[half:]),
        "peer": lambda: peer(text[half:]),
    }
    taken = interleaved(rounds, rivals)
    for run in ("cold", "warm"):
        _show(name, run, taken[run], taken["peer"])


def _warmed(tokenizer: Tokenizer, text: str) -> TextEncoder:
    encoder = tokenizer.encoder()
    encoder.encode(text)
    return encoder


def _show(name: str, run: str, ours: list[float], theirs: list[float]) -> None:
    print(
        f"{name:16} {run:>6} {median(ours) * 1000:>7.1f} ms {median(theirs) * 1000:>7.1f} ms "
        f"{ratio(ours, theirs):>7.2f}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3, sys.argv[2] if sys.argv[2:] else "English")
