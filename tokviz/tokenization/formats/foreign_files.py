"""Files that people open by mistake in place of a tokenizer: each is told by how it begins.

The sentence says what the file is and where the tokenizer is to be had.
"""

import re
from pathlib import Path

from tokviz.tokenization.formats import TokenizerFileError

_SHOWN = re.compile(rb"\s*<(!doctype|html|head|\?xml)", re.IGNORECASE)
_ARCHIVES = {
    b"\x1f\x8b": "compressed with gzip",
    b"\xfd7zXZ\x00": "compressed with xz",
    b"BZh": "compressed with bzip2",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"PK\x03\x04": "a zip archive (or a PyTorch checkpoint)",
}


def refuse_foreign(path: Path, start: bytes) -> None:
    """Raise `TokenizerFileError` for a file that begins like one of those known here."""
    if not start:
        raise TokenizerFileError(f"{path} is empty; fetch it again.")
    for mark, kind in _ARCHIVES.items():
        if start.startswith(mark):
            raise TokenizerFileError(f"{path} is {kind}; unpack it and open what is inside.")
    if start.startswith(b"version https://git-lfs"):
        raise TokenizerFileError(
            f"{path} is a Git LFS pointer and not the file itself; fetch that with git lfs pull."
        )
    if _SHOWN.match(start):
        raise TokenizerFileError(
            f"{path} is a web page, as a download gives it that was refused or went to the wrong "
            f"address; fetch the file itself."
        )
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_utf16(start):
        raise TokenizerFileError(
            f"{path} is written in UTF-16 from byte 0 on; save it as UTF-8, as tokenizers are."
        )
    if int.from_bytes(start[:8], "little") < 2**32 and start[8:10] == b'{"':
        raise TokenizerFileError(
            f"{path} is a safetensors file, which holds tables and no tokenizer; open the "
            f"tokenizer.json beside it."
        )


def _is_utf16(start: bytes) -> bool:
    """Every other byte of ASCII text in UTF-16 is zero."""
    even, odd = start[0:16:2], start[1:16:2]
    return len(start) > 3 and (
        (not any(even) and odd.isascii() and all(odd)) or (not any(odd) and all(even))
    )


_SETTINGS = {
    "tokenizer_class": "the settings of a tokenizer (tokenizer_config.json)",
    "architectures": "the settings of a model (config.json)",
    "model_type": "the settings of a model (config.json)",
    "bos_token": "a list of special tokens (special_tokens_map.json)",
    "unk_token": "a list of special tokens (special_tokens_map.json)",
    "weight_map": "the index of a model's tables",
}


def refuse_settings(path: Path, found: dict[str, object]) -> None:
    """Raise `TokenizerFileError` for the JSON files that lie beside a tokenizer."""
    if isinstance(found.get("model"), dict):
        return
    for key, kind in _SETTINGS.items():
        if key in found and type(found[key]) is not int:  # a vocabulary may have any token
            raise TokenizerFileError(
                f"{path} holds {kind} and no vocabulary; open the tokenizer.json beside it, or "
                f"the folder."
            )
