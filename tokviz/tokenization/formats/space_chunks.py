"""Chunks of text whose tokens do not depend on each other, where tokens begin at spaces."""

import re

from tokviz.tokenization.normalization.spaced_text import SPACE, CharacterChanges, Spacing

WHOLE_TEXT = re.compile(r"[\s\S]+")
SPACES_AND_WORD = re.compile(f"[ {SPACE}]*[^ {SPACE}]+|[ {SPACE}]+")


def chunks_at_spaces(spacing: Spacing) -> tuple[re.Pattern[str], str | None]:
    """What may be normalized alone, and where a text may be cut: before what becomes a space,
    behind a character that neither does, nor vanishes, nor becomes part of another."""
    changes: CharacterChanges | None = CharacterChanges({})
    if spacing.characters is not None:
        changes = spacing.characters.changes
    if changes is None:
        return WHOLE_TEXT, None
    joins = changes.before | changes.behind
    spaces = {c for c, new in changes.alone.items() if new == " "} | {" "}
    vanish = {c for c, new in changes.alone.items() if not new or new[-1] in (" ", SPACE)}
    begins, ends = {name[0] for name in spacing.whole}, {name[-1] for name in spacing.whole}
    edges = _set_of(spaces - joins - (begins - {" "}))
    open_ = _set_of({" ", SPACE, "\0"} | spaces | vanish | changes.behind | ends)
    is_space_kept = " " not in joins and changes.alone.get(" ", " ") == " "
    if not is_space_kept or any(re.search(f"[^{open_}][{edges}]", name) for name in spacing.whole):
        return WHOLE_TEXT, None
    chunk = re.compile(rf"[\s\S](?:[^{edges}]+|(?<=[{open_}])[{edges}])*")
    return chunk, f"(?<=[^{open_}])[{edges}](?=[^{open_}])"


def _set_of(characters: set[str]) -> str:
    """What stands between the brackets of an expression for one of them."""
    return "".join(map(re.escape, sorted(characters)))
