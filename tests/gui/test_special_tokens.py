"""Special tokens in the window: named in the text, underlined, encoded, refused, listed."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.tokenization.oracles import gpt2
from tokviz.gui.palette import LIGHT
from tokviz.gui.panels.inspect.special_list_panel import SpecialListPanel
from tokviz.gui.session import Session
from tokviz.gui.window.token_lists import TokenLists
from tokviz.tokenization.tokenizer import Special

Start = Callable[..., Session]
LEFT = Qt.MouseButton.LeftButton


def special_list(session: Session, qtbot: QtBot) -> SpecialListPanel:
    lists = session.window.docks.panel("lists")
    assert isinstance(lists, TokenLists)
    qtbot.waitUntil(lists.isVisible)
    bar = lists.tabs.tabBar()
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(3).center())
    assert lists.special.isVisible()
    return lists.special


def type_text(session: Session, qtbot: QtBot, text: str) -> None:
    view = session.window.text_panel.view
    view.setFocus()
    view.select_all()
    qtbot.keyClicks(view, text)


def test_a_name_becomes_a_token_as_it_is_typed_and_ends_with_the_next_key(
    start: Start, qtbot: QtBot
) -> None:
    session = start()
    panel = special_list(session, qtbot)
    qtbot.mouseClick(panel.button(Special.SPECIAL), LEFT)
    type_text(session, qtbot, "a<|endoftext|")
    assert session.model.text.first_index_of(50256) is None
    qtbot.keyClicks(session.window.text_panel.view, ">")
    assert session.model.text.ids().tolist() == [64, 50256]
    qtbot.waitUntil(lambda: panel.table.source.cell(0, 1) == "1")
    qtbot.mouseClick(panel.button(Special.TEXT), LEFT)
    words = "a<|endoftext|>"
    assert session.model.text.ids().tolist() == gpt2().encode(words, disallowed_special=())
    qtbot.mouseClick(panel.button(Special.SPECIAL), LEFT)
    assert session.model.text.ids().tolist() == [64, 50256]
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_Backspace)
    words = words[:-1]
    assert session.model.text.ids().tolist() == gpt2().encode(words, disallowed_special=())


def test_the_choice_stands_in_the_menu_and_is_kept(start: Start, qtbot: QtBot) -> None:
    session = start()
    action = session.window.special.actions[Special.SPECIAL]
    menus = {menu.text(): menu.menu() for menu in session.window.menuBar().actions()}
    assert action in menus["&Tokenizer"].actions()  # type: ignore[union-attr]
    action.trigger()
    assert session.model.special is Special.SPECIAL
    type_text(session, qtbot, "<|endoftext|>")
    again = start()
    assert again.model.special is Special.SPECIAL
    assert again.model.text.ids().tolist() == [50256]
    assert again.window.special.actions[Special.SPECIAL].isChecked()


def test_a_refused_name_is_told_with_its_place_and_a_way_there(start: Start, qtbot: QtBot) -> None:
    session = start()
    type_text(session, qtbot, "one <|endoftext|> and <|endoftext|>")
    before = session.model.text.ids().tolist()
    session.window.special.actions[Special.REFUSE].trigger()
    notice = session.window.text_area.special_notice
    qtbot.waitUntil(notice.isVisible)
    assert "<|endoftext|> at character 4 and 1 more" in notice.message.text()
    assert session.model.text.ids().tolist() == before
    qtbot.mouseClick(notice.show_button, LEFT)
    assert session.window.text_panel.view.selection() == (4, 17)
    qtbot.mouseClick(notice.show_button, LEFT)
    assert session.window.text_panel.view.selection() == (22, 35)
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "more" not in notice.message.text())
    qtbot.mouseClick(notice.text_button, LEFT)
    assert session.model.special is Special.TEXT
    assert not notice.isVisible()


def test_names_taken_for_text_are_underlined(start: Start, qtbot: QtBot) -> None:
    session = start()
    session.settings.theme = "Light"
    type_text(session, qtbot, "ab <|endoftext|> cd")
    view = session.window.text_panel.view

    def accents() -> int:
        picture = view.viewport().grab().toImage()
        wanted = LIGHT.accent.rgb()
        return sum(
            picture.pixel(x, y) == wanted
            for y in range(min(picture.height(), 60))
            for x in range(picture.width())
        )

    view.clearFocus()
    named = accents()
    session.model.set_special(Special.SPECIAL)
    assert named > accents() + 10


def test_a_row_picked_in_the_list_is_selected_in_the_text(start: Start, qtbot: QtBot) -> None:
    session = start()
    panel = special_list(session, qtbot)
    qtbot.waitUntil(lambda: panel.table.source.n_rows() == 1)
    view = panel.table.viewport()
    qtbot.mouseClick(view, LEFT, pos=QPoint(20, 8))
    assert session.model.selection.ids == (50256,)
    session.window.chooser.choose("bytes")
    qtbot.waitUntil(lambda: "no special" in panel.message.text())
