"""Walking from token to token with the arrow keys."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView


class TokenWalk:
    """Remembers where walking has come to, since a caret may stand at several tokens."""

    def __init__(self, view: "TokenTextView") -> None:
        self._view = view
        self._at: tuple[int, int] | None = None  # token, and where walking put the caret

    def forget(self) -> None:
        self._at = None

    def step(self, step: int, selected: int | None) -> None:
        """Go so many tokens on, from the caret or from the selected token that it stands at."""
        view, source = self._view, self._view.source
        if source.n_tokens == 0:
            return
        here, last = self._here(selected), source.n_tokens - 1
        if here is not None:
            index = max(0, min(here + step, last))
        else:
            found = source.index_at(min(view.caret, max(0, source.n_encoded - 1)))
            index = last if found is None else found
        start, end = source.token_span(index)
        view.set_caret(start)
        view.reveal(start, end)
        self._at = (index, view.caret)
        view.picked.emit(index)

    def _here(self, selected: int | None) -> int | None:
        """The token that walking goes on from; None if the caret has left it."""
        view, source = self._view, self._view.source
        if self._at is not None and self._at[1] == view.caret:
            return min(self._at[0], source.n_tokens - 1)
        if selected is None or selected >= source.n_tokens:
            return None
        start, end = source.token_span(selected)
        return selected if start <= view.caret <= end or not view.editable else None
