"""What a tokenizer makes of a text before it looks for tokens, and how often that changes it."""

from collections.abc import Iterator

from tokviz.tokenization.encoding import Encoding, without_surrogates
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer


def normalized(tokenizer: Tokenizer, text: str) -> str:
    """The text that tokens are looked for in; spaces that only separate words may be missing."""
    text = without_surrogates(text)
    if tokenizer.normalizer is not None:
        return tokenizer.normalizer.normalize(text)
    return text if tokenizer.segmenter is None else tokenizer.segmenter.normalized(text)


def is_changed(tokenizer: Tokenizer, text: str) -> bool:
    """Whether normalizing changes more than the spaces that BERT's words lose."""
    made, text = normalized(tokenizer, text), without_surrogates(text)
    if tokenizer.algorithm is Algorithm.WORDPIECE:
        return "".join(made.split()) != "".join(text.split())
    return made != text


def count_changed(text: TokenizedText, known: dict[str, bool]) -> Iterator[int]:
    """How many pre-tokens of a text normalizing changes; yields the count so far.

    The text is taken as it is now; the iterator may run in another thread. `known` remembers what
    was found of each pre-token, for the next time.
    """
    tokenizer = text.tokenizer
    encodings = text.encoded_parts()
    names = {t.content for t in tokenizer.matched(special=text.special)}
    return _count(tokenizer, encodings, names, known)


def _count(
    tokenizer: Tokenizer, parts: list[Encoding], names: set[str], known: dict[str, bool]
) -> Iterator[int]:
    total = 0
    for part in parts:
        for start, end in part.pre_token_spans():
            pre_token = part.text[start:end]
            if pre_token in names:
                continue
            changed = known.get(pre_token)
            if changed is None:
                changed = known[pre_token] = is_changed(tokenizer, pre_token)
            total += changed
        yield total
