"""`./run` with an interpreter that only pretends: what it sets up, when, and what it lets through.

What it installs on a bare machine cannot be tested here; `docs/setup.md` says what that is.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Notes each call beside itself, chatters like pip, and makes an environment out of its own copy.
PRETENDING_PYTHON = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
*"-m venv"*)
    for folder; do :; done
    mkdir -p "$folder/bin"
    cp "$0" "$folder/bin/python"
    printf '#!/bin/sh\\nprintf "<%%s>" "$@"\\nexit 7\\n' >"$folder/bin/tokviz"
    chmod +x "$folder/bin/tokviz"
    ;;
*"-m pip install"*) echo "Successfully installed everything" ;;
*"-m pip --version"*) exit 1 ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "a checkout"
    folder.mkdir()
    for name in ("run", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    python = folder / "pretending-python"
    python.write_text(PRETENDING_PYTHON)
    python.chmod(0o755)
    for forbidden in ("apt-get", "sudo"):  # no test installs anything
        (folder / forbidden).write_text("#!/bin/sh\nexit 1\n")
        (folder / forbidden).chmod(0o755)
    return folder


def environment(checkout: Path) -> dict[str, str]:
    return os.environ | {
        "PATH": f"{checkout}:{os.environ['PATH']}",
        "PYTHON": str(checkout / "pretending-python"),
        "CALLS": str(checkout / "calls"),
    }


def start(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / "run"), *arguments],
        env=environment(checkout),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def installations(checkout: Path) -> list[str]:
    calls = (checkout / "calls").read_text().splitlines()
    return [call.partition("--editable ")[2] for call in calls if "-m pip install" in call]


def test_a_subcommand_gets_its_arguments_and_stdout_to_itself(checkout: Path) -> None:
    done = start(checkout, "encode", "two words", "", "--json")
    assert done.stdout == "<encode><two words><><--json>"
    assert done.returncode == 7
    assert "installing the Python packages" in done.stderr


def test_a_second_start_sets_nothing_up(checkout: Path) -> None:
    start(checkout, "encode")
    done = start(checkout, "count")
    assert done.stderr == ""
    assert installations(checkout) == [str(checkout)]


def test_changed_dependencies_are_installed(checkout: Path) -> None:
    start(checkout, "encode")
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("# something else\n")
    start(checkout, "encode")
    assert len(installations(checkout)) == 2


def test_a_moved_checkout_is_set_up_again(checkout: Path) -> None:
    start(checkout, "encode")
    moved = checkout.rename(checkout.parent / "moved")
    start(moved, "encode")
    assert installations(moved) == [str(checkout), str(moved)]


def test_the_test_tools_come_with_the_tests_and_stay(checkout: Path) -> None:
    start(checkout, "encode")
    done = start(checkout, "test", "-k", "some thing")
    assert installations(checkout) == [str(checkout), f"{checkout}[dev]"]
    assert done.stdout == ""
    assert (checkout / "calls").read_text().endswith("-m pytest -k some thing\n")
    start(checkout, "encode")
    start(checkout, "test")
    assert len(installations(checkout)) == 2


def test_two_first_starts_at_once_set_up_once(checkout: Path) -> None:
    both = f"'{checkout}/run' encode & '{checkout}/run' encode & wait"
    subprocess.run(["bash", "-c", both], env=environment(checkout), capture_output=True, check=True)
    assert installations(checkout) == [str(checkout)]


def test_an_installation_that_failed_is_tried_again(checkout: Path) -> None:
    python = checkout / "pretending-python"
    python.write_text(PRETENDING_PYTHON.replace('echo "Successfully', 'exit 1 "Successfully'))
    done = start(checkout, "encode")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("run: pip could not install the packages")
    python.write_text(PRETENDING_PYTHON)
    assert start(checkout, "encode").stdout == "<encode>"
