"""The one permission answer: may this actor do that, here, to this, and why.

Deny by default. A grant is one row (role, object, action, visibility, fields); visibility belongs to the grant,
never to the role, so that "sees all" and "edits own" never add up to "edits all". Several roles: the widest grant
for that action wins, and the answer names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from kernel.actor import INSTANCE, Actor


class Visibility(IntEnum):
    """How far a grant reaches, from narrow to wide."""

    OWN = 1
    TEAM = 2
    TEAM_AND_BELOW = 3
    ALL = 4


@dataclass(frozen=True, slots=True)
class Grant:
    """A role may do an action on an object, as far as the visibility reaches; ``fields`` None means every field."""

    role: str
    object: str
    action: str
    visibility: Visibility = Visibility.ALL
    fields: frozenset[str] | None = None

    @property
    def name(self) -> str:
        """The action as routes name it, ``object.action``."""
        return f"{self.object}.{self.action}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the answer needs to know of a record: whose it is, and whether it is the actor's team's."""

    owners: frozenset[int] = frozenset()
    in_team: bool = False
    in_team_below: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, with the reason in words."""

    yes: bool
    because: str

    def __bool__(self) -> bool:
        """An answer counts as its yes or no."""
        return self.yes


def allow(name: str, **roles: Visibility) -> tuple[Grant, ...]:
    """Rows of a grant table: one action and the roles that may do it.

    >>> [grant.role for grant in allow("task.see", manager=Visibility.ALL, member=Visibility.OWN)]
    ['manager', 'member']
    """
    subject, _, action = name.partition(".")
    return tuple(Grant(role, subject, action, visibility) for role, visibility in roles.items())


def decide(
    grants: Iterable[Grant], name: str, facts: Facts | None, actor_id: int | None, *, field: str | None = None
) -> Answer:
    """Answer for one action from the grants that an actor holds in a scope.

    Without facts the question is "on any record at all?", which is what a page asks before it has looked one up.
    With ``field`` only the grants that reach this field count.

    >>> own = allow("task.progress", member=Visibility.OWN)
    >>> decide(own, "task.progress", Facts(owners=frozenset({4})), 4).yes
    True
    >>> decide(own, "task.progress", Facts(owners=frozenset({5})), 4).yes
    False
    """
    subject, _, action = name.partition(".")
    held = [grant for grant in grants if grant.action == action and grant.object == subject]
    if field is None or not held:
        return _answer(held, name, facts, actor_id)
    showing = [grant for grant in held if grant.fields is None or field in grant.fields]
    if not showing:
        return Answer(False, f"no role held here allows {name} on the field {field}")
    return _answer(showing, name, facts, actor_id)


def _answer(held: list[Grant], name: str, facts: Facts | None, actor_id: int | None) -> Answer:
    if not held:
        return Answer(False, f"no role held here allows {name}")
    widest = max(held, key=lambda grant: grant.visibility)
    if facts is None or _reaches(widest.visibility, facts, actor_id):
        return Answer(True, f"the role {widest.role} allows {name} ({widest.visibility.name.lower()})")
    return Answer(False, f"the role {widest.role} allows {name} on {widest.visibility.name.lower()} records only")


def _reaches(visibility: Visibility, facts: Facts, actor_id: int | None) -> bool:
    own = actor_id is not None and actor_id in facts.owners
    return {
        Visibility.OWN: own,
        Visibility.TEAM: own or facts.in_team,
        Visibility.TEAM_AND_BELOW: own or facts.in_team or facts.in_team_below,
        Visibility.ALL: True,
    }[visibility]


Judge = Callable[[Actor, str, str, Facts | None], Answer]
"""Answers for a part of the product whose grants are rows that people edit: actor, action, scope, facts."""


class Policy:
    """Every grant of the product, asked by pages, commands, jobs and exports alike.

    ``judges`` answer for the objects whose grants lie in the database: object, its actions, and who answers. ``home``
    tells the scope whose memberships count in a scope that has none of its own: a branch of a plan is its trunk's.
    """

    def __init__(
        self,
        grants: Iterable[Grant],
        judges: Mapping[str, tuple[frozenset[str], Judge]] | None = None,
        home: Callable[[str], str] = lambda scope: scope,
    ) -> None:
        """Index the grants by action and role: a page of rows asks hundreds of times."""
        self.home = home
        self._judges = {
            f"{subject}.{action}": judge for subject, (actions, judge) in (judges or {}).items() for action in actions
        }
        self._held: dict[str, dict[str, list[Grant]]] = {}
        for grant in grants:
            self._held.setdefault(grant.name, {}).setdefault(grant.role, []).append(grant)
        self.actions = frozenset(self._held) | frozenset(self._judges)

    def grants_for(self, actor: Actor, name: str, scope: str) -> list[Grant]:
        """The grants of an action that count for an actor in a scope."""
        return self._of_roles(actor.roles_in(scope if scope in actor.scopes() else self.home(scope)), name)

    def _of_roles(self, roles: Iterable[str], name: str) -> list[Grant]:
        by_role = self._held.get(name, {})
        return [grant for role in sorted(roles) for grant in by_role.get(role, ())]

    def decide(self, actor: Actor, name: str, scope: str = INSTANCE, facts: Facts | None = None) -> Answer:
        """May the actor do it here? The system may do everything."""
        if actor.id is None:
            return Answer(True, "the system acts by its timetable")
        if name in self._judges:
            return self._judges[name](actor, name, scope, facts)
        answer = _answer(self._of_roles(actor.roles_in(scope), name), name, facts, actor.id)
        if answer or scope in actor.scopes():
            return answer
        # Only who has no part here, and is refused, may follow from another scope: asking which costs a statement.
        return _answer(self.grants_for(actor, name, scope), name, facts, actor.id)

    def visibility(self, actor: Actor, name: str, scope: str) -> Visibility | None:
        """How far the actor may reach with an action, for the filter of a list; None is not at all."""
        if actor.id is None:
            return Visibility.ALL
        reach = [grant.visibility for grant in self.grants_for(actor, name, scope)]
        return max(reach, default=None)

    def scopes_where(self, actor: Actor, name: str) -> frozenset[str] | None:
        """The scopes in which the actor may do an action; None means in all of them."""
        if self.visibility(actor, name, INSTANCE) is not None:
            return None
        return frozenset(scope for scope in actor.scopes() if self.visibility(actor, name, scope) is not None)
