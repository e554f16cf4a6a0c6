"""The map panel: what it shows of a table, and what one can do to it."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from tests.embedding.tables import random_table
from tests.gui.mapping import NewModel, click, mapped, open_panel, place_of, settled
from tests.gui.replaying import Start
from tokviz.embedding import table
from tokviz.embedding.projections.pca import principal_components
from tokviz.gui.panels.map.embedding_panel import EmbeddingPanel
from tokviz.gui.widgets.map.projection_settings import ProjectionSettings
from tokviz.gui.widgets.map.scatter_pointer import Tool
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.tokenization.tokenizer import bytes_tokenizer, characters_tokenizer


def test_the_map_begins_with_principal_components(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    table = panel._model.table
    assert table is not None
    expected = principal_components(table).project(table)
    assert np.allclose(panel._model.points, expected, atol=1e-4)
    assert panel.area.words.text() == "These two axes hold 100 % of the variation."
    assert panel.area.hint.text().startswith("256 rows of 8 numbers")


def test_every_measure_stands_beside_its_control(qtbot: QtBot, new_model: NewModel) -> None:
    words = mapped(qtbot, new_model).area.strip.words
    assert [cell.split(" ")[0] for cell in words] == ["recall@10", "trustworthiness", "variance"]
    assert all(re.fullmatch(r"\S+ [\d.]+ % \([\d.-]+ %\)", cell) for cell in words)


def opened(qtbot: QtBot, panel: EmbeddingPanel) -> ProjectionSettings:
    """The projection's settings, opened by their button."""
    qtbot.mouseClick(panel.area.bar.button, Qt.MouseButton.LeftButton)
    assert panel.area.settings.isVisible()
    return panel.area.settings


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_a_list_opened_in_the_settings_leaves_them_open(qtbot: QtBot, new_model: NewModel) -> None:
    settings = opened(qtbot, mapped(qtbot, new_model))
    projection = settings.projection
    qtbot.mouseClick(projection, Qt.MouseButton.LeftButton)
    lines = projection.view()
    qtbot.waitUntil(lines.isVisible)
    qtbot.wait(50)  # the focus comes to the list a turn later on some platforms
    assert settings.isVisible()
    place = lines.visualRect(lines.model().index(1, 0)).center()
    qtbot.mouseMove(lines.viewport(), place)
    qtbot.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: settings.choice.projection == "tsne")
    assert settings.isVisible()


def test_other_components_may_be_chosen(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    before = panel._model.points
    opened(qtbot, panel).upward.setFocus()
    qtbot.keyClick(panel.area.settings.upward, Qt.Key.Key_Up)
    assert panel.area.bar.button.text() == "Components 1, 3 ▾"
    assert "unknown" in panel.area.strip.words[0]
    settled(qtbot, panel)
    assert panel.area.settings.choice.components == (1, 3)
    points = panel._model.points
    assert points is not None
    assert before is not None
    assert np.allclose(points[:, 0], before[:, 0], atol=1e-4)
    assert not np.allclose(points[:, 1], before[:, 1], atol=1e-4)


def test_a_switch_says_what_it_changed(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    qtbot.mouseClick(opened(qtbot, panel).unit_length, Qt.MouseButton.LeftButton)
    settled(qtbot, panel)
    assert "now each is 1." in panel.area.words.text()


def test_an_axis_goes_from_token_to_token(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    settings = opened(qtbot, panel)
    settings.set_projection("axes")
    assert panel.area.words.text().startswith("Type two tokens")
    for field, letter in zip(settings.ends[:2], "ac", strict=True):
        field.setFocus()
        qtbot.keyClicks(field, letter)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    settled(qtbot, panel)
    points = panel._model.points
    assert points is not None
    assert points[[97, 99], 0] == pytest.approx([0, 1], abs=1e-4)


def test_an_axis_may_be_taken_from_the_selection(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    settings = opened(qtbot, panel)
    settings.set_projection("axes")
    qtbot.mouseClick(settings.from_selection, Qt.MouseButton.LeftButton)
    assert panel.area.words.text().startswith("0 tokens are selected")
    panel._model.select([32, 120])
    qtbot.mouseClick(settings.from_selection, Qt.MouseButton.LeftButton)
    settled(qtbot, panel)
    assert panel.area.settings.choice.axes == (("·", "x"),)
    assert panel._model.points is not None
    assert panel._model.points[[32, 120], 0] == pytest.approx([0, 1], abs=1e-4)


def test_a_text_that_is_no_token_is_told(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    panel.area.settings.set_projection("axes")
    before = panel._model.points
    panel.area.settings.set_axis("ab", "c")
    assert panel.area.words.text() == "“ab” is no token with a row in small; take another one."
    assert panel._model.points is before


def test_tsne_moves_pauses_and_stops(qtbot: QtBot, new_model: NewModel, home: Path) -> None:
    panel = mapped(qtbot, new_model)
    bar, runner = panel.area.bar, panel.runner
    seen: list[str] = []
    runner.laid_out.connect(lambda layout: seen.append(layout.note))
    bar.settings.set_projection("tsne")
    qtbot.waitUntil(lambda: any("Iteration" in note for note in seen), timeout=30_000)
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    assert runner.is_paused
    assert bar.pause.text() == "Resume"
    qtbot.wait(150)
    still = len(seen)
    qtbot.wait(150)
    assert len(seen) == still
    qtbot.waitUntil(lambda: "(" in panel.area.strip.words[0], timeout=10_000)
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    assert "unknown" in panel.area.strip.words[0]
    qtbot.waitUntil(lambda: len(seen) > still, timeout=10_000)
    qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    assert not runner.is_running
    assert panel._model.points is not None
    assert not bar.stop.isVisible()


# -- linked with the text ----------------------------------------------------------------------


def test_a_click_selects_the_token(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    click(qtbot, panel, 99)
    assert panel._model.selection.ids == (99,)


def test_the_mouse_over_a_point_shows_its_card_and_lights_its_token(
    qtbot: QtBot, new_model: NewModel
) -> None:
    panel = mapped(qtbot, new_model)
    qtbot.mouseMove(panel.area.view, place_of(panel, 98))
    assert panel._model.hovered == 98
    assert panel.area.card.isVisible()
    assert panel.area.card.lines[:3] == ["b", "id 98 · no merge · 2 in the text", "62"]


def test_a_lasso_marks_every_occurrence_with_counts(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model, "zzz")
    view = panel.area.view
    qtbot.mouseClick(panel.area.tools.button_of(Tool.RECTANGLE), Qt.MouseButton.LeftButton)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    corner = QPoint(view.width() - 2, view.height() - 2)
    qtbot.mouseMove(view, corner)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=corner)
    assert panel._model.selection.ids == tuple(range(256))
    assert panel._frame.note == "256 tokens selected, 1 of them in the text, 3 times"


def test_escape_takes_the_selection_back(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    click(qtbot, panel, 99)
    qtbot.keyClick(panel.area.view, Qt.Key.Key_Escape)
    assert panel._model.selection.ids == ()


def test_a_table_mostly_of_padding_is_asked_about(qtbot: QtBot, new_model: NewModel) -> None:
    model = new_model(characters_tokenizer("abc"))
    model.set_table(random_table(7, 4))
    panel = open_panel(qtbot, model)
    settled(qtbot, panel)
    words = panel.area.words.text()
    assert words.endswith("variation. 4 rows have no token: is it another tokenizer's table?")


def test_padding_rows_are_shown_but_never_selected(qtbot: QtBot, new_model: NewModel) -> None:
    model = new_model(characters_tokenizer("abc"))
    model.set_text("abc")
    model.set_table(random_table(6, 4))
    panel = open_panel(qtbot, model)
    settled(qtbot, panel)
    assert "3 padding, beyond the vocabulary" in panel.area.hint.text()
    assert "another tokenizer" not in panel.area.words.text()
    click(qtbot, panel, 5)
    assert model.selection.ids == ()
    qtbot.mouseMove(panel.area.view, place_of(panel, 5))
    assert model.hovered is None
    assert panel.area.card.lines[0] == "row 5"


def test_colours_follow_the_choice_and_the_text(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model, "aab")
    colors = panel.area.tools.colors
    colors.setCurrentIndex(colors.findData("count in the text"))
    qtbot.waitUntil(lambda: panel.coloring.values is not None)
    qtbot.waitUntil(lambda: getattr(panel.coloring.values, "title", "") == "count in the text")
    values = panel.coloring.values.values  # type: ignore[union-attr]
    assert (values[97], values[98]) == (2, 1)
    assert np.isnan(values[99])
    panel._model.edit_text(0, 0, "c")
    qtbot.waitUntil(lambda: panel.coloring.values.values[99] == 1)  # type: ignore[union-attr]


@pytest.mark.parametrize("is_large", [False, True])
def test_the_colour_may_be_the_cosine_with_the_token_under_the_mouse(
    qtbot: QtBot, new_model: NewModel, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    if is_large:
        monkeypatch.setattr(table, "LARGE", 1)
    panel = mapped(qtbot, new_model)
    colors = panel.area.tools.colors
    about = panel.area.hint.text()
    colors.setCurrentIndex(colors.findData("cosine with the token"))
    assert panel.area.hint.text() == "Point at a token, or select one."
    panel._model.hover(101)
    qtbot.waitUntil(lambda: getattr(panel.coloring.values, "title", "") == "cosine")
    assert panel.coloring.values.values[101] == pytest.approx(1)  # type: ignore[union-attr]
    assert panel.area.hint.text() == about
    colors.setCurrentIndex(colors.findData("neighbours lost"))
    assert panel.area.hint.text().startswith("Finding the true neighbours")
    qtbot.waitUntil(lambda: "neighbours lost" in getattr(panel.coloring.values, "title", ""))
    assert panel.area.hint.text() == about


def test_a_category_of_the_legend_is_shown_alone(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    colors = panel.area.tools.colors
    colors.setCurrentIndex(colors.findData("script"))
    qtbot.waitUntil(lambda: getattr(panel.coloring.values, "title", "") == "script")
    buttons = panel.area.legend.findChildren(QToolButton)
    (digits,) = [button for button in buttons if "digits" in button.text()]
    number = [button.text() for button in buttons].index(digits.text())
    assert panel.coloring.rows_of(number).tolist() == list(range(48, 58))
    qtbot.mouseClick(digits, Qt.MouseButton.LeftButton)
    assert panel.area.legend.picked_category == number


# -- without a table, and another one ----------------------------------------------------------


def test_in_density_the_legend_tells_of_density(qtbot: QtBot, new_model: NewModel) -> None:
    area = mapped(qtbot, new_model).area
    qtbot.waitUntil(area.legend.isVisible)
    qtbot.mouseClick(area.tools.density, Qt.MouseButton.LeftButton)
    assert area.density_legend.isVisible()
    assert "densest" in area.density_legend.accessibleDescription()
    assert not area.legend.isVisible()
    assert not area.tools.colors.isVisible()
    qtbot.mouseClick(area.tools.density, Qt.MouseButton.LeftButton)
    assert area.legend.isVisible()
    assert area.tools.colors.isVisible()
    assert not area.density_legend.isVisible()


def buttons_of(panel: EmbeddingPanel) -> dict[str, QPushButton]:
    return {button.text(): button for button in panel.message.findChildren(QPushButton)}


def test_without_a_table_the_panel_says_what_one_can_do(qtbot: QtBot, new_model: NewModel) -> None:
    panel = open_panel(qtbot, new_model(bytes_tokenizer()))
    assert not panel.export_button.isEnabled()
    buttons = buttons_of(panel)
    assert list(buttons) == [
        "Open an embedding table …",
        "Open table and tokenizer from a model's folder …",
        "Train a bigram model on this text",
        "Switch to GPT-2",
        "Switch to SmolLM2-135M",
    ]
    with qtbot.waitSignal(panel.tokenizer_requested) as asked:
        qtbot.mouseClick(buttons["Switch to SmolLM2-135M"], Qt.MouseButton.LeftButton)
    assert asked.args == ["smollm2"]


def test_without_a_table_the_map_leads_to_the_language_model(start: Start, qtbot: QtBot) -> None:
    session = start("bytes")
    session.window.modes.picked.emit(Mode.MAP)
    panel = session.window.docks.panel("map")
    assert isinstance(panel, EmbeddingPanel)
    train = buttons_of(panel)["Train a bigram model on this text"]
    qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    assert session.window.modes.mode is Mode.LEARN


def test_another_tokenizer_puts_the_map_aside(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    model, points = panel._model, panel._model.points
    model.set_tokenizer(characters_tokenizer("abcab"))
    assert panel.message.isVisible()
    assert model.points is None
    model.set_tokenizer(bytes_tokenizer())
    settled(qtbot, panel)
    assert points is not None
    assert model.points is not None
    assert np.allclose(model.points, points)


def test_a_table_that_learns_moves_and_does_not_jump(qtbot: QtBot, new_model: NewModel) -> None:
    panel = mapped(qtbot, new_model)
    model, before = panel._model, panel._model.points
    assert model.table is not None
    assert before is not None
    rows = -model.table.rows + np.float32(0.001)  # the components of this one point elsewhere
    model.set_table(type(model.table).of_array("small", rows))
    qtbot.waitUntil(lambda: model.points is not None, timeout=10_000)
    assert model.points is not None
    assert np.abs(model.points - before).max() < 0.5


def test_a_table_that_changes_faster_than_maps_come_is_mapped_and_coloured(
    qtbot: QtBot, new_model: NewModel
) -> None:
    panel = mapped(qtbot, new_model)
    panel.coloring.color_by("leading space")
    maps: list[object] = []
    panel.runner.laid_out.connect(maps.append)
    for seed in range(60):  # each comes before the map of the last could have been taken over
        panel._model.set_table(random_table(256, 8, seed))
        qtbot.wait(5)
    assert maps
    settled(qtbot, panel)
    assert panel._shown is panel._model.token_table
    assert set(np.unique(panel.area.view._scene.points._colors).tolist()) != {0xFF808080}


def test_a_table_that_learns_is_not_laid_out_by_tsne_again_and_again(
    qtbot: QtBot, new_model: NewModel, home: Path
) -> None:
    panel = mapped(qtbot, new_model)
    model = panel._model
    panel._rested.setInterval(600_000)
    panel.area.settings.set_projection("tsne")
    assert model.table is not None
    later = type(model.table).of_array("small", model.table.rows * np.float32(1.01))
    model.set_table(later)
    qtbot.waitUntil(lambda: model.points is not None, timeout=10_000)
    settled(qtbot, panel)
    assert model.points is not None
    expected = principal_components(later).project(later)
    assert np.abs(model.points - expected).max() < 0.5
    assert panel.area.words.text().endswith("are shown in t-SNE's place.")
    panel._rested.timeout.emit()
    qtbot.waitUntil(lambda: panel.area.words.text().startswith("Iteration"), timeout=30_000)


def test_a_dropped_table_is_opened(qtbot: QtBot, new_model: NewModel, tmp_path: Path) -> None:
    path = tmp_path / "rows.npy"
    np.save(path, random_table(256, 5).rows)
    model = new_model(bytes_tokenizer())
    panel = open_panel(qtbot, model)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, place = Qt.DropAction.CopyAction, QPoint(50, 50)
    for event in (
        QDragEnterEvent(place, copy, data, left, keys),
        QDropEvent(QPointF(place), copy, data, left, keys),
    ):
        QApplication.sendEvent(panel, event)
        assert event.isAccepted()
    qtbot.waitUntil(lambda: model.table is not None, timeout=10_000)
    settled(qtbot, panel)
    assert model.table is not None
    assert (model.table.n_rows, model.table.dim) == (256, 5)


def test_a_table_that_does_not_fit_changes_nothing(
    qtbot: QtBot, new_model: NewModel, tmp_path: Path
) -> None:
    path = tmp_path / "few.npy"
    np.save(path, random_table(200, 5).rows)
    panel = mapped(qtbot, new_model)
    model = panel._model
    table, points = model.table, model.points
    with qtbot.waitSignal(panel.problem, timeout=10_000) as told:
        panel.opening.open(str(path))
    assert "200 rows for 256 ordinary tokens" in told.args[0]
    assert model.table is table
    assert model.points is points


# -- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["png", "svg", "csv", "npy", "parquet"])
def test_the_map_is_saved(
    qtbot: QtBot,
    new_model: NewModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    panel = mapped(qtbot, new_model)
    path = tmp_path / f"map.{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    menu = panel.export_button.menu()
    actions = {"csv": "Coordinates with ids and tokens (CSV) …", "svg": "Picture (SVG) …"}
    actions["parquet"] = "Coordinates with ids and tokens (parquet) …"
    actions |= {"npy": "Coordinates with ids (numpy) …", "png": "Picture (PNG) …"}
    (action,) = [a for a in menu.actions() if a.text() == actions[suffix]]
    action.trigger()
    qtbot.waitUntil(path.exists, timeout=10_000)
    if suffix == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == ["id", "token", "bytes", "x", "y"]
        assert rows[98][:3] == ["97", "a", "61"]
        assert float(rows[98][3]) == pytest.approx(panel._model.points[97, 0])  # type: ignore[index]
    elif suffix == "npy":
        assert np.load(path)["id"].tolist() == list(range(256))
    else:
        start = {"png": b"\x89PNG", "svg": b"<?xml", "parquet": b"PAR1"}[suffix]
        assert path.read_bytes().startswith(start)
