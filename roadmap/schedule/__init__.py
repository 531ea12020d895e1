"""When each task happens: the critical path and everything read from it."""
