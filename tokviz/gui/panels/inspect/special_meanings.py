"""What a special token's name in the text is taken for: words on screen, and a tip.

The menu has them at each start, the list of special tokens when somebody looks at it.
"""

from tokviz.tokenization.tokenizer import Special

MEANINGS = {
    Special.TEXT: ("as text", "The name of a special token is encoded like any other text"),
    Special.SPECIAL: ("as special tokens", "The name of a special token is that token"),
    Special.REFUSE: ("refused", "Say so where the text names a special token; it stays text"),
}
