"""Who may import whom, read from every import in the package.

The arrows: app → main window → its parts → panels → widgets; panels → tokenizer model →
tokenization; panels → embedding. None turns back, inside tokenization neither; Qt stays under
`gui/`, and torch waits until it is needed.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tokviz"

QT = ("PySide6", "shiboken6")
HEAVY = ("torch", "sentencepiece", "tokenizers", "safetensors", "openTSNE", "scipy")

# Parts of the plan without a file yet. An entry that has files fails its test: take it out.
NOT_WRITTEN_YET: set[str] = set()


@dataclass(frozen=True)
class Import:
    module: str  # in full, with the imported name where that may be a module: tokviz.gui.task
    line: int
    at_start: bool  # it happens when the file is imported, not later inside a function


def imports_of(source: str) -> list[Import]:
    """Every import of a file; those for the type checker alone do not count."""
    return list(_imports(ast.parse(source), at_start=True))


def _imports(node: ast.AST, at_start: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, node.lineno, at_start)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: imports are absolute"
        for alias in node.names:
            yield Import(f"{node.module}.{alias.name}", node.lineno, at_start)
    else:
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for child in node.orelse if _is_for_types_only(node) else ast.iter_child_nodes(node):
            yield from _imports(child, at_start and not inside)


def _is_for_types_only(node: ast.AST) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def below(module: str, *parents: str) -> bool:
    """Is `module` one of `parents` or inside one?

    >>> below("tokviz.gui.task.Task", "tokviz.gui"), below("regexes", "regex")
    (True, False)
    """
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)


def files_of(*places: str) -> list[Path]:
    """The Python files in folders or at paths, as written in the rules; some must be there."""
    found: list[Path] = []
    for place in places:
        path = ROOT / place
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.is_file()
        if place in NOT_WRITTEN_YET:
            assert not files, f"{place} is written now: take it out of NOT_WRITTEN_YET"
        else:
            assert files, f"the rule for {place} matches no file"
        found += files
    if not found:
        pytest.skip(f"{', '.join(places)} is not written yet")
    return found


def broken(files: list[Path], *forbidden: str, but: tuple[str, ...] = ()) -> list[str]:
    """The imports in `files` that lie below `forbidden` and not below `but`."""
    return [
        f"{path.relative_to(ROOT)}:{found.line} imports {found.module}"
        for path in files
        for found in imports_of(path.read_text(encoding="utf-8"))
        if below(found.module, *forbidden) and not below(found.module, *but)
    ]


def module_of(path: Path) -> str:
    """The name by which a file of the package is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_the_reader_sees_every_kind_of_import() -> None:
    found = imports_of(
        "import a.b, c\n"
        "from d import e as f\n"
        "if TYPE_CHECKING:\n    import unseen\nelse:\n    import g\n"
        "try:\n    import h\nexcept ImportError:\n    import i\n"
        "class C:\n    import j\n    def m(self):\n        import k\n"
    )
    assert [(x.module, x.at_start) for x in found] == [
        ("a.b", True),
        ("c", True),
        ("d.e", True),
        ("g", True),
        ("h", True),
        ("i", True),
        ("j", True),
        ("k", False),
    ]


def test_qt_is_imported_under_gui_and_nowhere_else() -> None:
    gui = set(files_of("tokviz/gui"))
    assert broken(sorted(gui), *QT)
    assert broken([path for path in files_of("tokviz") if path not in gui], *QT) == []


def test_only_command_line_starts_the_gui_and_not_before_it_is_asked_to() -> None:
    gui = set(files_of("tokviz/gui"))
    outside = [path for path in files_of("tokviz") if path not in gui]
    command_line = PACKAGE / "command_line.py"
    assert broken([p for p in outside if p != command_line], "tokviz.gui") == []
    found = imports_of(command_line.read_text(encoding="utf-8"))
    assert [x for x in found if below(x.module, "tokviz.gui") and x.at_start] == []


def test_tokenization_stands_on_little() -> None:
    inside = ("tokviz.tokenization", "regex", "numpy", *sys.stdlib_module_names)
    formats = set(files_of("tokviz/tokenization/formats"))
    readers = ("tokenizers", "sentencepiece", "tokviz.gguf_header")
    for path in files_of("tokviz/tokenization"):
        allowed = (*inside, *readers) if path in formats else inside
        for found in imports_of(path.read_text(encoding="utf-8")):
            assert below(found.module, *allowed), f"{path}:{found.line} imports {found.module}"


def test_a_part_of_tokenization_imports_only_those_before_it() -> None:
    order = (
        *("graphemes", "encoding", "growing_array", "ranges"),
        *("pre_tokenization", "normalization", "algorithms", "encoders", "segmenters"),
        *("tokenizer", "formats", "vocabulary", "text", "replay", "training"),
    )
    folder = PACKAGE / "tokenization"
    assert {path.stem for path in folder.iterdir()} - {"__init__", "__pycache__"} == set(order)
    for i, part in enumerate(order):
        is_folder = (folder / part).is_dir()
        files = files_of(f"tokviz/tokenization/{part}" + ("" if is_folder else ".py"))
        allowed = tuple(f"tokviz.tokenization.{name}" for name in order[: i + 1])
        assert broken(files, "tokviz.tokenization", but=allowed) == []


def test_embedding_knows_neither_tokenization_nor_the_screen() -> None:
    formats = set(files_of("tokviz/embedding/formats"))
    for path in files_of("tokviz/embedding"):
        allowed = ("tokviz.embedding", "tokviz.gguf_header")[: 1 + (path in formats)]
        assert broken([path], "tokviz", but=allowed) == []


def test_the_header_that_both_sides_read_stands_alone() -> None:
    assert broken(files_of("tokviz/gguf_header.py"), "tokviz") == []


def test_widgets_know_plain_values_only() -> None:
    allowed = ("tokviz.gui.widgets", "tokviz.gui.palette", "tokviz.gui.token_colors")
    assert broken(files_of("tokviz/gui/widgets"), "tokviz", but=allowed) == []


def test_no_panel_knows_another_or_the_window() -> None:
    # What stands beside the panels without a widget of its own is a part of one and may be shared.
    files = [path for path in files_of("tokviz/gui/panels") if path.name != "__init__.py"]
    panels = [path for path in files if broken([path], "PySide6.QtWidgets")]
    assert panels
    names = {module_of(path) for path in panels}
    for path in files:
        others = names - {module_of(path)}
        above = ("tokviz.gui.window", "tokviz.gui.main_window", "tokviz.gui.session")
        assert broken([path], *others, *above) == []


def test_what_opens_and_saves_knows_no_panel() -> None:
    above = ("panels", "window", "main_window", "session", "app")
    forbidden = [f"tokviz.gui.{part}" for part in above]
    assert broken(files_of("tokviz/gui/files"), *forbidden) == []


@pytest.mark.parametrize(
    "file",
    [
        "task.py",
        "id_counting.py",
        "shared_table.py",
        "rest_of_text.py",
        "order_checking.py",
        "tokenizer_model.py",
    ],
)
def test_the_model_and_its_tasks_need_no_screen(file: str) -> None:
    files = files_of(f"tokviz/gui/{file}")
    assert broken(files, *QT, but=("PySide6.QtCore",)) == []
    parts = ("task", "id_counting", "shared_table", "rest_of_text", "order_checking")
    models = () if file == "tokenizer_model.py" else ("tokenizer_model",)  # for its type alone
    allowed = tuple(f"tokviz.gui.{part}" for part in (*parts, *models))
    assert broken(files, "tokviz.gui", but=allowed) == []


def test_threads_are_started_in_one_file() -> None:
    starters = {"Thread", "ThreadPoolExecutor", "QThread", "QThreadPool", "QRunnable"}
    found = {
        path.relative_to(ROOT).as_posix()
        for path in files_of("tokviz")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in starters)
        or (isinstance(node, ast.alias) and node.name in starters)
    }
    assert found <= {"tokviz/gui/task.py"}


def test_what_is_slow_to_import_waits_until_it_is_needed() -> None:
    for path in files_of("tokviz"):
        for found in imports_of(path.read_text(encoding="utf-8")):
            late = not found.at_start or not below(found.module, *HEAVY)
            assert late, f"{path}:{found.line} imports {found.module} before it is needed"


def test_the_subcommands_start_without_qt_and_torch() -> None:
    files_of("tokviz/command_line.py")
    script = (
        "import sys, importlib; from tokviz.command_line import COMMANDS; "
        "[importlib.import_module('tokviz.commands.' + name) for name in COMMANDS.values()]; "
        "print(sorted({name.split('.')[0] for name in sys.modules} & set(sys.argv[1:])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *QT, *HEAVY], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
