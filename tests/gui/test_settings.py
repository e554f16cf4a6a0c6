"""Settings and the session's text: exact when they come back, harmless when they are damaged."""

import json
import os
from pathlib import Path

import pytest

from tokviz.gui.settings import (
    Settings,
    forget_session_text,
    load_session_text,
    load_settings,
    save_session_text,
    save_settings,
    session_file,
    settings_file,
)

pytestmark = pytest.mark.usefixtures("home")


def _store(content: str | bytes) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else content.encode()
    settings_file().write_bytes(data)


def test_settings_come_back_as_they_were_saved() -> None:
    saved = Settings(
        theme="Dark",
        tokenizer="smollm2",
        contexts={"gpt2": 0, "bytes": 77},
        zoom=17.5,
        word_wrap=False,
        marks_shown=False,
        geometry="abc=",
        layouts={"Inspect": "def="},
        recent=["/a/ü & ö.txt", "/b/caf\udce9.txt"],
        file="/b/caf\udce9.txt",
        encoding="cp1252",
        modified=True,
    )
    assert save_settings(saved)
    assert load_settings() == saved


def test_without_a_file_the_settings_are_the_defaults() -> None:
    assert load_settings() == Settings()
    assert load_session_text() is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[1, 2]",
        '"text"',
        "[" * 100_000,
        b"\xff\xfe\x00",
        b"\x00" * 100,
        '{"zoom": 1e999, "theme": 5}',
    ],
)
def test_a_damaged_file_gives_the_defaults(content: str | bytes) -> None:
    _store(content)
    assert load_settings() == Settings()


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": 3},
        {"tokenizer": None},
        {"zoom": "big"},
        {"zoom": float("nan")},
        {"zoom": True},
        {"word_wrap": 1},
        {"recent": "file"},
        {"contexts": [1]},
        {"contexts": {"gpt2": -1, "bytes": True, "smollm2": 10**30}},
        {"file": ["a"]},
        {"encoding": "no such encoding"},
        {"encoding": "hex"},
        {"encoding": "utf-8\0"},
        {"from the future": 1},
    ],
)
def test_an_entry_of_the_wrong_kind_is_left_out(wrong: dict[str, object]) -> None:
    _store(json.dumps({**wrong, "mode": "kept"}))
    assert load_settings() == Settings(mode="kept")


def test_good_entries_of_a_mixed_list_stay() -> None:
    _store(json.dumps({"recent": ["/a", 3, None, "/b"], "contexts": {"gpt2": 5, "bytes": "x"}}))
    assert load_settings() == Settings(recent=["/a", "/b"], contexts={"gpt2": 5})


def test_a_whole_number_is_a_zoom_too() -> None:
    _store('{"zoom": 20}')
    assert load_settings().zoom == 20.0


def test_the_newest_of_the_recent_files_comes_first_and_only_once() -> None:
    settings = Settings()
    for i in [*range(12), 5]:
        settings.remember_file(f"/{i}")
    assert settings.recent == [f"/{i}" for i in (5, 11, 10, 9, 8, 7, 6, 4, 3, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "\ufeffBOM in front",
        "a\rb\r\nc\nd\u2028e\u2029f\x0b\x0c\x85",
        "\x00\x01\x1a\x7f",
        "\ud800 \udfff \ud83d\ude00 \udc00\ud800",
        "\ufffe\uffff\ufdd0\U0010ffff",
        "👩‍🚀 क्ष ﷽",
    ],
)
def test_the_sessions_text_comes_back_exactly(text: str) -> None:
    assert save_session_text(text)
    assert load_session_text() == text


def test_a_damaged_session_text_is_no_text() -> None:
    save_session_text("x")
    session_file().write_bytes(b"\xff\xff")
    assert load_session_text() is None


def test_a_forgotten_text_does_not_come_back() -> None:
    forget_session_text()
    save_session_text("x")
    forget_session_text()
    assert load_session_text() is None


def test_pipes_in_place_of_the_files_do_not_stop_the_start() -> None:
    for path in (settings_file(), session_file()):
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)
    assert load_settings() == Settings()
    assert load_session_text() is None
    assert not save_settings(Settings())


def test_where_nothing_can_be_written_saving_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    for name in ("CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "file"))
    assert not save_settings(Settings())
    assert not save_session_text("x")
    assert load_settings() == Settings()
    forget_session_text()
