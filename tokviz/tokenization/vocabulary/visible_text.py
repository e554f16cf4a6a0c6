"""A token's bytes as text in which everything can be seen, and no two tokens look the same."""

_MARKS = {" ": "·", "\t": "→", "\n": "↵", "\r": "␍", "\\": "\\\\"}


def visible(data: bytes) -> str:
    r"""A token's text with marks for what could not be seen, and bytes that are no text as \x.

    >>> visible(b" caf\xc3"), visible("a\u200b\r\n".encode())
    ('·caf\\xc3', 'a\\u200b␍↵')
    """
    parts = []
    for character in data.decode("utf-8", "surrogateescape"):
        if 0xDC80 <= ord(character) <= 0xDCFF:
            parts.append(f"\\x{ord(character) - 0xDC00:02x}")
        elif character in _MARKS or character.isprintable():
            parts.append(_MARKS.get(character, character))
        else:
            parts.append(ascii(character)[1:-1])
    return "".join(parts)
