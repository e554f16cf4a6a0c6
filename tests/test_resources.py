"""The shipped files, their manifest, and what happens when one is not as it should be."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from tokviz import resources
from tokviz.resources import (
    ResourceError,
    manifest,
    read_resource,
    resource_path,
    verified_path,
)

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a small checkout that a test may damage."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "tokviz").mkdir()
    for name in ("manifest.json", "texts/sample.txt"):
        (tmp_path / "resources" / name).parent.mkdir(exist_ok=True)
        shutil.copy(RESOURCES / name, tmp_path / "resources" / name)
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "tokviz")
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path)
    return tmp_path


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same as a wheel lays it out, in a site-packages."""
    shutil.copytree(RESOURCES / "texts", tmp_path / "tokviz" / "resources" / "texts")
    shutil.copy(RESOURCES / "manifest.json", tmp_path / "tokviz" / "resources")
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "tokviz")
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path)
    return tmp_path


def test_the_manifest_lists_exactly_the_files_that_are_there() -> None:
    files = {p.relative_to(RESOURCES).as_posix() for p in RESOURCES.rglob("*") if p.is_file()}
    assert set(manifest()) == files - {"manifest.json"}


@pytest.mark.parametrize("name", sorted(manifest()))
def test_a_file_has_the_size_and_sum_of_the_manifest(name: str) -> None:
    entry = manifest()[name]
    content = (RESOURCES / name).read_bytes()
    assert (len(content), sha256(content).hexdigest()) == (entry["bytes"], entry["sha256"])
    assert entry["source"]
    assert entry["licence"]


def test_every_folder_says_whose_its_files_are() -> None:
    folders = [path for path in RESOURCES.iterdir() if path.is_dir()]
    assert folders
    assert [folder.name for folder in folders if not (folder / "NOTICE").is_file()] == []


def test_every_licence_named_by_the_manifest_lies_beside_its_file() -> None:
    for name, entry in manifest().items():
        if "(" in entry["licence"]:
            text = entry["licence"].partition("(")[2].rstrip(")")
            assert Path(text).parent == Path(name).parent
            assert text in manifest()


def test_gpt2s_merges_are_the_published_ones() -> None:
    merges = read_resource("tokenizers/gpt2_vocab.bpe")
    assert sha256(merges).hexdigest().startswith("1ce1664773c50f3e")
    assert merges.count(b"\n") == 50_001


def test_the_sample_is_valid_utf8_that_ends_with_a_newline() -> None:
    assert read_resource("texts/sample.txt").decode().endswith("\n")


def test_a_checked_path_is_the_files_own_path() -> None:
    assert verified_path("texts/sample.txt") == resource_path("texts/sample.txt")


def test_a_checkouts_resources_lie_beside_its_pyproject(checkout: Path) -> None:
    assert resource_path("texts/sample.txt") == checkout / "resources/texts/sample.txt"


def test_a_wheels_resources_lie_inside_the_package(installed: Path) -> None:
    assert read_resource("texts/sample.txt")
    assert resource_path("a/b") == installed / "tokviz/resources/a/b"


def test_a_foreign_pyproject_in_site_packages_changes_nothing(installed: Path) -> None:
    (installed / "pyproject.toml").touch()
    assert resource_path("a/b") == installed / "tokviz/resources/a/b"


@pytest.mark.parametrize("ask", [read_resource, verified_path])
def test_a_missing_file_is_named_with_the_command_that_brings_it_back(
    ask: object, checkout: Path
) -> None:
    assert callable(ask)
    (checkout / "resources/texts/sample.txt").unlink()
    with pytest.raises(ResourceError) as caught:
        ask("texts/sample.txt")
    assert str(caught.value) == (
        f"{checkout}/resources/texts/sample.txt is missing; "
        f"bring it back with: git -C {checkout} checkout -- resources."
    )


@pytest.mark.parametrize("ask", [read_resource, verified_path])
def test_a_cut_file_is_named_with_both_sizes(ask: object, checkout: Path) -> None:
    assert callable(ask)
    (checkout / "resources/texts/sample.txt").write_bytes(b"Welcome")
    expected = manifest()["texts/sample.txt"]["bytes"]
    with pytest.raises(ResourceError, match=rf"has 7 bytes instead of {expected:,};"):
        ask("texts/sample.txt")


@pytest.mark.parametrize("ask", [read_resource, verified_path])
def test_a_changed_file_of_the_right_size_is_refused(ask: object, checkout: Path) -> None:
    assert callable(ask)
    path = checkout / "resources/texts/sample.txt"
    path.write_bytes(path.read_bytes().replace(b"W", b"w"))
    with pytest.raises(ResourceError, match=r"sample\.txt was changed: its sha256 is"):
        ask("texts/sample.txt")


def test_a_folder_in_a_files_place_is_refused(checkout: Path) -> None:
    path = checkout / "resources/texts/sample.txt"
    path.unlink()
    path.mkdir()
    with pytest.raises(ResourceError, match="cannot be read"):
        read_resource("texts/sample.txt")


def test_a_name_outside_the_manifest_is_never_read(checkout: Path) -> None:
    with pytest.raises(ResourceError, match=r"lists no resource '\.\./pyproject\.toml'"):
        read_resource("../pyproject.toml")


def test_a_wheels_damage_is_mended_by_installing_it_again(installed: Path) -> None:
    (installed / "tokviz/resources/texts/sample.txt").unlink()
    with pytest.raises(ResourceError, match="is missing; install tokviz-desktop again"):
        read_resource("texts/sample.txt")


@pytest.mark.parametrize(
    ("content", "found"),
    [(None, "is missing"), (b'{"texts', "is not valid JSON"), (b"[]", "is not a manifest")],
)
def test_a_damaged_manifest_is_named(content: bytes | None, found: str, checkout: Path) -> None:
    path = checkout / "resources/manifest.json"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ResourceError, match=rf"manifest\.json {found}.*bring it back"):
        read_resource("texts/sample.txt")


def test_an_entry_without_its_sum_is_refused(checkout: Path) -> None:
    path = checkout / "resources/manifest.json"
    path.write_text(json.dumps({"texts/sample.txt": {"bytes": 3}}))
    with pytest.raises(ResourceError, match="is not a manifest"):
        read_resource("texts/sample.txt")
