"""Finds the files of `resources/` and vouches for them.

In a checkout they lie beside `pyproject.toml`, in an installed wheel inside the package. The
manifest names every file with its size and sha256; a file that differs is never handed out.
"""

import hashlib
import json
from pathlib import Path
from typing import TypedDict, TypeGuard

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


class ResourceError(ValueError):
    """A shipped file is missing or not what the manifest says; the message names the remedy."""


class ManifestEntry(TypedDict):
    bytes: int
    sha256: str
    source: str
    licence: str


def resource_path(name: str) -> Path:
    """Where the resource should be, such as `"texts/sample.txt"`. It is not opened."""
    return _folder() / name


def guide_path() -> Path | None:
    """The user guide, which lies in a checkout; an installed wheel is without it."""
    path = _CHECKOUT / "docs" / "guide.md"
    return path if path.is_file() else None


def read_resource(name: str) -> bytes:
    """The checked content of a resource. Raises `ResourceError`.

    >>> read_resource("texts/sample.txt").decode().splitlines()[0].startswith("Welcome")
    True
    """
    entry = _entry(name)
    try:
        content = resource_path(name).read_bytes()
    except OSError as error:
        raise _unreadable(name, error) from error
    _check(name, entry, len(content), hashlib.sha256(content).hexdigest())
    return content


def verified_path(name: str) -> Path:
    """The path of a resource whose content was checked just now, for callers that map the file.

    Raises `ResourceError`.
    """
    entry = _entry(name)
    path = resource_path(name)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise _unreadable(name, error) from error
    _check(name, entry, size, digest)
    return path


def manifest() -> dict[str, ManifestEntry]:
    """What `resources/` holds: path within the folder → size, sha256, source, licence.

    Raises `ResourceError`.
    """
    path = resource_path("manifest.json")
    try:
        entries = json.loads(path.read_bytes())
    except OSError as error:
        raise _unreadable("manifest.json", error) from error
    except ValueError as error:
        raise ResourceError(f"{path} is not valid JSON ({error}); {_remedy()}.") from error
    if not _is_manifest(entries):
        raise ResourceError(f"{path} is not a manifest of files and their sums; {_remedy()}.")
    return entries


def _folder() -> Path:
    return _CHECKOUT / "resources" if _in_checkout() else _PACKAGE / "resources"


def _in_checkout() -> bool:
    # Careless wheels drop a pyproject.toml into site-packages, so that file alone proves nothing.
    return (_CHECKOUT / "pyproject.toml").is_file() and not (_PACKAGE / "resources").is_dir()


def _entry(name: str) -> ManifestEntry:
    try:
        return manifest()[name]
    except KeyError:
        raise ResourceError(
            f"{resource_path('manifest.json')} lists no resource {name!r}."
        ) from None


def _is_manifest(entries: object) -> TypeGuard[dict[str, ManifestEntry]]:
    return isinstance(entries, dict) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("bytes"), int)
        and isinstance(entry.get("sha256"), str)
        for entry in entries.values()
    )


def _check(name: str, entry: ManifestEntry, size: int, sha256: str) -> None:
    if size != entry["bytes"]:
        raise ResourceError(
            f"{resource_path(name)} has {size:,} bytes instead of {entry['bytes']:,}; {_remedy()}."
        )
    if sha256 != entry["sha256"]:
        raise ResourceError(
            f"{resource_path(name)} was changed: its sha256 is {sha256} instead of "
            f"{entry['sha256']}; {_remedy()}."
        )


def _unreadable(name: str, error: OSError) -> ResourceError:
    found = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
    return ResourceError(f"{resource_path(name)} {found}; {_remedy()}.")


def _remedy() -> str:
    if _in_checkout():
        return f"bring it back with: git -C {_CHECKOUT} checkout -- resources"
    return "install tokviz-desktop again"
