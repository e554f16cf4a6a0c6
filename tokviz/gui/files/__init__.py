"""Opening, saving and keeping texts, tokenizers and embedding tables, beside the window."""
