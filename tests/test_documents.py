"""What README.md and the guide say: their examples run, their links and files are there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def examples() -> list[tuple[str, str]]:
    """(command, what it prints) of every ```console block: `$` starts a command."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
            for example in re.split(r"^\$ ", block, flags=re.M)[1:]:
                command, _, output = example.partition("\n")
                found.append((command, output))
    return found


def test_there_are_examples() -> None:
    assert len(examples()) >= 5


@pytest.mark.parametrize(("command", "output"), examples(), ids=[c for c, _ in examples()])
def test_an_example_prints_what_the_page_says(command: str, output: str) -> None:
    assert "./run " in command
    # ./run would set up an environment; its subcommands go to `tokviz` as they are.
    command = command.replace("./run ", '"$PYTHON" -m tokviz ')
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=os.environ | {"PYTHON": sys.executable, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().rstrip("\n") == output.rstrip("\n")


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_page_links_to_what_is_there(page: Path) -> None:
    for place in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert "://" in place or (page.parent / place).exists(), place


def test_the_code_tour_names_files_that_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tour = text.partition("## The code in ten minutes")[2].partition("\n## ")[0]
    names = set(re.findall(r"`([a-z_/]+(?:\.py|/))`", tour))
    assert len(names) > 20
    folders = [
        ROOT,
        ROOT / "tokviz",
        *(path for path in (ROOT / "tokviz").rglob("*") if path.is_dir()),
    ]
    assert [n for n in sorted(names) if not any((f / n).exists() for f in folders)] == []


def test_every_tokenizer_stands_in_the_readme() -> None:
    from tokviz.catalog import TOKENIZERS

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{shipped.name}` |" in text for shipped in TOKENIZERS)
