"""What a status report says, as values: decided here, written and drawn elsewhere."""

from kernel.permission import Visibility, allow

ALL = Visibility.ALL

GRANTS = (*allow("report.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),)
"""Whoever may see the project may read how it stands."""
