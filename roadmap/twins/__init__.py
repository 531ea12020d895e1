"""Which rows of a branch stand for which of its trunk, for every room that reads what only the trunk has."""
