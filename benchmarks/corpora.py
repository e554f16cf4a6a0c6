"""Texts to measure on, made of what is installed with Python or generated: the same in each run.

English is the docstrings and READMEs of the installed packages, source code the standard library's
files, the multilingual text is invented words in eleven scripts with emoji in between.
"""

import ast
import random
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path

MEGABYTE = 1_000_000

_SCRIPTS = {
    "Latin": "abcdefghijklmnopqrstuvwxyzäéßøçñ",
    "Cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "Greek": "αβγδεζηθικλμνξοπρστυφχψως",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "Devanagari": "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौ्",
    "Tamil": "கஙசஞடணதநபமயரலவழளறனாிீுூெேைொோ",
    "Thai": "กขคงจฉชซญฎดตถทธนบปผฝพฟภมยรลวศสหอฮาิีุูเแโ",
    "Hangul": "가나다라마바사아자차카타파하각난달람밥삿앙잦찿캌탙팦핳",
    "Kana": "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほアイウエオカキクケコ",
    "Han": "的一是不了人我在有他这中大来上个国和也子时道说出会年得要于下自之学生可那里后",
}
_EMOJI = ["🚀", "👍🏽", "👩‍🚀", "👨‍👩‍👧‍👦", "🇯🇵", "❤️", "😀", "🎉", "🏳️‍🌈", "1️⃣"]


@cache
def english(n_bytes: int = 10 * MEGABYTE) -> str:
    """At most so many bytes; there may be less."""
    return _first(_docstrings(), n_bytes)


@cache
def source_code(n_bytes: int = 10 * MEGABYTE) -> str:
    return _first(map(_content, _python_files("stdlib")), n_bytes)


@cache
def multilingual(n_bytes: int = 5 * MEGABYTE) -> str:
    return _first(_invented_paragraphs(), n_bytes)


@cache
def single_line(n_bytes: int = MEGABYTE) -> str:
    """English without a line break."""
    return " ".join(english(2 * n_bytes).split())[:n_bytes]


CORPORA = {
    "English": english,
    "source code": source_code,
    "multilingual": multilingual,
    "one line": single_line,
}


def pathological(n: int = MEGABYTE) -> dict[str, str]:
    """Texts that a naive merge loop or a naive split never finishes, of about so many bytes."""
    chance = random.Random(4)
    letters = "abcdefghijklmnopqrstuvwxyz"
    return {
        "one letter": "a" * n,
        "spaces": " " * n,
        "random letters": "".join(chance.choices(letters, k=n)),
        "no spaces": "".join(single_line(2 * n).split())[:n],
        "random Latin-1": "".join(map(chr, chance.choices(range(256), k=n // 2))),
        "ZWJ emoji": "👩\u200d🚀" * (n // 10),
        "marks on a letter": "a" + "\u0301" * (n // 10),
        "line ends": "\n" * n,
        "nested right to left": "\u202babc \u202eאבג " * (n // 19),
    }


def _first(parts: Iterator[str], n_bytes: int) -> str:
    chosen: list[str] = []
    missing = n_bytes
    for part in parts:
        chosen.append(part)
        missing -= len(part.encode()) + 1
        if missing <= 0:
            break
    return "\n".join(chosen).encode()[:n_bytes].decode("utf-8", "ignore")


def _python_files(place: str) -> list[Path]:
    folder = Path(sysconfig.get_paths()[place])
    files = [p for p in folder.rglob("*.py") if place != "stdlib" or "site-packages" not in p.parts]
    files.sort()
    random.Random(1).shuffle(files)
    return files


def _content(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "ignore").replace("\ufeff", "")


def _docstrings() -> Iterator[str]:
    for path in sorted(Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info/METADATA")):
        yield _content(path)
    for path in _python_files("stdlib") + _python_files("purelib"):
        try:
            tree = ast.parse(_content(path))
        except (SyntaxError, ValueError, RecursionError):
            continue
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        nodes = [node for node in ast.walk(tree) if isinstance(node, kinds)]
        found = [ast.get_docstring(node) for node in nodes]
        yield "\n\n".join(text for text in found if text and len(text) > 80)


def _invented_paragraphs() -> Iterator[str]:
    chance = random.Random(2)
    vocabularies = []
    for letters in _SCRIPTS.values():
        words = ["".join(chance.choices(letters, k=chance.randint(1, 9))) for _ in range(4000)]
        vocabularies.append(words)
    weights = [1 / (rank + 3) for rank in range(4000)]
    while True:
        words = chance.choices(chance.choice(vocabularies), weights, k=60)
        yield " ".join([*words, chance.choice(_EMOJI), str(chance.randint(0, 99999))]) + "."
