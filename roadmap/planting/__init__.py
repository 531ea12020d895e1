"""Rows of a plan that come all at once, from a file or from another plan, are planted and scheduled once."""
