"""A file brought into a plan that is there: its rows matched, what would change shown, and all of it stored as one."""
