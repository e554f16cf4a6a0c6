"""Any regular split pattern as an automaton that runs over arrays; `automaton_edges.py` begins."""
