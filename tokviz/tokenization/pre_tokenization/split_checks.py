"""What a split pattern of somebody's own does, checked before it is trusted with a corpus."""

from collections.abc import Iterable, Iterator

from tokviz.tokenization.pre_tokenization.known_patterns import split_pattern
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern, SplitPatternError

_SECONDS = 2.0


def checked_texts(texts: Iterable[str], split: SplitPattern) -> Iterator[str]:
    """The same texts. Raises `SplitPatternError` if somebody's own pattern matches in none."""
    is_known_to_match = not split.limited
    n_characters = 0
    for text in texts:
        n_characters += len(text)
        is_known_to_match = is_known_to_match or matches(split, text)
        yield text
    if n_characters and not is_known_to_match:
        raise _matches_nothing()


def matches(split: SplitPattern, text: str) -> bool:
    """Whether the pattern matches any character of the text. Raises `SplitPatternError`."""
    try:
        found = split.compiled.finditer(text, concurrent=False, timeout=_SECONDS)
        return any(match.end() > match.start() for match in found)
    except TimeoutError:
        raise SplitPatternError(
            f"The split pattern took more than {_SECONDS:.0f} seconds to find its first match; "
            f"avoid repetitions inside repetitions."
        ) from None


def split_sample(pattern: str, sample: str) -> list[str]:
    """The pre-tokens of a line, to see what a pattern does. Raises `SplitPatternError`.

    >>> split_sample("gpt2", "it's so")
    ['it', "'s", ' so']
    """
    split = split_pattern(pattern)
    if split.limited and sample and not matches(split, sample):
        raise _matches_nothing()
    return split.split(sample)


def _matches_nothing() -> SplitPatternError:
    return SplitPatternError(
        "The split pattern matches nothing in the text, so all of it would be one pre-token; "
        "correct it, or choose none."
    )
