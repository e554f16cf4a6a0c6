r"""A split pattern as a tree, where all of it is regular: what an automaton can match.

What one character may be (`\p{L}`, `[^\s\d]`, `(?i:s)`) is kept as it is written, because only
`regex` itself knows what it matches. Everything else has its own node here. What looks behind,
refers back or has flags of its own is refused; such a pattern stays with `regex`.
"""

import re
from dataclasses import dataclass

_DEEPEST = 40
_CLASS = re.compile(r"\[\^?\]?(?:\\[^N]|[^\[\]\\])*\]", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:[pP](?:\{[^{}]*\}|[A-Z])|[dDsSwWnrtfv]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}"
    r"|U[0-9a-fA-F]{8}|[^\w\s])",
)
_COUNT = re.compile(r"\{(?:(\d{1,4})(,(\d{1,4})?)?)\}")
_GROUPS = {"(?i:": "ignore case", "(?:": "group", "(?=": "ahead", "(?!": "not ahead", "(": "group"}
_OPENING = re.compile(r"\(\?i:|\(\?[:=!]|\((?!\?)")


class NotRegular(ValueError):
    """A pattern that cannot become an automaton, or only one that is too large."""


@dataclass(frozen=True)
class Character:
    """One character; `source` says which, as an expression of its own."""

    source: str


@dataclass(frozen=True)
class Sequence:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Choice:
    """The first part that leads to a match wins."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Repeat:
    """`lazy`: as few times as will do; `possessive`: never fewer than can be."""

    part: "Node"
    least: int
    most: int | None
    lazy: bool = False
    possessive: bool = False


@dataclass(frozen=True)
class Look:
    """What follows, which is not taken: it must match, or it must not."""

    part: "Node"
    must_match: bool


@dataclass(frozen=True)
class End:
    """The end of the text."""


Node = Character | Sequence | Choice | Repeat | Look | End


def parsed(pattern: str) -> Node:
    r"""The tree of a pattern. Raises `NotRegular`.

    >>> parsed(r"a|(?=\d)")
    Choice(parts=(Character(source='a'), Look(part=Character(source='\\d'), must_match=True)))
    """
    parser = _Parser(pattern)
    tree = parser.choice()
    if parser.at < len(pattern):
        raise NotRegular("a bracket closes what none opened")
    return tree


class _Parser:
    """Reads from left to right, a function for each level of the grammar."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._ignores_case = False
        self._depth = 0
        self.at = 0

    def choice(self) -> Node:
        parts = [self._sequence()]
        while self._takes("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Node:
        parts = []
        while self.at < len(self._pattern) and self._pattern[self.at] not in "|)":
            parts.append(self._repeated(self._one()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, part: Node) -> Node:
        least, most = self._count()
        if (least, most) == (1, 1):
            return part
        lazy = self._takes("?")
        possessive = not lazy and self._takes("+")
        if self._pattern[self.at : self.at + 1] in tuple("*+?{"):
            raise NotRegular("a repetition is repeated without brackets")
        if most is not None and most < least:
            raise NotRegular("a repetition ends before it begins")
        return Repeat(part, least, most, lazy, possessive)

    def _count(self) -> tuple[int, int | None]:
        for sign, count in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._takes(sign):
                return count
        found = _COUNT.match(self._pattern, self.at)
        if found is None:
            return 1, 1
        self.at = found.end()
        least = int(found[1])
        if found[2] is None:
            return least, least
        return least, None if found[3] is None else int(found[3])

    def _one(self) -> Node:
        sign = self._pattern[self.at]
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._character(self._matching(_CLASS))
        if sign == "\\":
            if self._takes("\\Z"):
                return End()
            return self._character(self._matching(_ESCAPE))
        if self._takes("$"):  # a last line end may stand behind it
            line_end = Sequence((Character("\\n"), End()))
            return Look(Choice((End(), line_end)), must_match=True)
        if sign in "^*+?{":
            raise NotRegular(f"{sign} stands where an automaton has nothing for it")
        return self._character(self._matching(re.compile(".", re.DOTALL)))

    def _group(self) -> Node:
        kind = _GROUPS[self._matching(_OPENING)]
        outside, self._depth = self._ignores_case, self._depth + 1
        if self._depth > _DEEPEST:
            raise NotRegular("brackets in brackets, too many")
        self._ignores_case = outside or kind == "ignore case"
        inside = self.choice()
        self._ignores_case, self._depth = outside, self._depth - 1
        if not self._takes(")"):
            raise NotRegular("a bracket is not closed")
        return inside if "ahead" not in kind else Look(inside, must_match=kind == "ahead")

    def _character(self, source: str) -> Character:
        return Character(f"(?i:{source})" if self._ignores_case else source)

    def _takes(self, sign: str) -> bool:
        taken = self._pattern.startswith(sign, self.at)
        self.at += len(sign) * taken
        return taken

    def _matching(self, expression: re.Pattern[str]) -> str:
        found = expression.match(self._pattern, self.at)
        if found is None:
            raise NotRegular(f"{self._pattern[self.at : self.at + 12]} is not known here")
        self.at = found.end()
        return found[0]
