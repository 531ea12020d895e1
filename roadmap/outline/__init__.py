"""The shape of a plan: which rows there are, in what order and at what level, and which waits for which."""
