"""Access reviews: who has what, last used when, confirmed or withdrawn by somebody, and kept as a record."""
