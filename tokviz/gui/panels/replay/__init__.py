"""How tokens came about, as merges are applied and as they were learned."""
