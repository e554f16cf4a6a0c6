"""Training on words with counts, as in the paper that brought byte-pair encoding to the field
(Sennrich et al., 2016; https://arxiv.org/abs/1508.07909): symbols are given, separated by spaces,
and `</w>` marks the end of a word.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.trained_tokenizer import trained_tokenizer
from tokviz.tokenization.training.trainer import Training
from tokviz.tokenization.training.training_corpus import lay_out_words

END_OF_WORD = "</w>"
CLASSIC_EXAMPLE: Mapping[str, int] = {
    "l o w </w>": 5,
    "l o w e r </w>": 2,
    "n e w e s t </w>": 6,
    "w i d e s t </w>": 3,
}
"""The example of the paper; ten merges are usual."""

WORDS = SplitPattern("words", r"\S+ ?|\s", lookahead=1)
"""A word and the space behind it, which stands for the end-of-word mark."""

_MOST_COUNT = 10**12
Words = dict[tuple[str, ...], int]


class WordCountsError(ValueError):
    """Words with counts that cannot be used: says which file and entry, and what to do."""


def read_word_counts(content: bytes, file: str) -> Words:
    """Symbols → count, in file order; words with the count 0 are left out.

    `file` is the name used in errors. Raises `WordCountsError`.

    >>> read_word_counts(b'{"l o w </w>": 5}', "words.json")
    {('l', 'o', 'w', '</w>'): 5}
    """
    try:
        entries = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_Entries)
    except UnicodeDecodeError as error:
        raise WordCountsError(
            f"{file} is not UTF-8 at byte {error.start:,}; save it as UTF-8."
        ) from None
    except RecursionError:
        raise WordCountsError(f"{file} is nested too deeply; {_EXPECTED}.") from None
    except ValueError as error:
        raise WordCountsError(f"{file} is not JSON: {error}; {_EXPECTED}.") from None
    if not isinstance(entries, _Entries):
        raise WordCountsError(f"{file} holds no JSON object; {_EXPECTED}.")
    return parse_words(entries, file)


_EXPECTED = 'write words with counts, such as {"l o w </w>": 5}'


class _Entries(list[tuple[str, Any]]):
    """A JSON object with its entries in order, those with equal names, too."""


def parse_words(entries: "_Entries | list[tuple[str, Any]]", file: str) -> Words:
    """Words and counts as (`"l o w"`, 5). Raises `WordCountsError`."""
    words: Words = {}
    for number, (word, count) in enumerate(entries, 1):
        where = f"{file}, entry {number:,} ({ascii(word)[:60]})"
        symbols = tuple(symbol for symbol in word.split(" ") if symbol)
        if not symbols:
            raise WordCountsError(f"{where}: the word has no symbols; separate them by spaces.")
        if any("\ud800" <= c <= "\udfff" for c in word):
            raise WordCountsError(f"{where}: a lone surrogate is no character; remove it.")
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= _MOST_COUNT:
            raise WordCountsError(
                f"{where}: the count is {ascii(count)[:40]}; write a whole number from 0 to "
                f"{_MOST_COUNT:,}."
            )
        if symbols in words:
            raise WordCountsError(f"{where}: the word is there twice; add the two counts up.")
        words[symbols] = count
    words = {symbols: count for symbols, count in words.items() if count}
    if not words:
        raise WordCountsError(f"{file} has no word with a count above 0; {_EXPECTED}.")
    return words


def word_count_training(words: Words, ties: TieRule = TieRule.FIRST) -> Training:
    """A training on those words; the counts of its merges are weighted by the words' counts.

    >>> training = word_count_training(parse_words(list(CLASSIC_EXAMPLE.items()), "the example"))
    >>> merge = training.learn()
    >>> symbol(training, merge.left), symbol(training, merge.right), merge.count
    ('e', 's', 9)
    """
    return Training(lay_out_words(words), ties=ties)


def symbol(training: Training, token_id: int) -> str:
    """A token as it is written in the file."""
    return training.vocab[token_id].decode("utf-8")


def word_count_tokenizer(training: Training, name: str = "words") -> Tokenizer | None:
    """A tokenizer for running text, in which the space behind a word is its `</w>`.

    None if a symbol is neither that mark nor a single character: text has no such symbols.
    """
    if any(len(s) != 1 and s != END_OF_WORD for s in map(bytes.decode, training.corpus.base)):
        return None
    tokenizer = trained_tokenizer(training, WORDS, name)
    mark = END_OF_WORD.encode()
    return replace(tokenizer, vocab=[data and data.replace(mark, b" ") for data in tokenizer.vocab])
