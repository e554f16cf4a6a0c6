"""tokviz: shows how language models cut text into tokens, and why.

Three folders: `tokenization` (text ↔ token ids), `embedding` (token ids → vectors → points) and
`gui` (the screen, and the only place where Qt is imported).
"""

__version__ = "0.1.0"
