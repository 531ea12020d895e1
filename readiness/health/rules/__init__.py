"""What makes the health of a roll-out, as values: tolerances, indicators, earned schedule, claims, contradictions."""

from kernel.permission import Visibility, allow

ALL = Visibility.ALL

GRANTS = (
    *allow("health.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("health.claim", administrator=ALL, manager=ALL),
    *allow("health.edit", administrator=ALL, manager=ALL),
)
"""Whoever may see the project may see how it stands; the claim and the tolerances are its manager's."""
