"""One file a tokenizer file format; each is a function that builds a `Tokenizer`."""


class TokenizerFileError(ValueError):
    """A tokenizer file that cannot be used: says which file, where, and what was expected."""


class SplitPatternNeededError(TokenizerFileError):
    """A good file that does not say its split pattern; someone has to choose one."""
