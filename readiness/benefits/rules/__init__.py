"""Objectives as rules: what they aim at, how sure a value is, and whether the target can still be reached."""

from kernel.permission import Visibility, allow

ALL = Visibility.ALL
GRANTS = (
    *allow("benefits.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("benefits.edit", administrator=ALL, manager=ALL),
)
"""Whoever may see the project may see what comes of it; what is aimed at and said is its manager's."""
