"""Who may look at the CRM as somebody else: never upwards. What the other may do, one may do oneself."""

from __future__ import annotations

from dataclasses import replace

from crm.access.rules import ACTIONS, FUNCTION, FUNCTIONS, Access
from crm.objects.rules.catalogue import OBJECTS
from kernel.permission import Grant, Visibility

REACH = {
    Visibility.OWN: "own",
    Visibility.TEAM: "own and the team's",
    Visibility.TEAM_AND_BELOW: "own, the team's and those below",
    Visibility.ALL: "all",
}
"""How far a grant reaches, in words that follow “records:”."""


def cover(mine: Access, theirs: Access, grant: Grant) -> Grant | None:
    """The grant of mine that allows all that one of theirs allows, the widest where several do; None without one.

    >>> boss = Access(1, (Grant("boss", "lead", "see", Visibility.TEAM),), team_id=5)
    >>> rep = Access(2, (Grant("rep", "lead", "see", Visibility.OWN),), team_id=5)
    >>> cover(boss, rep, rep.grants[0]).role, cover(rep, boss, boss.grants[0])
    ('boss', None)
    """
    able = [
        each
        for each in mine.grants
        if each.name == grant.name and _has_fields(each, grant) and _reaches(mine, each, theirs, grant)
    ]
    return max(able, key=lambda each: each.visibility, default=None)


def beyond(mine: Access, theirs: Access) -> tuple[str, ...]:
    """What the other may do and oneself may not, in words; nothing means that one may look as them.

    >>> beyond(Access(1), Access(2, (Grant("rep", "lead", "export", Visibility.OWN),)))
    ('export leads (own)',)
    """
    return tuple(dict.fromkeys(_said(grant) for grant in theirs.grants if cover(mine, theirs, grant) is None))


def narrow(access: Access, grant: Grant) -> Access:
    """An access with one grant only, to ask what that one lets through."""
    return replace(access, grants=(grant,))


def _said(grant: Grant) -> str:
    if grant.object == FUNCTION:
        return FUNCTIONS.get(grant.action, grant.action).lower()
    subject = OBJECTS.get(grant.object)
    label = subject.label_plural.lower() if subject else grant.object
    return f"{ACTIONS.get(grant.action, grant.action).lower()} {label} ({REACH[grant.visibility]})"


def _has_fields(mine: Grant, theirs: Grant) -> bool:
    if mine.fields is None:
        return True
    subject = OBJECTS.get(theirs.object)
    every = frozenset(each.key for each in subject.fields) if subject else frozenset()
    return (every if theirs.fields is None else theirs.fields) <= mine.fields


def _reaches(mine: Access, my_grant: Grant, theirs: Access, their_grant: Grant) -> bool:
    """Whether the records that my grant reaches hold those of theirs, as teams stand; strays are looked up apart."""
    if my_grant.visibility is Visibility.ALL:
        return True
    if their_grant.visibility is Visibility.ALL or my_grant.visibility is Visibility.OWN:
        return False
    area = _area(mine, my_grant.visibility)
    if theirs.team_id is None or theirs.team_id not in area:
        return False
    return their_grant.visibility is not Visibility.TEAM_AND_BELOW or theirs.below <= area


def _area(access: Access, visibility: Visibility) -> frozenset[int]:
    own = frozenset() if access.team_id is None else frozenset({access.team_id})
    return own | access.below if visibility is Visibility.TEAM_AND_BELOW else own
