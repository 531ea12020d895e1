"""Time as people write it, how much of it a day and a week hold, blockers, and who may log what."""

from kernel.permission import Visibility, allow

ALL, OWN = Visibility.ALL, Visibility.OWN

GRANTS = (
    *allow("time.own", administrator=ALL, person=ALL),
    *allow("time.log", administrator=ALL, manager=ALL, member=OWN),
    *allow("time.see", administrator=ALL, manager=ALL),
    *allow("blocker.raise", administrator=ALL, manager=ALL, member=ALL),
    *allow("blocker.resolve", administrator=ALL, manager=ALL, member=OWN),
)
"""Everybody has a time sheet; a member logs their own time and resolves what they raised, own or were asked about."""
