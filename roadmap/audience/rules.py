"""Who may say whom a roll-out is for."""

from kernel.permission import Visibility, allow

ALL = Visibility.ALL

GRANTS = (
    *allow("audience.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("audience.edit", administrator=ALL, manager=ALL),
)
