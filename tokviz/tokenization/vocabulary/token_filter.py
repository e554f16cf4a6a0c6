"""Which tokens match a filter: by text, bytes or regular expression.

ing           tokens whose text holds "ing"
hex:e2 80     whose bytes hold these
/^ .*ing$/    whose text matches the regular expression
"""

from collections.abc import Callable
from time import monotonic

import regex

_MOST_PATTERN = 500  # characters: compiling is not covered by a time-out
_SECONDS = 2.0  # for matching all tokens


class FilterError(ValueError):
    """A filter that cannot be understood; says what was expected."""


def token_predicate(words: str) -> Callable[[bytes], bool]:
    r"""Whether a token's bytes match a filter. Raises `FilterError`, also while matching.

    >>> token_predicate("hex:e2 80")(b"a\xe2\x80\xa6"), token_predicate("/^t.n/")(b" ten")
    (True, False)
    """
    if words.startswith("hex:"):
        try:
            wanted = bytes.fromhex(words[4:])
        except ValueError:
            raise FilterError(f"{words[4:]!r} is not hex: write bytes such as e2 80 a6.") from None
        return lambda data: wanted in data
    if len(words) > 1 and words.startswith("/") and words.endswith("/"):
        return _expression(words[1:-1])
    wanted = words.encode("utf-8", "surrogatepass")
    return lambda data: wanted in data


def _expression(pattern: str) -> Callable[[bytes], bool]:
    if len(pattern) > _MOST_PATTERN:
        raise FilterError(f"The expression has {len(pattern)} characters; {_MOST_PATTERN} at most.")
    try:
        compiled = regex.compile(pattern)
    except regex.error as error:
        raise FilterError(f"/{pattern}/ is no valid expression: {error}.") from None

    deadline = monotonic() + _SECONDS

    def found(data: bytes) -> bool:
        text = data.decode("utf-8", "replace")
        try:
            left = deadline - monotonic()
            if left <= 0:
                raise TimeoutError
            return compiled.search(text, timeout=left) is not None
        except TimeoutError:
            raise FilterError(f"/{pattern}/ takes too long: simplify it.") from None

    return found
