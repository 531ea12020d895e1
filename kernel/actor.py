"""Who acts: a person or the system, with the roles they hold and where they hold them."""

from __future__ import annotations

from dataclasses import dataclass

INSTANCE = "instance"
"""The scope that holds everywhere; other scopes are keys given by their owner, such as ``project:7``."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A role held in a scope."""

    role: str
    scope: str = INSTANCE


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever performs an action, by value.

    ``id`` is the person's number, or None for the system itself. ``viewer`` is who really looks, where somebody sees
    the product as this person does: then nothing is written, and the trail names both.
    """

    id: int | None
    name: str
    email: str = ""
    memberships: tuple[Membership, ...] = ()
    viewer: Actor | None = None

    @property
    def initials(self) -> str:
        """Up to two letters that stand for the name."""
        return initials(self.name)

    def roles_in(self, scope: str) -> frozenset[str]:
        """The roles that count in a scope: those held there and those held everywhere."""
        return frozenset(held.role for held in self.memberships if held.scope in (scope, INSTANCE))

    def scopes(self) -> frozenset[str]:
        """The scopes in which this actor holds any role."""
        return frozenset(held.scope for held in self.memberships)


def initials(name: str) -> str:
    """Up to two letters that stand for a name.

    >>> initials("Priya Nair"), initials("Zoë"), initials("")
    ('PN', 'Z', '')
    """
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


SYSTEM = Actor(None, "Launch90")
"""The author of what the timetable does by itself."""


def project_scope(project_id: int) -> str:
    """The scope key of a project: the one place that spells it.

    >>> project_scope(7)
    'project:7'
    """
    return f"project:{project_id}"
