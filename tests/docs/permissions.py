"""The table of docs/users/roles-and-permissions.md, made from the grants that the product works by."""

from __future__ import annotations

from accounts.access.rules import STARTER
from kernel.permission import Visibility
from web import wiring

ROLES = ("administrator", "person", "manager", "member", "stakeholder", "executive")
WORDS = {Visibility.ALL: "yes", Visibility.OWN: "own", None: ""}


def rows() -> dict[str, tuple[str, ...]]:
    """Each action and what every role may do with it."""
    reach: dict[str, dict[str, Visibility]] = {}
    for grant in wiring.grants():
        held = reach.setdefault(grant.name, {})
        held[grant.role] = max(grant.visibility, held.get(grant.role, grant.visibility))
    return {name: tuple(_cell(role, held) for role in ROLES) for name, held in sorted(reach.items())}


def _cell(role: str, held: dict[str, Visibility]) -> str:
    """What a role may; what the policy of signing in gives or takes is said so."""
    by_policy = role == "person" and STARTER in held
    return "policy" if by_policy else WORDS[held.get(role)]


def line(action: str, cells: tuple[str, ...], meaning: str) -> str:
    """A row as the page has it."""
    return "| " + " | ".join((f"`{action}`", meaning, *cells)) + " |"
