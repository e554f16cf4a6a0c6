"""Undo and redo: the edits of a text, joined into the steps a person would take back.

Plain Python: an edit is told in characters, and whoever holds the text applies what comes out.
"""

from dataclasses import dataclass, replace

_PAUSE = 1.5  # seconds without a key after which typing begins a new step
_KEPT_CHARS = 64_000_000


@dataclass(frozen=True)
class Edit:
    """At `start`, `removed` was replaced by `inserted`; the (anchor, caret) before and after."""

    start: int
    removed: str
    inserted: str
    before: tuple[int, int]
    after: tuple[int, int]

    @property
    def size(self) -> int:
        return len(self.removed) + len(self.inserted)


class EditHistory:
    """The steps done and those taken back."""

    def __init__(self) -> None:
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        self._clean_at: int | None = 0  # number of done steps at which the text was saved
        self._dropped = 0
        self._size = 0
        self._joinable = False
        self._last_time = 0.0

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    @property
    def is_clean(self) -> bool:
        """Whether the text is as it was when it was last loaded or saved."""
        return self._clean_at == self._dropped + len(self._done)

    def mark_clean(self) -> None:
        self._clean_at = self._dropped + len(self._done)
        self._joinable = False

    def mark_dirty(self) -> None:
        """The text was never saved as it is now, whatever is undone."""
        self._clean_at = None
        self._joinable = False

    def clear(self) -> None:
        self.__init__()  # type: ignore[misc]

    def end_step(self) -> None:
        """What comes next is a step of its own, as after the caret was moved."""
        self._joinable = False

    def record(self, edit: Edit, typed: bool, time: float) -> None:
        """Remember an edit that was just made; `typed` ones in a row become one step."""
        if self._clean_at is not None and self._clean_at > self._dropped + len(self._done):
            self._clean_at = None  # the saved state was among the undone steps
        self._size -= sum(undone.size for undone in self._undone)
        self._undone.clear()
        joined = None
        if typed and self._joinable and self._done and time - self._last_time < _PAUSE:
            joined = _joined(self._done[-1], edit)
        if joined:
            self._done[-1] = joined
        else:
            self._done.append(edit)
        self._size += edit.size
        self._joinable, self._last_time = typed, time
        while self._size > _KEPT_CHARS and len(self._done) > 1:
            self._size -= self._done.pop(0).size
            self._dropped += 1

    def undo(self) -> Edit | None:
        """The step to take back: put `removed` where `inserted` is."""
        if not self._done:
            return None
        self._joinable = False
        self._undone.append(self._done.pop())
        return self._undone[-1]

    def redo(self) -> Edit | None:
        """The step to do again."""
        if not self._undone:
            return None
        self._joinable = False
        self._done.append(self._undone.pop())
        return self._done[-1]


def _joined(last: Edit, edit: Edit) -> Edit | None:
    """Two typed edits as one, or None where a person would see two steps."""
    if last.inserted and edit.inserted and not edit.removed:
        begins_word = last.inserted[-1].isspace() and not edit.inserted[0].isspace()
        breaks_line = "\n" in last.inserted or "\n" in edit.inserted
        if edit.start == last.start + len(last.inserted) and not (begins_word or breaks_line):
            return replace(last, inserted=last.inserted + edit.inserted, after=edit.after)
    if not (last.inserted or edit.inserted) and "\n" not in last.removed + edit.removed:
        if edit.start + len(edit.removed) == last.start:  # Backspace
            return replace(
                last, start=edit.start, removed=edit.removed + last.removed, after=edit.after
            )
        if edit.start == last.start:  # Delete
            return replace(last, removed=last.removed + edit.removed, after=edit.after)
    return None
