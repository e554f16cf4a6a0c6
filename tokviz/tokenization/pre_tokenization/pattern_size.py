"""How large a regular expression becomes: `a{1000}` is a thousand times `a` to what compiles it."""

import re

LARGEST = 100_000
"""More than any split pattern has, and little enough to be compiled in a moment."""

_ATOM = re.compile(
    r"\\(?:[pPNxXuU]\{[^}]*\}|.)|\[(?:\\.|[^\]\\])*\]|\(\?[a-zA-Z]*[:=!>]|\(\?<[=!]|.", re.DOTALL
)
_COUNT = re.compile(r"\{(\d*)(?:,(\d*))?\}")


def written_out(pattern: str) -> int:
    """The characters and classes of a pattern when all its counts are written out.

    >>> written_out("a{3}b"), written_out("(?:(?:ab{10}){10}){10}"), written_out("[a-z]+")
    (4, 1100, 1)
    """
    outer: list[int] = []
    total = last = at = 0
    while at < len(pattern):
        count = _COUNT.match(pattern, at)
        if count is not None and any(count.groups()):
            times = max(int(number[:9]) for number in count.groups() if number)
            total += last * (max(times, 1) - 1)
            last *= max(times, 1)
            at = count.end()
            continue
        found = _ATOM.match(pattern, at)
        if found is None:
            return total
        atom, at = found[0], found.end()
        if atom.startswith("("):
            outer.append(total)
            total = last = 0
        elif atom == ")" and outer:
            last = total
            total += outer.pop()
        elif atom not in "|?*+":
            last = 1
            total += 1
    return total
