"""How the tokens of a text came about, merge by merge or attempt by attempt."""
