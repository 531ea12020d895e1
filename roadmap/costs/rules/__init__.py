"""Amounts, rates, earned value, and what a project's work costs; who may see and change it."""

from kernel.permission import Visibility, allow

ALL = Visibility.ALL

GRANTS = (
    *allow("cost.see", administrator=ALL, manager=ALL, executive=ALL),
    *allow("cost.edit", administrator=ALL, manager=ALL),
)
