"""`tokviz bigram`: train a bigram language model on a text, and let it write."""

import argparse
import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from unicodedata import category

import numpy as np

from tokviz.commands.inputs import (
    InputError,
    add_encoding,
    add_tokenizer,
    check_output_folder,
    checked_argument,
    read_text_input,
    tokenizer_for,
    whole_number,
)
from tokviz.commands.progress import ProgressBar
from tokviz.embedding.bigram import BigramTraining, torch_is_missing, train
from tokviz.embedding.bigram_counts import PairCounts, bits_per_byte, count_pairs
from tokviz.embedding.bigram_files import to_safetensors, tokenizer_path
from tokviz.embedding.bigram_generation import generate
from tokviz.embedding.bigram_memory import (
    check_memory,
    free_memory,
    in_words,
    kind_that_fits,
    memory_need,
)
from tokviz.embedding.bigram_settings import BigramSettings, Optimizer, split_text
from tokviz.embedding.bigram_table import BigramTable, TableKind, occurring
from tokviz.embedding.table import Int64s
from tokviz.text_files import write_bytes
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

SUMMARY = "train a bigram language model on a text"

_DEFAULT = BigramSettings()
_AUTO = "auto"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the text; - is standard input")
    add_tokenizer(parser)
    add_encoding(parser)
    parser.add_argument(
        "--steps", type=whole_number, default=1000, metavar="N", help="(default: 1000)"
    )
    parser.add_argument("--seed", type=int, default=_DEFAULT.seed, metavar="N")
    parser.add_argument(
        "--table",
        choices=[_AUTO, *(kind.value for kind in TableKind)],
        default=_AUTO,
        help="full: V × V; occurring: the same for the tokens of the text alone; factored: V × d "
        "with an output layer; tied: one that uses the same rows (default: the first of these "
        "that fits)",
    )
    parser.add_argument("--dim", type=whole_number, default=_DEFAULT.dim, metavar="D", help="d")
    parser.add_argument(
        "--batch",
        type=whole_number,
        default=_DEFAULT.batch_size,
        metavar="N",
        help="0: the whole text",
    )
    parser.add_argument("--context", type=whole_number, default=_DEFAULT.context, metavar="N")
    parser.add_argument("--lr", type=float, default=_DEFAULT.learning_rate, metavar="RATE")
    parser.add_argument(
        "--optimizer",
        choices=[optimizer.value for optimizer in Optimizer],
        default=_DEFAULT.optimizer.value,
    )
    parser.add_argument(
        "--held-out",
        type=float,
        default=_DEFAULT.held_out,
        metavar="SHARE",
        help="of the text, at its end (default: 0.1)",
    )
    parser.add_argument("--prompt", help="what the sample goes on from (default: the first token)")
    parser.add_argument(
        "--sample",
        type=whole_number,
        default=200,
        metavar="N",
        help="tokens to write (default: 200)",
    )
    parser.add_argument("--temperature", type=_temperature, default=1.0, metavar="T")
    parser.add_argument("--top-k", type=whole_number, default=0, metavar="K", help="0: all")
    parser.add_argument(
        "-o", "--output", metavar="FILE.safetensors", help="its tokenizer is written beside it"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")


def _temperature(word: str) -> float:
    try:
        temperature = float(word)
    except ValueError:
        temperature = math.nan
    if not (math.isfinite(temperature) and temperature >= 0):
        raise argparse.ArgumentTypeError(f"{ascii(word)[:40]} is no temperature; take 0 or more")
    return temperature


def run(arguments: argparse.Namespace) -> int:
    """Train, tell the losses, write a sample; save if asked to."""
    check_output_folder(arguments.output)
    settings = _settings(arguments)
    text = read_text_input(arguments.file, arguments.encoding)
    tokenizer = tokenizer_for(arguments.tokenizer, text)
    ids = tokenizer.encode(text).ids.astype(np.int64)
    split_text(ids, settings.held_out)  # what is wrong is told before the work
    if (missing := torch_is_missing()) is not None:
        raise InputError(missing)
    settings = _that_fits(settings, arguments.table, ids, tokenizer.n_vocab)
    prompt = _prompt(arguments.prompt, tokenizer, ids, settings.kind)
    if arguments.output is not None:
        written = to_tokenizer_json(tokenizer)
        write_bytes(str(tokenizer_path(Path(arguments.output))), written)
    table, train_part, held_out = _train(settings, arguments.steps, ids, tokenizer)
    if arguments.output is not None:
        write_bytes(arguments.output, to_safetensors(table))
    found = {
        **_losses(table, train_part, held_out, tokenizer),
        "sample": _sample(arguments, table, prompt, tokenizer),
    }
    if arguments.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        _write_words(found, train_part)
    return 0


def _settings(arguments: argparse.Namespace) -> BigramSettings:
    if not (math.isfinite(arguments.lr) and arguments.lr > 0):
        raise InputError(f"--lr {arguments.lr:g} is no learning rate; take one above 0.")
    if arguments.context < 1 or arguments.dim < 1:
        raise InputError("--context and --dim must be 1 or more.")
    return BigramSettings(
        kind=TableKind.FULL if arguments.table == _AUTO else TableKind(arguments.table),
        dim=arguments.dim,
        batch_size=arguments.batch,
        context=arguments.context,
        learning_rate=arguments.lr,
        optimizer=Optimizer(arguments.optimizer),
        seed=arguments.seed % 2**63,
        held_out=arguments.held_out,
    )


def _that_fits(settings: BigramSettings, asked: str, ids: Int64s, n_vocab: int) -> BigramSettings:
    """A smaller table where V × V does not fit and nothing else was asked for; says so."""
    free, n_used = free_memory(), len(np.unique(ids))
    if asked == _AUTO:
        full = memory_need(n_vocab, n_used, len(ids), settings)
        kind = kind_that_fits(n_vocab, n_used, len(ids), settings, free)
        settings = replace(settings, kind=kind)
        if kind is not TableKind.FULL:
            sys.stderr.write(f"tokviz bigram: {_instead(n_vocab, n_used, settings, full.total)}\n")
    check_memory(memory_need(n_vocab, n_used, len(ids), settings), free)
    return settings


def _instead(n_vocab: int, n_used: int, settings: BigramSettings, full: int) -> str:
    occurring = settings.kind is TableKind.OCCURRING
    taken = (
        f"the {n_used:,} tokens that occur in the text; --table factored has a row for every token"
        if occurring
        else f"a factored table of {n_vocab:,} × {settings.dim} with an output layer"
    )
    return (
        f"{n_vocab:,} × {n_vocab:,} logits would need {in_words(full)} to train; taken instead: "
        f"{taken}."
    )


def _prompt(prompt: str | None, tokenizer: Tokenizer, ids: Int64s, kind: TableKind) -> int:
    """The id of the token that the sample goes on from. Raises `InputError` before the work."""
    if prompt is None:
        return int(ids[0])
    found = tokenizer.encode(checked_argument(prompt, "--prompt")).ids
    if not len(found):
        raise InputError("--prompt has no token of this tokenizer; give another one.")
    if kind is TableKind.OCCURRING and found[-1] not in ids:
        raise InputError(
            f"The last token of --prompt, {visible(tokenizer.token_bytes(int(found[-1])))}, does "
            f"not occur in the text and has no row; give another one."
        )
    return int(found[-1])


def _train(
    settings: BigramSettings, n_steps: int, ids: Int64s, tokenizer: Tokenizer
) -> tuple[BigramTable, PairCounts, PairCounts | None]:
    used, n_rows = None, tokenizer.n_vocab
    if settings.kind is TableKind.OCCURRING:
        used, ids = occurring(ids, tokenizer.n_vocab)
        n_rows = len(used)
    part, aside = split_text(ids, settings.held_out)
    training = BigramTraining(part, n_rows, settings, used)
    bar = ProgressBar("learning", n_steps)
    try:
        for step in train(training, n_steps, table_seconds=1.0):
            bar.show_part(step.step)
    finally:
        bar.clear()
    held_out = count_pairs(aside, n_rows) if settings.held_out else None
    return training.table(), count_pairs(part, n_rows), held_out


def _losses(
    table: BigramTable, part: PairCounts, held_out: PairCounts | None, tokenizer: Tokenizer
) -> dict[str, float | None]:
    """Nats a token over each whole part; bits per byte of the held-out one, if there is one."""
    lengths = np.array([len(data or b"") for data in tokenizer.vocab], np.int64)
    if table.ids is not None:
        lengths = lengths[table.ids]
    loss = part.loss(table)
    train_bits = bits_per_byte(loss, part.total, part.n_bytes(lengths))
    if held_out is None:
        return {"loss": loss, "held_out_loss": None, "bits_per_byte": train_bits}
    aside = held_out.loss(table)
    bits = bits_per_byte(aside, held_out.total, held_out.n_bytes(lengths))
    return {
        "loss": loss,
        "held_out_loss": aside,
        "bits_per_byte": bits,
        "training_bits_per_byte": train_bits,
    }


def _sample(
    arguments: argparse.Namespace, table: BigramTable, prompt: int, tokenizer: Tokenizer
) -> str:
    drawn = generate(
        table,
        prompt,
        arguments.sample,
        arguments.temperature,
        arguments.top_k,
        arguments.seed % 2**63,
    )
    return tokenizer.decode(token.id for token in drawn).decode("utf-8", "replace")


def _write_words(found: dict[str, float | str | None], part: PairCounts) -> None:
    held_out, bits = found["held_out_loss"], found["bits_per_byte"]
    rows = [
        ("loss", found["loss"], "nats a token, over the whole training part"),
        ("held-out loss", held_out, "nats a token"),
        ("bits per byte", bits, "of the held-out part" if held_out is not None else ""),
        ("uniform", part.uniform_loss, "ln of the rows: knowing nothing"),
        ("unigram", part.unigram_entropy, "without looking at the token before"),
        ("bigram optimum", part.optimum, "by counting: no bigram model is better"),
    ]
    for name, value, words in rows:
        number = f"{value:9.4f}" if isinstance(value, float) else f"{'none':>9}"
        sys.stdout.write(f"{name:<15} {number}  {words}".rstrip() + "\n")
    sys.stdout.write(f"\n{_without_controls(str(found['sample']))}\n")


def _without_controls(sample: str) -> str:
    """What no terminal takes for an order: a model of bytes writes any of them."""
    return "".join("\ufffd" if category(c) == "Cc" and c not in "\n\t" else c for c in sample)
