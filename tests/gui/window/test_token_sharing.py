"""Copying and saving the coloured tokens, from the menus."""

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.gui.session import Session

TEXT = "A <text> of tokenization 👩‍👩‍👧‍👦\nand a second line."


@pytest.fixture
def session(start: Start) -> Session:
    session = start()
    session.model.set_text(TEXT)
    return session


def _choose(session: Session, menu: str, inner: str, words: str) -> None:
    (top,) = [a for a in session.window.menuBar().actions() if a.text() == menu]
    (below,) = [a for a in top.menu().actions() if a.text().replace("&", "") == inner]
    found = below.menu()
    assert isinstance(found, QMenu)
    (action,) = [a for a in found.actions() if a.text().startswith(words)]
    action.trigger()


def _save(session: Session, monkeypatch: pytest.MonkeyPatch, path: Path, words: str) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    _choose(session, "&File", "Export tokens", words)


def test_the_chosen_tokens_are_copied_as_a_table(session: Session) -> None:
    session.window.text_panel.view.select(12, 24)
    _choose(session, "&Edit", "Copy tokens as", "Table (CSV)")
    rows = list(csv.DictReader(QGuiApplication.clipboard().text().splitlines()))
    assert [row["text"] for row in rows] == [" token", "ization"]


def test_a_page_is_copied_with_its_colours(session: Session) -> None:
    _choose(session, "&Edit", "Copy tokens as", "Web page")
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasHtml()
    assert data.html().count("<b ") == data.text().count("<b ") > 10


def test_a_picture_is_copied(session: Session) -> None:
    _choose(session, "&Edit", "Copy tokens as", "Picture (PNG)")
    image = QGuiApplication.clipboard().image()
    assert not image.isNull()
    assert len({image.pixel(x, 20) for x in range(0, image.width(), 3)}) > 4


@pytest.mark.parametrize("kind", ["html", "csv", "json"])
def test_all_tokens_are_saved(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"tokens.{kind}"
    words = {"html": "Web page", "csv": "Table (CSV)", "json": "Table (JSON)"}[kind]
    _save(session, monkeypatch, path, words)
    qtbot.waitUntil(path.exists)
    text, ids = path.read_text(encoding="utf-8"), session.model.text.ids().tolist()
    if kind == "json":
        assert [row["id"] for row in json.loads(text)] == ids
    elif kind == "csv":
        assert [int(row["id"]) for row in csv.DictReader(text.splitlines())] == ids
    else:
        assert text.startswith("<!doctype html>")
        assert text.count(" · ") == 2 * len(ids)


def test_pictures_are_saved_and_of_the_chosen_rows(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole, second = tmp_path / "whole.png", tmp_path / "second.png"
    _save(session, monkeypatch, whole, "Picture (PNG)")
    session.window.text_panel.view.select(TEXT.index("and a"), len(TEXT))
    _save(session, monkeypatch, second, "Picture (PNG)")
    heights = [QImage(str(path)).height() for path in (whole, second)]
    assert heights[0] == 2 * heights[1] > 0
    drawing = tmp_path / "tokens.svg"
    _save(session, monkeypatch, drawing, "Picture (SVG)")
    assert QSvgRenderer(str(drawing)).isValid()
    assert drawing.read_text(encoding="utf-8").count("<rect") > 5


def test_a_place_that_cannot_be_written_is_told(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[object] = []
    session.window.sharing.problem.connect(told.append)
    for words in ("Picture (PNG)", "Table (CSV)"):
        _save(session, monkeypatch, tmp_path / "no" / "folder.x", words)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert all("folder.x" in str(sentence) for sentence in told)
