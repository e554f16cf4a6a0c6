"""Opening embedding tables: the choice, what lies beside them, and everything that is refused."""

import json
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.embedding.tables import random_table
from tests.gui.mapping import NewModel
from tokviz.gui.files.table_opening import TableOpening
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.choice_dialog import ChoiceDialog
from tokviz.tokenization.formats.saving import files_to_write
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer

TABLE = random_table(256, 4)


@pytest.fixture
def model(new_model: NewModel) -> TokenizerModel:
    return new_model(bytes_tokenizer())


@pytest.fixture
def opening(qtbot: QtBot, model: TokenizerModel) -> TableOpening:
    window = QWidget()
    qtbot.addWidget(window)
    return TableOpening(model, window)


def safetensors(path: Path, matrices: dict[str, np.ndarray]) -> Path:  # type: ignore[type-arg]
    header, at = {}, 0
    for name, rows in matrices.items():
        end = at + rows.nbytes
        header[name] = {"dtype": "F32", "shape": list(rows.shape), "data_offsets": [at, end]}
        at = end
    data = json.dumps(header).encode()
    rest = b"".join(rows.astype("<f4").tobytes() for rows in matrices.values())
    path.write_bytes(struct.pack("<Q", len(data)) + data + rest)
    return path


def refused(qtbot: QtBot, opening: TableOpening, path: Path) -> str:
    with qtbot.waitSignal(opening.problem, timeout=20_000) as told:
        opening.open(str(path))
    sentence: str = told.args[0]
    return sentence


def test_the_one_likely_matrix_is_opened_without_a_question(
    qtbot: QtBot, opening: TableOpening, model: TokenizerModel, tmp_path: Path
) -> None:
    rows = {"model.embed_tokens.weight": TABLE.rows, "layers.0.weight": random_table(9, 9).rows}
    with qtbot.waitSignal(opening.opened, timeout=20_000):
        opening.open(str(safetensors(tmp_path / "m.safetensors", rows)))
    assert model.table is not None
    assert np.array_equal(model.table.rows, TABLE.rows)


@pytest.mark.parametrize("accepts", [True, False])
def test_several_likely_ones_are_a_choice(
    qtbot: QtBot,
    opening: TableOpening,
    model: TokenizerModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    accepts: bool,
) -> None:
    other = random_table(256, 6, seed=5)
    rows = {"model.embed_tokens.weight": TABLE.rows, "lm_head.weight": other.rows}
    shown: list[list[str]] = []

    def answer(dialog: ChoiceDialog) -> int:
        for i in range(dialog.list.topLevelItemCount()):
            item = dialog.list.topLevelItem(i)
            assert item is not None
            shown.append([item.text(column) for column in range(3)])
        dialog.list.setCurrentItem(dialog.list.topLevelItem(1))
        code = QDialog.DialogCode.Accepted if accepts else QDialog.DialogCode.Rejected
        return code.value

    monkeypatch.setattr(ChoiceDialog, "exec", lambda dialog: QDialog.DialogCode(answer(dialog)))
    opening.open(str(safetensors(tmp_path / "m.safetensors", rows)))
    qtbot.waitUntil(lambda: len(shown) == 2, timeout=20_000)
    assert shown[0] == ["model.embed_tokens.weight", "256 × 4", "F32"]
    assert shown[1] == ["lm_head.weight", "256 × 6", "F32"]
    if accepts:
        qtbot.waitUntil(lambda: model.table is not None, timeout=20_000)
        assert model.table is not None
        assert model.table.dim == 6
    else:
        qtbot.wait(100)
        assert model.table is None


def test_a_models_folder_brings_its_tokenizer_along(
    qtbot: QtBot, opening: TableOpening, model: TokenizerModel, tmp_path: Path, gpt2: Tokenizer
) -> None:
    small = gpt2.truncated(0)
    small = type(small)(small.name, small.algorithm, small.vocab[:256], split=small.split)
    for path, data in files_to_write(small, tmp_path / "tokenizer.json").items():
        path.write_bytes(data)
    rows = {"model.embed_tokens.weight": TABLE.rows}
    safetensors(tmp_path / "model.safetensors", rows)
    (tmp_path / "config.json").write_text('{"max_position_embeddings": 77}')
    with qtbot.waitSignal(opening.opened, timeout=20_000):
        opening.open(str(tmp_path))
    assert model.tokenizer.fingerprint == small.fingerprint
    assert (model.tokenizer.name, model.tokenizer.context) == (tmp_path.name, 77)
    assert model.table is not None
    assert model.table.name == tmp_path.name


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('it ran')",)


def _truncated(path: Path) -> None:
    safetensors(path.with_suffix(".safetensors"), {"embeddings": TABLE.rows})
    whole = path.with_suffix(".safetensors").read_bytes()
    path.with_suffix(".safetensors").write_bytes(whole[:-100])


def _promises(path: Path) -> None:
    path.with_suffix(".safetensors").write_bytes(struct.pack("<Q", 2**60) + b"{}")


def _impossible(path: Path) -> None:
    path.with_suffix(".gguf").write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 2**62, 2**62))


def _rows(n: int, dim: int) -> Callable[[Path], None]:
    return lambda path: np.save(path.with_suffix(".npy"), np.ones((n, dim), np.float32))


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "truncated": (_truncated, "m.safetensors"),
    "promises 2^60 bytes": (_promises, "m.safetensors"),
    "impossible counts": (_impossible, "m.gguf"),
    "would run code": (lambda p: p.with_suffix(".pt").write_bytes(pickle.dumps(_Bomb())), "m.pt"),
    "no rows": (_rows(0, 4), "no rows"),
    "one row": (_rows(1, 4), "1 rows of finite numbers"),
    "two rows": (_rows(2, 4), "2 rows for 256 ordinary tokens"),
    "no table": (lambda p: p.with_suffix(".txt").write_text("text"), "no table file known here"),
    "too few": (_rows(255, 4), "255 rows for 256 ordinary tokens"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_used_is_told_and_changes_nothing(
    qtbot: QtBot, opening: TableOpening, model: TokenizerModel, tmp_path: Path, fault: str
) -> None:
    model.set_table(TABLE)
    make, words = FAULTS[fault]
    make(tmp_path / "m")
    (path,) = tmp_path.iterdir()
    sentence = refused(qtbot, opening, path)
    assert words in sentence
    assert sentence.endswith(".")
    assert model.table is TABLE


def test_a_file_that_is_not_there_is_told(
    qtbot: QtBot, opening: TableOpening, tmp_path: Path
) -> None:
    assert "cannot be read" in refused(qtbot, opening, tmp_path / "nothing.npy")


def test_rows_with_nan_are_a_class_and_named(
    qtbot: QtBot, opening: TableOpening, model: TokenizerModel, tmp_path: Path
) -> None:
    rows = TABLE.rows.copy()
    rows[7], rows[9, 1] = np.nan, np.inf
    np.save(tmp_path / "m.npy", rows)
    with qtbot.waitSignal(opening.opened, timeout=20_000):
        opening.open(str(tmp_path / "m.npy"))
    assert model.token_table is not None
    assert "2 with a NaN or an infinity (rows 7, 9)" in model.token_table.audit()
