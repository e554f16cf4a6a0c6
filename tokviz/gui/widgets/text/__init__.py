"""The editor that colours tokens, and its parts; begin with `token_text_view`."""
