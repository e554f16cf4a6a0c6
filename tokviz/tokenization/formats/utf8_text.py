"""The text of a file that has to be UTF-8."""

from tokviz.tokenization.formats import TokenizerFileError


def utf8_text(content: bytes, file: str) -> str:
    """`file` is its name in errors. Raises `TokenizerFileError`, which names the byte."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TokenizerFileError(
            f"{file} is not UTF-8 at byte {error.start:,}; fetch it again."
        ) from None
