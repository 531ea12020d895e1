"""Rules that work by themselves, as data: what sets each off, under which conditions, and what it then does."""
