"""Notes on records: with a title, pinned, or confidential."""
