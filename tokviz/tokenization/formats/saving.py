"""Writes a tokenizer in any of the formats known here, and checks what was written."""

from pathlib import Path

from tokviz.tokenization.formats.any_file import MERGES, VOCAB, open_tokenizer, settings_path
from tokviz.tokenization.formats.gpt2_files import to_vocab_and_merges
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
from tokviz.tokenization.formats.minbpe_model import to_minbpe_model
from tokviz.tokenization.formats.tiktoken_ranks import to_settings, to_tiktoken
from tokviz.tokenization.tokenizer import Tokenizer


def files_to_write(tokenizer: Tokenizer, path: Path) -> dict[Path, bytes]:
    """What to write where; the ending of the path's name chooses the format.

    `….tiktoken` (with its split pattern in `….tiktoken.json`), minbpe's `….model`, GPT-2's
    `…vocab.json` with `…merges.txt` beside it, and Hugging Face's `tokenizer.json` for all others.
    The named file comes last, so that it is whole only when all is there. Raises
    `TokenizerFileError` where the format cannot hold this tokenizer.
    """
    if path.name.endswith(".tiktoken"):
        return {settings_path(path): to_settings(tokenizer), path: to_tiktoken(tokenizer)}
    if path.name.endswith(".model"):
        return {path: to_minbpe_model(tokenizer)}
    for ending in (VOCAB, MERGES):
        if path.name.endswith(ending):
            vocab, merges = to_vocab_and_merges(tokenizer)
            stem = path.name.removesuffix(ending)
            both = {path.with_name(stem + VOCAB): vocab, path.with_name(stem + MERGES): merges}
            return dict(sorted(both.items(), key=lambda item: item[0] == path))
    return {path: to_tokenizer_json(tokenizer)}


def self_check(tokenizer: Tokenizer, written_path: Path, text: str) -> str | None:
    """Open what was written and encode `text` with it: None if all ids are the same, else a
    sentence about the first difference. Raises `TokenizerFileError`, `OSError`."""
    reopened = open_tokenizer(written_path)
    ours, theirs = tokenizer.encode(text), reopened.encode(text)
    a, b = ours.ids.tolist(), theirs.ids.tolist()
    if a == b:
        return None
    at = next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    here = f"{a[at]}" if at < len(a) else "nothing"
    there = f"{b[at]}" if at < len(b) else "nothing"
    return (
        f"{written_path} encodes the text differently: token {at:,} is {there} and should be "
        f"{here}; save in another format."
    )
