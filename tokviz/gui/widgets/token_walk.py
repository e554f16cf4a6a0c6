"""Walking from token to token with the arrow keys."""

from tokviz.gui.widgets.token_source import TokenSource


class TokenWalk:
    """Remembers where walking has come to, since a caret may stand at several tokens."""

    def __init__(self) -> None:
        self._at: tuple[int, int] | None = None  # token, and where walking put the caret

    def forget(self) -> None:
        self._at = None

    def arrived(self, index: int, caret: int) -> None:
        """The caret was put before this token."""
        self._at = (index, caret)

    def next(
        self, source: TokenSource, caret: int, selected: int | None, step: int, editable: bool
    ) -> int:
        """Index of the token a step leads to, of a source that has some."""
        here, last = self._here(source, caret, selected, editable), source.n_tokens - 1
        if here is not None:
            return max(0, min(here + step, last))
        found = source.index_at(min(caret, max(0, source.n_encoded - 1)))
        return last if found is None else found

    def _here(
        self, source: TokenSource, caret: int, selected: int | None, editable: bool
    ) -> int | None:
        """The token that walking goes on from; None if the caret has left it."""
        if self._at is not None and self._at[1] == caret:
            return min(self._at[0], source.n_tokens - 1)
        if selected is None or selected >= source.n_tokens:
            return None
        start, end = source.token_span(selected)
        return selected if start <= caret <= end or not editable else None
