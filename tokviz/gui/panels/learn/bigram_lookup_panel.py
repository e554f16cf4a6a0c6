"""Look-up, step by step, for the token that is selected in the text."""

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tokviz.embedding.bigram_table import BigramTable, LookUp, look_up
from tokviz.gui.panels.learn.bigram_session import BigramSession
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.lookup_strip import N_STAGES, Bar, LookUpStrip, Prediction
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.tokenization.vocabulary.visible_text import visible

_BARS = 12
_AROUND = 2  # tokens shown before and after


class BigramLookUpPanel(QWidget):
    """The strip, and the buttons that open its cards one by one."""

    def __init__(self, model: TokenizerModel, session: BigramSession, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._session = session
        self._theme = theme
        self.strip = LookUpStrip()
        self.first = switch_button("|◀", "Close all cards but the first")
        self.back = switch_button("◀", "One card back")
        self.on = switch_button("▶", "Open the next card")
        self.all = switch_button("▶|", "Open all cards")
        self.before = switch_button("previous", "Predict from the token before")
        self.after = switch_button("next", "Predict from the token after")
        self.words = QLabel()
        self.words.setObjectName("muted")
        row = QHBoxLayout()
        row.setSpacing(4)
        for widget in (self.first, self.back, self.on, self.all, self.words):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.before)
        row.addWidget(self.after)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.addLayout(row)
        column.addWidget(self.strip, 1)
        self.first.clicked.connect(lambda: self._go(0))
        self.back.clicked.connect(lambda: self._go(self.strip.stage - 1))
        self.on.clicked.connect(lambda: self._go(self.strip.stage + 1))
        self.all.clicked.connect(lambda: self._go(N_STAGES - 1))
        self.before.clicked.connect(lambda: self._walk(-1))
        self.after.clicked.connect(lambda: self._walk(1))
        session.learned.connect(self._show)
        session.begun_changed.connect(self._show)
        model.selection_changed.connect(self._show)
        model.encoding_changed.connect(self._show)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._go(N_STAGES - 1)
        self._show()

    def _on_theme_changed(self) -> None:
        self.strip.set_colors(self._theme.palette)

    def _go(self, stage: int) -> None:
        self.strip.set_stage(stage)
        stage = self.strip.stage
        self.words.setText(f"{stage + 1} of {N_STAGES}")
        self.first.setEnabled(stage > 0)
        self.back.setEnabled(stage > 0)
        self.on.setEnabled(stage < N_STAGES - 1)
        self.all.setEnabled(stage < N_STAGES - 1)

    def _walk(self, by: int) -> None:
        """Select the token before or after."""
        text, place = self._model.text, self._place()
        if text.n_tokens:
            self._model.select_token(min(max((place or 0) + by, 0), text.n_tokens - 1))

    def _place(self) -> int | None:
        place = self._model.selection.place
        return place if place is not None and 0 <= place < self._model.text.n_tokens else None

    # -- the prediction ------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.isVisible():
            return
        found = self.prediction()
        if isinstance(found, str):
            self.strip.set_prediction(None, found)
        else:
            self.strip.set_prediction(found)

    def showEvent(self, _event: object) -> None:
        self._show()

    def prediction(self) -> Prediction | str:
        """What the strip shows, or a sentence where there is nothing to show."""
        session, model = self._session, self._model
        table, place, text = session.table, self._place(), model.text
        if table is None:
            return "Learn from the open text first: then any token of it can be looked up."
        if session.tokenizer is not model.tokenizer:
            return "The language model was learned with another tokenizer; choose that one again."
        if place is None:
            place = 0  # nothing is picked yet
        if place + 1 >= text.n_tokens:
            return "Nothing comes after the last token; pick another one in the text."
        tokens = [int(text.token(i).ids[0]) for i in (place, place + 1)]
        row, target = (int(found) for found in table.rows_of(tokens))
        if row < 0 or target < 0:
            lost = tokens[0] if row < 0 else tokens[1]
            return f"{self._label(lost)} has no row in this language model: learn anew."
        return self._described(table, place, look_up(table, row, target))

    def _described(self, table: BigramTable, place: int, found: LookUp) -> Prediction:
        errors = found.probabilities.copy()
        errors[found.target] -= 1
        rows = found.likeliest(_BARS).tolist()
        if found.target not in rows:
            rows.append(found.target)
        bars = [
            Bar(
                self._label(table.id_of(row)),
                float(found.logits[row]),
                float(found.probabilities[row]),
                float(errors[row]),
                row == found.target,
            )
            for row in rows
        ]
        return Prediction(
            before=self._around(place - _AROUND, place),
            label=self._label(table.id_of(found.row)),
            after=self._around(place + 1, place + 1 + _AROUND),
            id=table.id_of(found.row),
            row=found.row,
            n_rows=table.n_rows,
            values=table.rows[found.row],
            with_output=table.kind.has_output_layer,
            bars=bars,
            target=self._label(table.id_of(found.target)),
            probability=float(found.probabilities[found.target]),
            rank=int(np.count_nonzero(found.probabilities > found.probabilities[found.target])),
            loss=found.loss,
            n_updates=None if table.n_updates is None else int(table.n_updates[found.row]),
        )

    def _around(self, start: int, end: int) -> str:
        text = self._model.text
        places = range(max(start, 0), min(end, text.n_tokens))
        return "".join(self._label(int(text.token(i).ids[0])) for i in places)

    def _label(self, token_id: int) -> str:
        return visible(self._model.tokenizer.token_bytes(token_id))
