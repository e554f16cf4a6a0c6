"""Token ids to vectors to points: tables, exact neighbours, projections. Knows no tokenizer."""
