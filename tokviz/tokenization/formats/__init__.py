"""One file a tokenizer file format; each is a function that builds a `Tokenizer`."""


class TokenizerFileError(ValueError):
    """A tokenizer file that cannot be used: says which file, where, and what was expected."""
