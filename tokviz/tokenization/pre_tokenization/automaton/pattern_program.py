"""A split pattern's tree as a program: states that each take one character, and ways between them.

This is Thompson's construction (Thompson 1968, "Regular Expression Search Algorithm") with the
ways out of a fork in the order in which a backtracking matcher tries them, so that the first that
leads to a match is the one that `regex` finds.
"""

from dataclasses import dataclass

from tokviz.tokenization.pre_tokenization.automaton.pattern_syntax import (
    Character,
    Choice,
    Look,
    Node,
    NotRegular,
    Repeat,
    Sequence,
    parsed,
)

_MOST_STEPS = 1500
_MOST_STATES = 127


@dataclass(frozen=True)
class Take:
    """Takes the one character that is this state's; `atom`: its place in `Program.atoms`."""

    atom: int
    state: int
    next: int


@dataclass(frozen=True)
class Fork:
    """Goes on at the first of these steps from which a match is reached."""

    ways: tuple[int, ...]


@dataclass(frozen=True)
class Glance:
    """Goes on if what begins at `inside` matches here, or if it does not."""

    inside: int
    must_match: bool
    next: int


@dataclass(frozen=True)
class AtEnd:
    """Goes on at the end of the text alone."""

    next: int


@dataclass(frozen=True)
class Accept:
    """A match, or what is looked for, is complete."""


Step = Take | Fork | Glance | AtEnd | Accept


class Program:
    """The steps of one pattern. Raises `NotRegular`.

    `atoms`: expressions for one character each. `states`: the steps that take a character, by
    state, and `nexts` what is behind each. `order`: all steps, each behind those that it asks.
    """

    def __init__(self, pattern: str) -> None:
        self.steps: list[Step] = [Accept()]
        self.atoms: list[str] = []
        self.states: list[Take] = []
        self._known: dict[Step, int] = {Accept(): 0}  # what is written twice is one step
        tree = parsed(pattern)
        if _may_be_empty(tree):
            raise NotRegular("it may match nothing")
        self.start = self._compiled(tree, 0)
        self.nexts = [take.next for take in self.states]
        self.order = self._ordered()

    def _compiled(self, node: Node, then: int) -> int:
        """The step at which to begin with this node; behind it, go on at the step `then`."""
        if isinstance(node, Character):
            return self._take(node.source, then)
        if isinstance(node, Sequence):
            for part in reversed(node.parts):
                then = self._compiled(part, then)
            return then
        if isinstance(node, Choice):
            return self._step(Fork(tuple(self._compiled(part, then) for part in node.parts)))
        if isinstance(node, Repeat):
            return self._repeated(node, then)
        if isinstance(node, Look):
            return self._step(Glance(self._compiled(node.part, 0), node.must_match, then))
        return self._step(AtEnd(then))

    def _repeated(self, node: Repeat, then: int) -> int:
        if node.most != 1 and _may_be_empty(node.part):
            raise NotRegular("nothing, repeated")
        leave = then
        if node.possessive:
            if not isinstance(node.part, Character):
                raise NotRegular("more than one character, taken for good")
            leave = self._step(Glance(self._compiled(node.part, 0), False, then))
        if node.most is None:
            then = len(self.steps)
            self.steps.append(Accept())  # its place is kept, the way back to it comes first
            again = self._compiled(node.part, then)
            self.steps[then] = Fork(self._ways(again, leave, node))
        for _ in range((node.most or node.least) - node.least):
            # Whoever has taken the most leaves by `then`: more could not be taken for good.
            then = self._step(Fork(self._ways(self._compiled(node.part, then), leave, node)))
        for _ in range(node.least):
            then = self._compiled(node.part, then)
        return then

    @staticmethod
    def _ways(again: int, leave: int, node: Repeat) -> tuple[int, int]:
        return (leave, again) if node.lazy else (again, leave)

    def _ordered(self) -> list[int]:
        order: dict[int, None] = {}
        for root in range(len(self.steps)):
            waiting = [root]
            while waiting:
                asked = [at for at in _asked_by(self.steps[waiting[-1]]) if at not in order]
                if asked:
                    waiting += asked
                else:
                    order[waiting.pop()] = None
        return list(order)

    def _take(self, source: str, then: int) -> int:
        if source not in self.atoms:
            self.atoms.append(source)
        atom = self.atoms.index(source)
        known = [take for take in self.states if (take.atom, take.next) == (atom, then)]
        if known:
            return self._known[known[0]]
        self.states.append(Take(atom, len(self.states), then))
        if len(self.states) > _MOST_STATES:
            raise NotRegular("it has too many states")
        return self._step(self.states[-1])

    def _step(self, step: Step) -> int:
        if step not in self._known:
            self._known[step] = len(self.steps)
            self.steps.append(step)
        if len(self.steps) > _MOST_STEPS:
            raise NotRegular("it has too many steps")
        return self._known[step]


def _asked_by(step: Step) -> tuple[int, ...]:
    """The steps that it leads to without a character; no way of these leads back to it."""
    if isinstance(step, Fork):
        return step.ways
    if isinstance(step, Glance):
        return step.inside, step.next
    return (step.next,) if isinstance(step, AtEnd) else ()


def _may_be_empty(node: Node) -> bool:
    """Whether it can match without taking a character."""
    if isinstance(node, Character):
        return False
    if isinstance(node, Sequence):
        return all(map(_may_be_empty, node.parts))
    if isinstance(node, Choice):
        return any(map(_may_be_empty, node.parts))
    if isinstance(node, Repeat):
        return node.least == 0 or _may_be_empty(node.part)
    return True
