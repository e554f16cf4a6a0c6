"""The subcommands: the shapes that scripts rely on, exact bytes, one sentence for each fault."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.tokenization.diverse_texts import built_text
from tests.tokenization.oracles import shipped
from tokviz import command_line
from tokviz.command_line import main
from tokviz.commands.encode import members
from tokviz.commands.json_stream import write_object
from tokviz.resources import resource_path
from tokviz.tokenization.tokenizer import Special

TOKVIZ = [sys.executable, "-m", "tokviz"]
ROOT = Path(__file__).resolve().parent.parent
SMOLLM2 = str(resource_path("tables/smollm2-135m-embedding.gguf"))

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_bytes("it's\r\n <|endoftext|> 🚀".encode())
    return path


def answer(capsys: Capture, *arguments: object, status: int = 0) -> Any:
    assert main([str(argument) for argument in arguments]) == status
    out = capsys.readouterr().out
    assert out.isascii()
    return json.loads(out)


def complaint(capsys: Capture, *arguments: object, status: int = 2) -> str:
    """The one sentence that a failing command prints."""
    assert main([str(argument) for argument in arguments]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("tokviz")
    assert captured.err.endswith(".\n")
    return captured.err


def run(*arguments: object, **options: Any) -> "subprocess.CompletedProcess[bytes]":
    command = [*TOKVIZ, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, **options)


# --- encode ---------------------------------------------------------------------------------------


def test_encode_answers_with_every_key(capsys: Capture, file: Path) -> None:
    found = answer(capsys, "encode", file, "--tokenizer", "gpt2", "--json")
    assert list(found) == [
        "ids",
        "spans",
        "byte_spans",
        "pre_tokens",
        "gap_ranks",
        "uncovered",
        "round_trip",
    ]
    gpt2 = shipped("gpt2")
    text = file.read_bytes().decode()
    encoding = gpt2.encode(text)
    assert found["ids"] == encoding.ids.tolist()
    assert found["spans"][-1] == [len(text) - 1, len(text)]
    assert found["byte_spans"][-1][1] == len(text.encode())
    assert len(found["gap_ranks"]) == len(text.encode()) - 1
    assert found["pre_tokens"][0] == [0, 2]
    assert (found["uncovered"], found["round_trip"]) == ([], True)


def test_special_tokens_are_text_special_or_refused(capsys: Capture, file: Path) -> None:
    command = ["encode", file, "--tokenizer", "gpt2", "--json", "--special"]
    assert 50256 not in answer(capsys, *command, "text")["ids"]
    special = answer(capsys, *command, "special")
    index = special["ids"].index(50256)
    assert special["spans"][index] == [7, 20]
    assert special["gap_ranks"][7:19] == [-2] * 12
    assert "<|endoftext|> at character 7" in complaint(capsys, *command, "refuse")


def test_missing_bytes_are_uncovered_and_spoil_the_round_trip(
    capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "x").write_bytes(b"=\x04=")
    found = answer(capsys, "encode", tmp_path / "x", "--tokenizer", "smollm2", "--json")
    assert (found["spans"], found["byte_spans"]) == ([[0, 3]], [[0, 3]])
    assert (found["uncovered"], found["round_trip"]) == ([[1, 2]], False)
    assert found["gap_ranks"] == [-1, -1]


@pytest.mark.parametrize("name", ["characters", "bytes"])
def test_alphabets_have_no_gap_ranks_and_one_pre_token(
    capsys: Capture, file: Path, name: str
) -> None:
    found = answer(capsys, "encode", file, "--tokenizer", name, "--json")
    assert found["gap_ranks"] is None
    assert found["pre_tokens"] == [[0, len(file.read_bytes().decode())]]
    assert found["round_trip"] is True


@pytest.mark.parametrize("name", ["gpt2", "smollm2", "characters", "bytes"])
def test_an_empty_text_is_no_special_case(capsys: Capture, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").touch()
    found = answer(capsys, "encode", tmp_path / "empty", "--tokenizer", name, "--json")
    gaps = [] if name in ("gpt2", "smollm2") else None
    assert found == {
        "ids": [],
        "spans": [],
        "byte_spans": [],
        "pre_tokens": [],
        "gap_ranks": gaps,
        "uncovered": [],
        "round_trip": True,
    }


def test_a_template_adds_what_the_file_says(capsys: Capture, file: Path) -> None:
    for name in ("gpt2", "smollm2"):
        command = ["encode", file, "--tokenizer", name, "--json"]
        assert answer(capsys, *command, "--template") == answer(capsys, *command)
    gpt2 = shipped("gpt2")
    with_ends = replace(gpt2, template=((50256,), (1, 2)))
    lines: list[str] = []
    write_object(lines.append, members(with_ends, with_ends.encode("ab"), template=True))
    found = json.loads("".join(lines))
    assert found["ids"] == [50256, 397, 1, 2]
    assert found["spans"] == [[0, 0], [0, 2], [2, 2], [2, 2]]
    assert found["byte_spans"] == [[0, 0], [0, 2], [2, 2], [2, 2]]


@given(built_text)
@settings(max_examples=50)
def test_json_written_in_parts_is_json(text: str) -> None:
    parts: list[str] = []
    gpt2 = shipped("gpt2")
    write_object(parts.append, members(gpt2, gpt2.encode(text, Special.SPECIAL), template=False))
    found = json.loads("".join(parts))
    starts, ends = gpt2.encode(text, Special.SPECIAL).spans()
    assert found["spans"] == [list(span) for span in zip(starts, ends, strict=True)]


def test_without_a_shape_encode_prints_a_table(capsys: Capture, file: Path) -> None:
    assert main(["encode", str(file)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[1].split() == ["0", "270", "it", "0-2", "69", "74"]


def test_csv_has_a_line_a_token(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a,b\n🚀")
    assert main(["encode", str(tmp_path / "x"), "--csv"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("index,id,start,end,byte_start,byte_end,bytes,text\n0,64,0,1,0,1,61,a\n")
    assert '\n1,11,1,2,1,2,2c,","\n' in out


# --- JSON lines -----------------------------------------------------------------------------------


def test_json_lines_are_answered_in_order_and_bad_ones_do_not_stop_them(tmp_path: Path) -> None:
    lines = [
        b'{"text": "hello"}',
        b"nonsense",
        b'{"text": 3}',
        b"[1]",
        b"",
        b'{"text": "\xff"}',
        b"[" * 100_000,
        b'{"text": "\\ud800"}',
        b'{"text": "<|endoftext|>"}',
        b'{"text": "", "more": 1}',
    ]
    done = run("encode", "--jsonl", "--special", "refuse", input=b"\n".join(lines))
    assert done.returncode == 1
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(lines)
    good = [i for i, one in enumerate(found) if "ids" in one]
    assert good == [0, 7, 9]
    assert all(list(one) == ["error"] for i, one in enumerate(found) if i not in good)
    assert found[0]["ids"] == [31373]
    assert found[7]["round_trip"] is False
    assert b"7 of 10 lines" in done.stderr


def test_good_json_lines_end_well_and_characters_are_those_of_each_line() -> None:
    lines = b'{"text": "ba"}\r\n{"text": "c"}\n'
    done = run("encode", "-", "--jsonl", "--tokenizer", "characters", input=lines)
    assert done.returncode == 0
    assert [json.loads(line)["ids"] for line in done.stdout.splitlines()] == [[1, 0], [0]]


def test_a_json_line_is_answered_before_the_next_is_written() -> None:
    command = [*TOKVIZ, "encode", "--jsonl"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in ("hello", " world"):
            process.stdin.write(json.dumps({"text": text}).encode() + b"\n")
            process.stdin.flush()
            assert len(json.loads(process.stdout.readline())["ids"]) == 1
        process.stdin.close()
        assert process.wait(30) == 0


# --- the other subcommands ------------------------------------------------------------------------


def test_decode_writes_the_exact_bytes() -> None:
    assert run("decode", 15496, 198, 201, 222, "--tokenizer", "gpt2").stdout == b"Hello\n\r\x80"
    assert run("decode", "--tokenizer", "gpt2").stdout == b""
    ids = b" ".join(b"220" for _ in range(100_000))
    assert run("decode", "-", input=ids).stdout == b" " * 100_000


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["50257"], "no token with the id 50257; its ids run from 0 to 50256"),
        (["1", "-1"], "id -1"),
        (["9" * 5000], "No tokenizer has the id 9999"),
        (["1.5"], "'1.5' is not an id"),
        (["１２"], "is not an id"),
        (["1_0"], "'1_0' is not an id"),
        (["0", "--tokenizer", "characters"], "mean nothing without the text"),
    ],
)
def test_an_id_that_cannot_be_decoded_is_named(
    capsys: Capture, arguments: list[str], told: str
) -> None:
    assert told in complaint(capsys, "decode", *arguments)


def test_the_tokenizers_are_listed(capsys: Capture) -> None:
    found = {row["name"]: row for row in answer(capsys, "tokenizers", "--json")}
    assert list(found)[:3] == ["gpt2", "cl100k_base", "o200k_base"]
    assert list(found)[-3:] == ["mistral-7b-v1", "characters", "bytes"]
    assert (found["o200k_base"]["n_vocab"], found["o200k_base"]["context"]) == (200019, None)
    assert found["gpt2"] == {
        "name": "gpt2",
        "n_vocab": 50257,
        "algorithm": "byte-level BPE",
        "context": 1024,
    }
    assert (found["smollm2"]["n_vocab"], found["smollm2"]["context"]) == (49152, 8192)
    assert (found["bytes"]["n_vocab"], found["bytes"]["context"]) == (256, None)
    assert main(["tokenizers"]) == 0
    assert "50,257" in capsys.readouterr().out


def test_files_are_counted(capsys: Capture, file: Path) -> None:
    rows = answer(capsys, "count", file, file, "--tokenizer", "bytes", "--json")
    n_bytes = len(file.read_bytes())
    row = {"file": str(file), "bytes": n_bytes, "characters": n_bytes - 3, "tokens": n_bytes}
    assert rows == [row, row]


def test_a_file_that_cannot_be_counted_does_not_hide_the_others(
    capsys: Capture, file: Path
) -> None:
    assert main(["count", "/nowhere", str(file), "--json"]) == 2
    captured = capsys.readouterr()
    assert [row["file"] for row in json.loads(captured.out)] == [str(file)]
    assert captured.err.startswith("tokviz count: /nowhere cannot be opened")


def test_the_replay_lists_every_step(capsys: Capture) -> None:
    found = answer(capsys, "replay", "--tokenizer", "gpt2", "--text", " tokenization", "--json")
    ranks = [step["rank"] for step in found["steps"]]
    assert ranks == [0, 5, 9, 12, 28, 39, 85, 272, 1378, 3208, 10985]
    assert found["ids"] == [11241, 1634]
    assert found["steps"][1] == {
        "step": 1,
        "rank": 5,
        "left": "6f",
        "right": "6e",
        "id": 261,
        "byte": 11,
    }


@pytest.mark.parametrize("name", ["bert-base-uncased", "characters", "bytes"])
def test_that_there_are_no_merges_to_replay_is_said(capsys: Capture, name: str) -> None:
    assert main(["replay", "--text", "ab", "--tokenizer", name, "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["steps"] == []
    assert f"{name} has no merges that could be listed" in said.err


def test_the_curve_has_its_first_point_changes_and_last(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(" tokenization")
    found = answer(capsys, "curve", tmp_path / "x", "--tokenizer", "gpt2", "--json")
    assert found["n_merges"] == [0, 1, 6, 10, 13, 29, 40, 86, 273, 1379, 3209, 10986, 50000]
    assert found["n_tokens"] == [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 2]
    (tmp_path / "empty").touch()
    found = answer(capsys, "curve", tmp_path / "empty", "--json")
    assert found == {"n_merges": [0, 50000], "n_tokens": [0, 0]}


def test_a_path_may_name_a_tokenizer(capsys: Capture, file: Path) -> None:
    by_path = answer(capsys, "encode", file, "--tokenizer", SMOLLM2, "--json")
    assert by_path == answer(capsys, "encode", file, "--tokenizer", "smollm2", "--json")


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["encode", "nowhere.txt"], "nowhere.txt cannot be opened: there is no such file"),
        (["encode", "."], ". is a folder"),
        (["encode", sys.executable], "looks like a binary file"),
        (["encode", __file__, "--tokenizer", "gpt5"], "no tokenizer and no file named gpt5"),
        (["encode", __file__, "--tokenizer", __file__], "not a tokenizer file known here"),
        (["encode", __file__, "--tokenizer", "."], ". holds no tokenizer; choose a folder with"),
        (["encode", __file__, "--encoding", "klingon"], "no text encoding named 'klingon'"),
        (["encode", __file__, "--special", "maybe"], "'maybe'"),
        (["encode", "--json", "--csv"], "not allowed with argument --json"),
        (["curve"], "FILE"),
        (["replay", "--text", "a\udcff"], "--text is not UTF-8 at character 1"),
        (["nonsense"], "nonsense is neither a file nor a command"),
        (["--nonsense"], "--nonsense"),
        (["window", "--tokenizer", "gpt5"], "no tokenizer and no file named gpt5"),
    ],
)
def test_a_fault_is_one_sentence(capsys: Capture, arguments: list[str], told: str) -> None:
    assert told in complaint(capsys, *arguments)


def test_text_that_is_not_utf8_is_told_with_place_and_remedy(
    capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "latin1.txt"
    path.write_bytes(b"caf\xe9")
    told = complaint(capsys, "encode", path)
    assert "latin1.txt is not UTF-8 (byte 0xe9 at offset 3)" in told
    assert "--encoding" in told
    found = answer(capsys, "encode", path, "--encoding", "latin-1", "--json")
    assert found["byte_spans"][-1][1] == 5
    assert b"Standard input is not UTF-8" in run("encode", input=b"\xff").stderr


def test_a_damaged_resource_is_work_that_failed(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"bytes": 1, "sha256": "", "source": "", "licence": ""}
    monkeypatch.setattr("tokviz.resources._entry", lambda _name: entry)
    assert "bytes instead of 1" in complaint(capsys, "encode", __file__, status=1)


def test_a_file_name_that_is_not_utf8_is_opened(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.txt"
    Path(os.fsdecode(path)).write_text("a")
    done = subprocess.run(
        [*TOKVIZ, "count", path, b"/nowhere/\xff", "--json"],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
    )
    assert json.loads(done.stdout)[0]["file"] == os.fsdecode(path)
    assert b"/nowhere/\\xff cannot be opened" in done.stderr
    assert done.returncode == 2


def test_a_pipe_as_a_file_does_not_make_the_command_wait(tmp_path: Path, capsys: Capture) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a pipe" in complaint(capsys, "encode", tmp_path / "pipe")
    assert "is a pipe" in complaint(capsys, "encode", "--jsonl", tmp_path / "pipe")
    assert "is not a file" in complaint(
        capsys, "encode", __file__, "--tokenizer", tmp_path / "pipe"
    )


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    command = [
        *TOKVIZ,
        "encode",
        "--json",
        str(ROOT / "tokviz/gui/widgets/text/token_text_view.py"),
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(8) == b'{"ids": '
        process.stdout.close()
        assert process.wait(30) == 1
        assert process.stderr.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_told() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*TOKVIZ, "tokenizers"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr == (
        b"tokviz: Standard output cannot be written: no space left on device; send it elsewhere.\n"
    )


def test_ctrl_c_ends_it_in_one_word() -> None:
    with subprocess.Popen(
        [*TOKVIZ, "encode", "--jsonl"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell that runs the tests in the background ignores it, and children take that over.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b'{"text": ""}\n')
        process.stdin.flush()
        process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == b"tokviz: Stopped.\n"


def test_standard_input_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for shape in ("--json", "--jsonl"):
        with (tmp_path / "written only").open("wb") as only_written:
            done = run("encode", shape, stdin=only_written)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"Standard input cannot be read: " in done.stderr
        assert done.stderr.count(b"\n") == 1


def test_closed_standard_streams_are_told() -> None:
    script = f"exec {sys.executable} -m tokviz encode <&-"
    done = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"Standard input" in done.stderr
    script = f"exec {sys.executable} -m tokviz tokenizers >&-"
    done = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"Standard output is closed" in done.stderr


def test_a_terminal_that_knows_little_still_gets_an_answer(file: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = run("encode", file, env=environment)
    assert done.returncode == 0
    assert b"\\xb7" in done.stdout


# --- the window -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "files", "tokenizer"),
    [
        ([], [], None),
        (["window"], [], None),
        ([__file__], [__file__], None),
        (["window", "encode"], ["encode"], None),
        (["--tokenizer", "bytes"], [], "bytes"),
        (["window", "a", "b", "--tokenizer", "bytes"], ["a", "b"], "bytes"),
    ],
)
def test_without_a_command_the_window_opens(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], files: list[str], tokenizer: str | None
) -> None:
    opened: list[tuple[list[str], str | None]] = []

    def open_window(names: list[str], name: str | None) -> int:
        opened.append((names, name))
        return 7

    monkeypatch.setattr(command_line, "_open_window", open_window)
    assert main(arguments) == 7
    assert opened == [(files, tokenizer)]


def test_no_subcommand_imports_qt_or_torch(file: Path) -> None:
    script = (
        "import io, sys\n"
        "from tokviz.command_line import main\n"
        "sys.stdout = io.TextIOWrapper(io.BytesIO())\n"
        f"file = {str(file)!r}\n"
        "commands = [['encode', file], ['encode', file, '--json'], ['encode', file, '--csv'],\n"
        "    ['decode', '1'], ['tokenizers'], ['count', file], ['curve', file, '--json'],\n"
        "    ['replay', '--text', 'a b', '--json'], ['encode', file, '--tokenizer', 'smollm2']]\n"
        "assert [main(command) for command in commands] == [0] * len(commands)\n"
        "heavy = {'PySide6', 'shiboken6', 'torch', 'tokenizers', 'tiktoken', 'sentencepiece'}\n"
        "assert not heavy & {name.split('.')[0] for name in sys.modules}, sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)


def test_help_and_version_go_to_standard_output(capsys: Capture) -> None:
    for arguments in (["--help"], ["--version"], ["encode", "--help"]):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 0
        assert "tokviz" in capsys.readouterr().out
