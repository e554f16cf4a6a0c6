"""The rank that somebody typed."""


class NoRankError(ValueError):
    """What was typed is no rank of this tokenizer."""


def entered_rank(words: str, n_ranks: int) -> int:
    """A rank from 0 to `n_ranks` - 1. Raises `NoRankError`.

    >>> entered_rank(" 1,378 ", 50_000)
    1378
    """
    number = words.replace(",", "").strip()
    if not n_ranks:
        raise NoRankError(f"There is no rank {number!r}: there are no merges.")
    if not number.isdecimal() or len(number) > len(str(n_ranks)) or int(number) >= n_ranks:
        raise NoRankError(f"{number!r} is no rank: the ranks run from 0 to {n_ranks - 1:,}.")
    return int(number)
