"""How each level of a city sees its own: what happens in cells, added up by the prefix of their codes."""
