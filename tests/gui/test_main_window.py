"""The window as a person uses it: keys, clicks, paste, drops and menus."""

import builtins
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QStyleHints,
)
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMenu,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tokviz import resources
from tokviz.catalog import load_tokenizer
from tokviz.gui import app as app_module
from tokviz.gui.app import Session
from tokviz.gui.palette import DARK, LIGHT
from tokviz.gui.settings import load_session_text
from tokviz.resources import resource_path
from tokviz.tokenization.tokenizer import Special, Tokenizer

Start = Callable[..., Session]
Left = Qt.MouseButton.LeftButton
Alt = Qt.KeyboardModifier.AltModifier
Control = Qt.KeyboardModifier.ControlModifier


def _text(session: Session) -> str:
    return str(session.model.text)


def _set(session: Session, text: str) -> None:
    """Type a text over what is there, as the view would from a paste."""
    view = session.window.text_panel.view
    view.select_all()
    view.insert_text(text)
    QApplication.processEvents()


def _menu_action(session: Session, *path: str) -> QAction:
    """An action by the titles that lead to it, without their & signs."""
    actions = session.window.menuBar().actions()
    action: QAction | None = None
    for title in path:
        action = next(a for a in actions if a.text().replace("&", "") == title)
        menu = action.menu()
        if isinstance(menu, QMenu):
            menu.aboutToShow.emit()
            actions = menu.actions()
            menu.aboutToHide.emit()
    assert action is not None
    return action


def _click_token(qtbot: QtBot, session: Session, index: int) -> None:
    view = session.window.text_panel.view
    rect = next(rect for i, rect, _ in view.token_rects() if i == index)
    qtbot.mouseClick(view.viewport(), Left, pos=rect.center().toPoint())


def _labels(widget: QWidget) -> list[str]:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]


def _card(session: Session) -> str:
    """All that the token card says, once it follows the selection."""
    card = session.window.card
    QApplication.processEvents()
    return "\n".join(_labels(card))


def _chips(session: Session) -> list[QPushButton]:
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [b for b in session.window.card.findChildren(QPushButton) if b.objectName() == "chip"]


def _status(session: Session) -> str:
    """The status bar's counts as plain text."""
    rich = " ".join(_labels(session.window.status))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", rich).replace("&nbsp;", " ")).strip()


def _badge(session: Session) -> QToolButton:
    return session.window.status.findChildren(QToolButton)[0]


def _until_checked(qtbot: QtBot, session: Session) -> str:
    qtbot.waitUntil(lambda: "…" not in _badge(session).text(), timeout=10_000)
    return _badge(session).text()


def _button(parent: QWidget, text: str) -> QToolButton:
    return next(b for b in parent.findChildren(QToolButton) if b.text() == text)


# -- typing, pasting, dropping -----------------------------------------------------------------


def test_the_window_opens_with_the_sample_and_gpt2s_tokens(start: Start, gpt2: Tokenizer) -> None:
    session = start()
    sample = resource_path("texts/sample.txt").read_bytes().decode()
    assert _text(session) == sample
    assert session.model.text.ids().tolist() == gpt2.encode(sample).ids.tolist()
    assert session.window.windowTitle() == "Untitled[*] – tokviz"
    assert session.window.text_panel.view.hasFocus()
    assert not session.window.notices.isVisible()


def test_typing_changes_the_text_its_tokens_and_the_title(
    start: Start, qtbot: QtBot, gpt2: Tokenizer
) -> None:
    session = start()
    view = session.window.text_panel.view
    _set(session, "")
    qtbot.keyClicks(view, "Hello world")
    for character in "é🚀":
        QApplication.sendEvent(
            view,
            QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character),
        )
    assert _text(session) == "Hello worldé🚀"
    assert session.model.text.ids().tolist() == gpt2.encode("Hello worldé🚀").ids.tolist()
    assert session.window.isWindowModified()


def test_pasted_rich_text_is_taken_as_plain_text(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "")
    data = QMimeData()
    data.setHtml("<b>rich</b> <script>x</script>")
    data.setText("<b>plain</b>\r\nand\u00a0exact")
    QGuiApplication.clipboard().setMimeData(data)
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_V, Control)
    assert _text(session) == "<b>plain</b>\r\nand\u00a0exact"
    _menu_action(session, "Edit", "Paste").trigger()
    assert _text(session).count("plain") == 2


def test_a_picture_on_the_clipboard_is_not_pasted(start: Start, qtbot: QtBot) -> None:
    session = start()
    before = _text(session)
    data = QMimeData()
    data.setImageData(session.window.grab().toImage())
    QGuiApplication.clipboard().setMimeData(data)
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_V, Control)
    assert _text(session) == before
    assert not session.window.isWindowModified()


def _drop(session: Session, data: QMimeData) -> None:
    view = session.window.text_panel.view
    at = view.viewport().rect().center()
    for event in (
        QDragEnterEvent(at, Qt.DropAction.CopyAction, data, Left, Qt.KeyboardModifier.NoModifier),
        QDropEvent(
            QPointF(at), Qt.DropAction.CopyAction, data, Left, Qt.KeyboardModifier.NoModifier
        ),
    ):
        QApplication.sendEvent(view.viewport(), event)
        assert event.isAccepted()


def test_a_dropped_file_is_opened(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a b&c.txt"
    path.write_bytes(b"dropped\r\n")
    session = start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    with qtbot.waitSignal(session.window.document.opened):
        _drop(session, data)
    assert _text(session) == "dropped\r\n"
    assert session.window.windowTitle() == "a b&c.txt[*] – tokviz"


def test_of_many_dropped_files_one_is_opened_and_the_rest_is_told(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text(path.name)
    session = start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    with qtbot.waitSignal(session.window.document.opened):
        _drop(session, data)
    assert _text(session) == "a"
    assert "Of 3 files only" in session.window.notices.problem


def test_a_dropped_folder_is_told(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    session = start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    with qtbot.waitSignal(session.window.tokenizers.problem):
        _drop(session, data)
    assert f"{tmp_path} holds no tokenizer" in session.window.notices.problem
    qtbot.mouseClick(_button(session.window.notices, "✕"), Left)
    assert not session.window.notices.isVisible()


def test_dropped_rich_text_is_taken_as_plain_text(start: Start) -> None:
    session = start()
    _set(session, "")
    data = QMimeData()
    data.setHtml("<i>rich</i>")
    data.setText("plain\r\n")
    _drop(session, data)
    assert _text(session) == "plain\r\n"


# -- files and sessions ------------------------------------------------------------------------


def test_recent_files_are_listed_newest_first_and_open(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    names = ["one.txt", "two & three.txt"]
    for name in names:
        (tmp_path / name).write_text(name)
    session = start()
    assert _menu_action(session, "File", "Open recent", "No files yet").isEnabled() is False
    for name in names:
        with qtbot.waitSignal(session.window.document.opened):
            session.window.document.open(str(tmp_path / name))
    menu = _menu_action(session, "File", "Open recent").menu()
    assert isinstance(menu, QMenu)
    assert [action.text().replace("&&", "&") for action in menu.actions()] == [
        str(tmp_path / name) for name in reversed(names)
    ]
    with qtbot.waitSignal(session.window.document.opened):
        menu.actions()[1].trigger()
    assert _text(session) == "one.txt"
    (tmp_path / names[1]).unlink()
    _menu_action(session, "File", "Open recent")
    menu.actions()[1].trigger()
    assert "there is no such file" in session.window.notices.problem
    assert _text(session) == "one.txt"


def test_the_session_is_restored(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    text = "\ufeffmine\r\n\x00 \ud800 é"
    session = start()
    window = session.window
    _set(session, text)
    _menu_action(session, "Tokenizer", "Bytes").trigger()
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "bytes")
    _menu_action(session, "View", "Theme", "Dark theme").trigger()
    _menu_action(session, "View", "Zoom in").trigger()
    _menu_action(session, "View", "Panels", "Token card").trigger()
    _button(window.text_panel, "wrap").click()
    _button(window.text_panel, "invisibles").click()
    window.resize(900, 640)
    QApplication.processEvents()
    again = start()
    assert _text(again) == text
    assert again.model.tokenizer.name == "bytes"
    assert again.theme.palette is DARK
    assert _menu_action(again, "View", "Theme", "Dark theme").isChecked()
    assert again.window.text_panel.view.zoom == 14
    assert not _button(again.window.text_panel, "wrap").isChecked()
    assert not _button(again.window.text_panel, "invisibles").isChecked()
    docks = {dock.windowTitle(): dock for dock in again.window.findChildren(QDockWidget)}
    assert docks["Token card"].isHidden()
    assert again.window.isWindowModified()


def test_the_session_is_kept_now_and_then_while_one_types(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "_AUTOSAVE_MS", 300)
    session = start()
    _set(session, "")
    typed = ""
    while load_session_text() in (None, "") and len(typed) < 200:
        qtbot.keyClicks(session.window.text_panel.view, "x")  # never a pause of 300 ms
        typed += "x"
        qtbot.wait(20)
    assert load_session_text() in [typed[:n] for n in range(1, len(typed) + 1)]


def test_a_session_that_cannot_be_kept_is_told_once(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "_AUTOSAVE_MS", 30)
    session = start()
    (tmp_path / "file").write_text("no folder")
    for name in ("CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "file"))
    qtbot.keyClicks(session.window.text_panel.view, "x")
    qtbot.waitUntil(lambda: "cannot be written" in session.window.notices.problem)
    session.window.notices.close_problem()
    qtbot.keyClicks(session.window.text_panel.view, "y")
    qtbot.wait(200)
    assert session.window.notices.problem == ""
    assert _text(session).startswith("xy")


@pytest.mark.parametrize("damage", ["text", "vocabulary", "both"])
def test_a_damaged_resource_is_told_and_the_window_still_opens(
    damage: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = {
        "text": ("texts/sample.txt",),
        "vocabulary": ("tokenizers/gpt2_vocab.bpe",),
        "both": ("texts/sample.txt", "tokenizers/gpt2_vocab.bpe"),
    }[damage]
    entries = {name: {**entry} for name, entry in resources.manifest().items()}
    for name in damaged:
        entries[name]["sha256"] = "0" * 64
    monkeypatch.setattr(resources, "manifest", lambda: entries)
    monkeypatch.setattr("tokviz.gui.app.load_tokenizer", load_tokenizer)  # not the fixture's
    session = start()
    assert session.window.isVisible()
    for name in damaged:
        assert f"{name} was changed: its sha256 is" in session.window.notices.problem
    assert session.model.tokenizer.name == ("gpt2" if damage == "text" else "bytes")
    assert (_text(session) == "") == (damage != "vocabulary")


def test_an_unknown_tokenizer_in_the_settings_is_told(start: Start) -> None:
    session = start()
    session.settings.tokenizer = "gone"
    again = start()
    assert again.model.tokenizer.name == "gpt2"
    assert again.window.notices.problem == "There is no tokenizer named 'gone'; GPT-2 is used."


# -- theme -------------------------------------------------------------------------------------


def _shown_colors(session: Session) -> set[str]:
    QApplication.processEvents()
    image = session.window.text_panel.view.viewport().grab().toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 7)
        for y in range(0, image.height(), 5)
    }


def test_the_theme_is_switched_live_and_recolours_everything(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    scheme = Qt.ColorScheme.Unknown
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda _self: scheme)

    def check(dark: bool) -> None:
        used, unused = (DARK, LIGHT) if dark else (LIGHT, DARK)
        colors = _shown_colors(session)
        assert used.panel.name() in colors
        assert {color.name() for color in used.tokens} & colors
        assert not {color.name() for color in unused.tokens} & colors
        assert app.palette().window().color() == used.window
        labels = " ".join(_labels(session.window.status))
        assert used.muted.name() in labels

    check(dark=False)
    _menu_action(session, "View", "Theme", "Dark theme").trigger()
    check(dark=True)
    _menu_action(session, "View", "Theme", "Light theme").trigger()
    check(dark=False)
    scheme = Qt.ColorScheme.Dark
    app.styleHints().colorSchemeChanged.emit(scheme)
    check(dark=False)  # the desktop's wish does not count while the user has one
    _menu_action(session, "View", "Theme", "System theme").trigger()
    check(dark=True)
    scheme = Qt.ColorScheme.Light
    app.styleHints().colorSchemeChanged.emit(scheme)
    check(dark=False)
    checked = [
        m
        for m in ("System", "Light", "Dark")
        if _menu_action(session, "View", "Theme", f"{m} theme").isChecked()
    ]
    assert checked == ["System"]


# -- the tokenizer -----------------------------------------------------------------------------


def test_the_tokenizer_is_chosen_from_the_menu(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "Hello =\x04= 你")
    for title, name in (
        ("SmolLM2-135M", "smollm2"),
        ("Characters", "characters"),
        ("Bytes", "bytes"),
        ("GPT-2", "gpt2"),
    ):
        _menu_action(session, "Tokenizer", title).trigger()
        qtbot.waitUntil(lambda name=name: session.model.tokenizer.name == name, timeout=10_000)
        assert _text(session) == "Hello =\x04= 你"
        expected = session.model.tokenizer.encode(_text(session)).ids.tolist()
        assert session.model.text.ids().tolist() == expected
        button = session.window.chooser.findChildren(QToolButton)[0]
        assert title in button.text()
        assert f"{session.model.tokenizer.n_vocab:,}" in button.text()
        assert _menu_action(session, "Tokenizer", title).isChecked()
        rebuild = _button(session.window.chooser, "Rebuild")
        assert rebuild.isVisible() == (name == "characters")


def test_a_long_name_leaves_the_modes_their_room(start: Start, gpt2: Tokenizer) -> None:
    session = start()
    session.window.resize(1000, 700)
    session.model.set_tokenizer(replace(gpt2, name="tokenizer & <b>file</b> " * 10))
    QApplication.processEvents()
    assert session.window.width() == 1000
    modes = session.window.modes
    assert modes.isVisible()
    assert modes.mapTo(session.window, modes.rect().topRight()).x() < 1000


def test_the_vocabulary_of_characters_grows_and_is_rebuilt(start: Start, qtbot: QtBot) -> None:
    session = start("characters")
    _set(session, "bd")
    _button(session.window.chooser, "Rebuild").click()
    qtbot.waitUntil(lambda: session.model.tokenizer.n_vocab == 2)
    qtbot.keyClicks(session.window.text_panel.view, "ac")
    assert session.model.text.ids().tolist() == [0, 1, 2, 3]
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_Z, Control)
    assert session.model.tokenizer.n_vocab == 4
    qtbot.keyClicks(session.window.text_panel.view, "a")
    _button(session.window.chooser, "Rebuild").click()
    qtbot.waitUntil(lambda: session.model.tokenizer.n_vocab == 3)
    assert session.model.text.ids().tolist() == [1, 2, 0]


def test_a_tokenizer_that_cannot_be_loaded_is_told_and_the_old_one_stays(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = {name: {**entry} for name, entry in resources.manifest().items()}
    entries["tables/smollm2-135m-embedding.gguf"]["sha256"] = "0" * 64
    session = start()
    monkeypatch.setattr(resources, "manifest", lambda: entries)
    chooser = "tokviz.gui.panels.tokenizer_chooser"
    monkeypatch.setattr(f"{chooser}.load_tokenizer", load_tokenizer)  # not the fixture's
    ids = session.model.text.ids().tolist()
    _menu_action(session, "Tokenizer", "SmolLM2-135M").trigger()
    qtbot.waitUntil(lambda: "was changed" in session.window.notices.problem)
    assert session.model.tokenizer.name == "gpt2"
    assert session.model.text.ids().tolist() == ids
    assert _menu_action(session, "Tokenizer", "GPT-2").isChecked()


def _edit_context(qtbot: QtBot, session: Session, typed: str) -> None:
    box = session.window.chooser.findChild(QSpinBox)
    assert box is not None
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, typed)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def test_the_context_is_edited_in_the_toolbar_and_remembered(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "one two three four five")
    assert "1,019 left of 1,024" in _status(session)
    _edit_context(qtbot, session, "3")
    assert session.model.context == 3
    assert "2 over 3" in _status(session)
    _menu_action(session, "Tokenizer", "Bytes").trigger()
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "bytes")
    assert session.model.context is None
    assert "left of" not in _status(session)
    _menu_action(session, "Tokenizer", "GPT-2").trigger()
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "gpt2")
    assert session.model.context == 3
    again = start()
    assert again.model.context == 3
    _edit_context(qtbot, again, "0")
    assert again.model.context is None


# -- the token card ----------------------------------------------------------------------------


def test_the_card_tells_everything_of_an_ordinary_token(start: Start, qtbot: QtBot) -> None:
    session = start()
    assert "Click a token" in _card(session)
    _set(session, "the end of the day")
    _click_token(qtbot, session, 3)
    card = _card(session)
    for fact in (
        "·the",
        "262",
        "20 74 68 65",
        "U+0020 SPACE",
        "U+0074 LATIN SMALL LETTER T",
        "rank 6",
        "1 of 5 in this text",
        "token 4, characters 10–14, bytes 10–14",
        "itself and the 3 tokens before it",
        "from the 3 tokens before it (up to 1,024)",
    ):
        assert fact in card, fact
    chips = {chip.text() for chip in _chips(session)}
    assert {"·t", "he", "the", "The", "·The", "·THE"} <= chips


def test_the_first_token_was_predicted_from_nothing(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "the end")
    _click_token(qtbot, session, 0)
    assert "itself only" in _card(session)
    assert "from nothing" in _card(session)


def test_the_card_knows_a_special_token(start: Start) -> None:
    session = start()
    session.model.select([50256])
    card = _card(session)
    assert "<|endoftext|>" in card
    assert "special token" in card
    assert "no merge" in card
    assert "0 of" in card


def test_a_part_of_an_emoji_names_the_character_and_the_bytes_it_holds(
    start: Start, qtbot: QtBot, gpt2: Tokenizer
) -> None:
    session = start()
    _set(session, "a🦤")
    n = session.model.text.n_tokens
    assert n == 4
    view = session.window.text_panel.view
    view.set_caret(0)
    cards = []
    for _ in range(n):
        qtbot.keyClick(view, Qt.Key.Key_Right, Alt)
        cards.append(_card(session))
    assert "bytes 1–2 of the 4 of U+1F9A4 DODO" in cards[1]
    assert "byte 3 of the 4 of U+1F9A4 DODO" in cards[2]
    assert "byte 4 of the 4 of U+1F9A4 DODO" in cards[3]
    assert "not whole characters by themselves" in cards[1]


def test_chips_select_their_token_everywhere(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "the end, The")
    _click_token(qtbot, session, 0)
    chip = next(chip for chip in _chips(session) if chip.text() == "·The")
    qtbot.mouseClick(chip, Left)
    assert session.model.selection.ids == (383,)
    assert session.model.selection.place is None
    assert "1 of 4 in this text" in _card(session)
    assert "383" in _card(session)


def test_a_token_of_markup_is_shown_as_it_is(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "<b>&amp;</b>")
    for index in range(session.model.text.n_tokens):
        session.model.select_token(index)
        data = session.model.tokenizer.token_bytes(session.model.selection.ids[0])
        assert data.decode() in _card(session).split("\n")


def test_alt_and_the_arrows_walk_the_tokens_and_update_the_card(
    start: Start, qtbot: QtBot, gpt2: Tokenizer
) -> None:
    session = start()
    _set(session, "one two three")
    view = session.window.text_panel.view
    view.set_caret(0)
    places = []
    for key in (Qt.Key.Key_Right,) * 4 + (Qt.Key.Key_Left,) * 3:
        qtbot.keyClick(view, key, Alt)
        place = session.model.selection.place
        places.append(place)
        assert f"token {(place or 0) + 1}, characters" in _card(session)
    assert places == [0, 1, 2, 2, 1, 0, 0]


def _hover(session: Session, index: int) -> None:
    """Rest the mouse on a token."""
    view = session.window.text_panel.view
    at = next(rect.center() for i, rect, _ in view.token_rects() if i == index)
    no = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        view.viewport().mapToGlobal(at),
        no,
        no,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_the_card_follows_the_keys_while_the_mouse_rests_on_a_token(
    start: Start, qtbot: QtBot
) -> None:
    session = start()
    _set(session, "one two three")
    view = session.window.text_panel.view
    _hover(session, 2)
    qtbot.waitUntil(lambda: "·three" in _card(session))
    assert session.model.selection.ids == ()
    view.set_caret(0)
    qtbot.keyClick(view, Qt.Key.Key_Right, Alt)
    assert "token 1, characters" in _card(session)
    _hover(session, 1)
    qtbot.waitUntil(lambda: "·two" in _card(session))
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: "token 1, characters" in _card(session))


def test_an_edit_updates_the_card(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "one two one")
    session.model.select_token(1)
    assert "1 of 3 in this text" in _card(session)
    view = session.window.text_panel.view
    view.set_caret(0)
    qtbot.keyClicks(view, "a two b two ")
    qtbot.waitUntil(lambda: "3 of 7 in this text" in _card(session))
    assert "token 6, characters" in _card(session)


# -- the status bar ----------------------------------------------------------------------------


def test_the_status_bar_counts_the_text(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "né 👩‍🚀\r\n")
    n_tokens = session.model.text.n_tokens
    qtbot.waitUntil(lambda: "5 graphemes" in _status(session))
    assert f"8 characters 5 graphemes 17 bytes {n_tokens} tokens" in _status(session)
    assert f"{17 / n_tokens:.2f} bytes a token" in _status(session)
    assert f"{1024 - n_tokens:,} left of 1,024" in _status(session)


def test_an_empty_text_has_nothing_to_count(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "")
    assert _until_checked(qtbot, session) == "✓ round trip"
    assert "0 characters 0 graphemes 0 bytes 0 tokens – bytes a token" in _status(session)


def test_the_status_bar_counts_the_selected_part(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "one né three")
    view = session.window.text_panel.view
    view.set_caret(3)
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    n_tokens = session.model.text.n_tokens
    n_selected = session.model.text.n_tokens_before(6) - session.model.text.n_tokens_before(3)
    expected = (
        f"Selected: 3 of 12 characters 3 graphemes 4 of 13 bytes {n_selected} of {n_tokens} tokens"
    )
    assert expected in _status(session)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert "Selected" not in _status(session)


def test_the_badge_says_that_the_text_comes_back(start: Start, qtbot: QtBot) -> None:
    session = start()
    assert _until_checked(qtbot, session) == "✓ round trip"
    qtbot.keyClicks(session.window.text_panel.view, "x")
    assert "checking" in _badge(session).text()  # never a claim about an older text
    assert _until_checked(qtbot, session) == "✓ round trip"


def test_the_badge_says_where_the_vocabulary_loses_text_and_shows_it(
    start: Start, qtbot: QtBot
) -> None:
    session = start("smollm2")
    _set(session, "fine\n" * 200 + "=\x04=")
    assert _until_checked(qtbot, session) == "✗ text lost at character 1,001"
    view = session.window.text_panel.view
    view.set_caret(0)
    qtbot.mouseClick(_badge(session), Left)
    assert view.selection() == (1001, 1002)
    assert view.viewport().rect().contains(view.caret_rect().center().toPoint())
    assert view.hasFocus()
    _set(session, "=4=")
    assert _until_checked(qtbot, session) == "✓ round trip"


def test_a_lone_surrogate_is_a_loss(start: Start, qtbot: QtBot) -> None:
    session = start()
    _set(session, "ab\ud800c")
    assert _until_checked(qtbot, session) == "✗ text lost at character 2"


# -- long texts --------------------------------------------------------------------------------


def test_ten_megabytes_open_without_a_frozen_window(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "long.txt"
    sample = resource_path("texts/sample.txt").read_bytes()
    path.write_bytes(sample * (10_000_000 // len(sample) + 1))
    session = start()
    ticks: list[int] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: ticks.append(session.model.text.n_tokens))
    with qtbot.waitSignal(session.window.document.opened, timeout=20_000):
        session.window.document.open(str(path))
    assert not session.model.text.complete
    assert session.model.text.n_encoded > 0
    assert session.window.text_panel.view.token_rects()
    assert "tokens so far" in _status(session)
    assert "left of" not in _status(session)
    assert "over" not in _status(session)
    timer.start()
    view = session.window.text_panel.view
    qtbot.waitUntil(lambda: len(set(ticks)) > 5, timeout=20_000)
    qtbot.keyClicks(view, "typed ")
    assert session.model.text.slice(0, 9) == "typed Wel"
    assert not session.model.text.complete
    qtbot.waitUntil(lambda: session.model.text.complete, timeout=40_000)
    timer.stop()
    # Events were processed all the time, with tokens coming in between.
    assert len(ticks) > 50
    assert len(set(ticks)) > 10
    assert "so far" not in _status(session)


def test_a_long_task_is_shown_and_can_be_cancelled(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "long.txt"
    path.write_text("Some words, and more. " * 1_000_000)
    session = start()
    with qtbot.waitSignal(session.window.document.opened, timeout=20_000):
        session.window.document.open(str(path))
    qtbot.waitUntil(lambda: session.window.notices.isVisible(), timeout=5000)
    assert any("Encoding with gpt2" in text for text in _labels(session.window.notices))
    qtbot.mouseClick(_button(session.window.notices, "Cancel"), Left)
    qtbot.waitUntil(lambda: not session.window.notices.isVisible())
    n_tokens = session.model.text.n_tokens
    qtbot.wait(100)
    assert session.model.text.n_tokens == n_tokens
    assert "so far" in _status(session)
    qtbot.keyClicks(session.window.text_panel.view, "x")
    assert session.model.text.slice(0, 5) == "xSome"


# -- what is not imported ----------------------------------------------------------------------


def test_the_source_of_imported_modules_is_not_read() -> None:
    """PySide's import does so, and keeps it."""
    assert builtins.__import__.__name__ != "__feature_import__"


def test_opening_the_window_imports_no_torch(home: Path) -> None:
    program = """
import sys
from PySide6.QtWidgets import QApplication
from tokviz.gui.app import Session
from tokviz.gui.settings import load_settings
app = QApplication([])
session = Session(app, load_settings())
session.window.show()
app.processEvents()
session.end()
sys.exit(1 if {"torch", "tiktoken", "tokenizers", "sentencepiece"} & set(sys.modules) else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


def test_the_switches_above_the_text_stand_in_the_view_menu_too(start: Start, qtbot: QtBot) -> None:
    session = start()
    for switch in session.window.text_panel.switches:
        action = _menu_action(session, "View", switch.text().capitalize())
        before = switch.isChecked()
        assert action.isChecked() is before
        action.trigger()
        assert switch.isChecked() is not before
        qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
        assert action.isChecked() is before


def test_the_card_of_an_arabic_token_stands_at_the_left(start: Start) -> None:
    session = start()
    session.model.set_text("العربية and more")
    session.model.select_token(0)
    told = _card(session)
    assert "\u200eالعربية  matched" in told  # a mark that sets the sentence from left to right
    QApplication.processEvents()
    title = next(w for w in session.window.card.findChildren(QLabel) if w.text() == "\u200eال")
    picture = title.grab().toImage()
    ground = picture.pixelColor(picture.width() - 1, 0)
    inked = [
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y) != ground
    ]
    assert max(inked) < picture.width() / 2


def test_what_comes_and_goes_moves_no_line_of_the_text(start: Start, qtbot: QtBot) -> None:
    session = start()
    window, view = session.window, session.window.text_panel.view
    _set(session, "one <|endoftext|> two\n" * 40)
    view.select(0, 0)

    def first_row() -> tuple[int, str]:
        QApplication.processEvents()
        return view.mapToGlobal(view.rect().topLeft()).y(), view.visible_text()[:60]

    before = first_row()
    window.notices.show_problem("A sentence that says what went wrong.")
    assert first_row() == before
    window.text_area.open_find_bar()
    assert window.text_area.find_bar.isVisible()
    assert first_row() == before
    window.text_panel.switches[-1].click()
    assert window.text_area.windows_bar.isVisible()
    assert first_row() == before
    session.model.set_special(Special.REFUSE)
    qtbot.waitUntil(window.text_area.special_notice.isVisible)
    assert first_row() == before


def test_a_notice_does_not_cover_the_line_in_which_one_types(start: Start, qtbot: QtBot) -> None:
    session = start()
    window, view = session.window, session.window.text_panel.view
    _set(session, "line\n" * 200)
    view.setFocus()
    view.select(view.source.n_chars, view.source.n_chars)
    QApplication.processEvents()
    below = view.viewport().height() - view.caret_rect().bottom()
    assert 0 <= below < view.caret_rect().height() * 2  # the last row in view
    window.notices.show_problem("A sentence that says what went wrong.")
    QApplication.processEvents()
    assert view.caret_rect().bottom() <= view.viewport().height()
