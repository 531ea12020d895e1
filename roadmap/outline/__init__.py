"""The plan as people see and shape it: its rows, their order and level, what waits for what, and the pages for it."""
