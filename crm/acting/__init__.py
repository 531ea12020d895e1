"""Running rules: what waits for them, what became of each record, what came due, and what would happen."""
