"""Bad tokenizer files: one sentence that names the file, in time and in little memory."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tokenization.formats.hostile_files import hostile_files, odd_but_good_files
from tokviz.command_line import main
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPatternError


@pytest.mark.parametrize("kind", hostile_files())
def test_a_bad_file_is_refused_in_one_sentence(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, said = hostile_files()[kind]
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(TokenizerFileError) as error:
        open_tokenizer(path)
    sentence = str(error.value)
    assert str(path) in sentence
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 600
    assert main(["decode", "0", "--tokenizer", str(path)]) == 2
    assert capsys.readouterr().err == f"tokviz: {sentence}\n"


def test_all_bad_files_together_stay_within_time_and_memory(tmp_path: Path) -> None:
    """One process opens all of them: each has the seconds and the memory that one may take."""
    for i, (content, _) in enumerate(hostile_files().values()):
        (tmp_path / str(i)).write_bytes(content)
    code = (
        "import sys, pathlib\n"
        "from tokviz.tokenization.formats.any_file import open_tokenizer\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    try:\n        open_tokenizer(path)\n"
        "    except ValueError:\n        continue\n"
        "    sys.exit(f'{path} was opened')\n"
    )

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        resource.setrlimit(resource.RLIMIT_DATA, (500 << 20, 500 << 20))

    subprocess.run([sys.executable, "-c", code, tmp_path], preexec_fn=limits, check=True)


@pytest.mark.parametrize("kind", odd_but_good_files())
def test_an_unusual_file_opens_and_encodes(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(odd_but_good_files()[kind])
    tokenizer = open_tokenizer(path, GPT2)
    text = "aa abc d  aa"
    assert tokenizer.decode(tokenizer.encode(text).ids.tolist()) == text.encode()


def test_a_catastrophic_pattern_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"minbpe v1\n(?:a|aa|aaa)+c\n0\n")
    encoding = open_tokenizer(path).encode("a" * 60 + "b" + "a" * 60 + "c")
    assert encoding.pre_token_chars.tolist() == [0, 61]


def test_one_that_looks_back_gives_up_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"minbpe v1\n(?:a|aa|aaa)+(?<=a)c\n0\n")
    tokenizer = open_tokenizer(path)
    with pytest.raises(SplitPatternError, match="avoid repetitions inside repetitions"):
        tokenizer.encode("a" * 60 + "b")
