"""`tokviz train`: learn byte-pair merges from text, or from words with counts."""

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from tokviz.commands.inputs import (
    STANDARD_INPUT,
    InputError,
    add_encoding,
    check_output_folder,
    read_text_input,
    whole_number,
)
from tokviz.commands.json_stream import write_object
from tokviz.commands.progress import ProgressBar
from tokviz.corpus_files import read_corpus
from tokviz.text_files import NotUtf8Error, read_bytes, shown, write_together
from tokviz.tokenization.formats.saving import files_to_write, self_check
from tokviz.tokenization.pre_tokenization.known_patterns import SPLIT_PATTERNS, split_pattern
from tokviz.tokenization.pre_tokenization.split_checks import checked_texts
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.pre_token_counts import PreTokenCounts, count_pre_tokens
from tokviz.tokenization.training.trained_tokenizer import trained_tokenizer
from tokviz.tokenization.training.trainer import LearnedMerge, Training, learn_merges
from tokviz.tokenization.training.training_corpus import Alphabet, lay_out
from tokviz.tokenization.training.word_counts import (
    read_word_counts,
    symbol,
    word_count_tokenizer,
    word_count_training,
)
from tokviz.tokenization.vocabulary.visible_text import visible

SUMMARY = "learn merges from text"

_INTERRUPTED = 130
_MOST_WORD_COUNTS = 1 << 28
_CHECKED = 100_000  # characters of the corpus encoded again after saving


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="text, .gz, .jsonl or a folder; - standard input"
    )
    parser.add_argument(
        "--word-counts", metavar="FILE", help='JSON of words with counts: {"l o w </w>": 5}'
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--vocab-size", type=whole_number, metavar="N", help="all tokens together")
    size.add_argument("--merges", type=whole_number, metavar="N", help="how many merges to learn")
    parser.add_argument(
        "--pattern",
        default="gpt2",
        metavar="|".join([*SPLIT_PATTERNS, "REGEX"]),
        help="what cuts the text into pre-tokens (default: gpt2)",
    )
    parser.add_argument(
        "--ties",
        choices=[rule.value for rule in TieRule],
        help="of pairs with equal counts the one with the lowest ids, or the first in the corpus "
        "(default: lowest; for words with counts: first)",
    )
    parser.add_argument(
        "--alphabet",
        choices=[alphabet.value for alphabet in Alphabet],
        default=Alphabet.BYTES.value,
        help="what merging begins with (default: bytes)",
    )
    parser.add_argument(
        "--min-count",
        type=whole_number,
        default=1,
        metavar="N",
        help="merge no rarer pair (default: 1)",
    )
    parser.add_argument(
        "--special", action="append", default=[], metavar="NAME", help="a special token; repeatable"
    )
    parser.add_argument(
        "--field", default="text", help="what holds the text in .jsonl files (default: text)"
    )
    add_encoding(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="tokenizer.json, or a name that ends in .tiktoken, .model or vocab.json",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object with all merges")


def run(arguments: argparse.Namespace) -> int:
    """Train, print the merges, save; Ctrl+C keeps what was learned."""
    if arguments.word_counts is not None:
        return _train_on_words(arguments)
    if not arguments.files:
        raise InputError("Name a file or a folder to train on, or - for standard input.")
    if arguments.vocab_size is None and arguments.merges is None:
        raise InputError("Say how much to learn: --vocab-size 1000, or --merges 744.")
    split = split_pattern(arguments.pattern)
    check_output_folder(arguments.output)
    counts = _count(arguments, split)
    training = Training(
        lay_out(counts, Alphabet(arguments.alphabet)),
        ties=TieRule(arguments.ties or TieRule.LOWEST.value),
        min_count=arguments.min_count,
    )
    names = list(dict.fromkeys(arguments.special))
    trained_tokenizer(training, split, special_tokens=names)  # a bad name is told before the work
    n_vocab = None if arguments.vocab_size is None else arguments.vocab_size - len(names)

    def tokenizer() -> Tokenizer:
        name = "trained" if arguments.output is None else Path(arguments.output).name
        return trained_tokenizer(training, split, name, names)

    steps = learn_merges(training, arguments.merges, n_vocab=n_vocab, list_ties=arguments.json)
    wanted = arguments.merges if n_vocab is None else max(n_vocab - training.n_base, 0)
    stopped = _learn(arguments, training, steps, wanted)
    if arguments.output is not None:
        sample = "".join(list(counts.training)[:_CHECKED])[:_CHECKED]
        if not _save(tokenizer(), arguments.output, sample):
            return 1
    return _told(training, wanted, stopped)


def _train_on_words(arguments: argparse.Namespace) -> int:
    if arguments.files or arguments.merges is None:
        raise InputError("--word-counts takes the place of FILE and needs --merges N.")
    check_output_folder(arguments.output)
    file = arguments.word_counts
    words = read_word_counts(read_bytes(file, _MOST_WORD_COUNTS), shown(file))
    training = word_count_training(words, TieRule(arguments.ties or TieRule.FIRST.value))
    training.min_count = arguments.min_count
    steps = learn_merges(training, arguments.merges, list_ties=arguments.json)
    stopped = _learn(arguments, training, steps, arguments.merges)
    if arguments.output is not None:
        tokenizer = word_count_tokenizer(training, Path(arguments.output).name)
        if tokenizer is None:
            raise InputError(
                f"{shown(file)} has symbols of several characters, which text does not have, so "
                f"there is no tokenizer to write; leave -o out."
            )
        sample = " ".join("".join(word) for word in words)[:_CHECKED]
        if not _save(tokenizer, arguments.output, sample):
            return 1
    return _told(training, arguments.merges, stopped)


def _count(arguments: argparse.Namespace, split: SplitPattern) -> PreTokenCounts:
    bar = ProgressBar("counting")
    try:
        texts = checked_texts(_texts(arguments, split), split)
        for step in count_pre_tokens(texts, split, without=arguments.special):
            bar.show(f"{step.n_bytes / 1e6:,.1f} MB")
            if step.counts is not None:
                return step.counts
    except NotUtf8Error as error:
        if error.looks_binary:
            raise
        sentence = str(error).removesuffix(".")
        raise InputError(f"{sentence}, with --encoding cp1252 for instance.") from None
    except LookupError:
        raise InputError(
            f"There is no text encoding named {arguments.encoding!r}; try utf-8, utf-16, cp1252 or "
            f"latin-1."
        ) from None
    finally:
        bar.clear()
    raise AssertionError  # the last step always has the counts


def _texts(arguments: argparse.Namespace, split: SplitPattern) -> Iterator[str]:
    for file in arguments.files:
        if file == STANDARD_INPUT:
            yield read_text_input(file, arguments.encoding)
        else:
            yield from read_corpus(
                [file], split, encoding=arguments.encoding, field=arguments.field
            )


def _learn(
    arguments: argparse.Namespace,
    training: Training,
    steps: Iterator[LearnedMerge],
    wanted: int,
) -> bool:
    """Learn and print; whether Ctrl+C stopped it."""
    bar = ProgressBar("learning", wanted)
    with _ctrl_c() as stopped:

        def merges() -> Iterator[LearnedMerge]:
            for merge in steps:
                yield merge
                bar.show_part(merge.rank + 1)
                if stopped.is_set():
                    return

        try:
            if arguments.json:
                as_text = arguments.word_counts is not None
                rows = (_row(training, merge, as_text=as_text) for merge in merges())
                write_object(sys.stdout.write, [("merges", rows)])
            elif arguments.output is None:
                _write_table(training, merges())
            else:
                for _ in merges():
                    pass
        finally:
            bar.clear()
        return stopped.is_set()


@contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """Ctrl+C asks to stop after the merge at work; a second one stops at once."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _row(training: Training, merge: LearnedMerge, *, as_text: bool) -> dict[str, Any]:
    def written(token_id: int) -> str:
        return symbol(training, token_id) if as_text else training.vocab[token_id].hex()

    return {
        "rank": merge.rank,
        "left": written(merge.left),
        "right": written(merge.right),
        "count": merge.count,
        "replacements": merge.replacements,
        "ties": [[written(left), written(right)] for left, right in merge.ties or ()],
    }


def _write_table(training: Training, merges: Iterator[LearnedMerge]) -> None:
    sys.stdout.write(f"{'rank':>7} {'count':>10} {'replaced':>10} {'ties':>6}  merge\n")
    for merge in merges:
        left, right = training.vocab[merge.left], training.vocab[merge.right]
        sys.stdout.write(
            f"{merge.rank:>7} {merge.count:>10} {merge.replacements:>10} {merge.n_ties:>6}  "
            f"{visible(left)} + {visible(right)}\n"
        )


def _save(tokenizer: Tokenizer, output: str, sample: str) -> bool:
    """Write the tokenizer and read it again; whether it gives the same ids."""
    path = Path(output)
    files = files_to_write(tokenizer, path)
    write_together({str(file): content for file, content in files.items()})
    difference = self_check(tokenizer, path, sample)
    if difference is not None:
        sys.stderr.write(f"tokviz train: {difference}\n")
    return difference is None


def _told(training: Training, wanted: int, stopped: bool) -> int:
    n_learned = len(training.merges)
    if stopped and n_learned < wanted:
        sys.stderr.write(
            f"tokviz train: Stopped after {n_learned:,} of {wanted:,} merges; those are kept.\n"
        )
        return _INTERRUPTED
    if n_learned < wanted and training.n_vocab < training.n_base + wanted:
        sys.stderr.write(
            f"tokviz train: No pair is left after {n_learned:,} of {wanted:,} merges; a larger "
            f"corpus has more to teach.\n"
        )
    return 0
