"""What a role may do with fields of one's own: each field says it, and the grants of the role are joined with that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import PREFIX, Field
from kernel.permission import Grant

HIDE, READ, WRITE = "hide", "read", "write"
LEVELS = (HIDE, READ, WRITE)
ADMINISTRATOR = "crm-administrator"
"""The role that may do everything with a field, unless it is said otherwise."""
_READING, _WRITING = frozenset({"see", "export"}), frozenset({"edit", "create"})
"""The actions that know fields, as `crm.access.rules` calls them."""


def level_of(field: Field, role_key: str) -> str:
    """What a role may do with a field of one's own: what was said, else all, but nothing where it is sensitive.

    >>> level_of(Field("x_rooms", "Rooms", levels=(("executive", "read"),)), "executive")
    'read'
    """
    usual = WRITE if role_key == ADMINISTRATOR or not field.sealed else HIDE
    return dict(field.levels).get(role_key, usual)


def joined(grant: Grant, subject: ObjectType | None) -> Grant:
    """A grant with the fields of one's own that it reaches; None fields would reach a sensitive one, too."""
    if subject is None or not subject.own or grant.action not in _READING | _WRITING:
        return grant
    wanted = (WRITE,) if grant.action in _WRITING else (READ, WRITE)
    reached = {each.key for each in subject.own if level_of(each, grant.role) in wanted}
    if grant.fields is None and len(reached) == len(subject.own):
        return grant
    shipped = {each.key for each in subject.fields} if grant.fields is None else grant.fields
    return replace(grant, fields=frozenset({each for each in shipped if not each.startswith(PREFIX)} | reached))


def without_own(grant: Grant) -> Grant:
    """A grant as it is kept: fields of one's own say themselves who may use them."""
    subject = OBJECTS.shipped.get(grant.object)
    if grant.fields is None or subject is None:
        return grant
    kept = frozenset(each for each in grant.fields if not each.startswith(PREFIX))
    return replace(grant, fields=None if kept >= {each.key for each in subject.fields} else kept)


def said(grants: Iterable[Grant], subject: ObjectType) -> dict[str, str]:
    """What the grants of one role say about the fields of one's own; nothing where it does not see the object."""
    known = {each.action: each.fields for each in grants if each.object == subject.key}
    if "see" not in known:
        return {}
    writing = [known[each] for each in sorted(_WRITING) if each in known]
    return {each.key: _level(each.key, known["see"], writing) for each in subject.own}


def _level(key: str, seen: frozenset[str] | None, writing: list[frozenset[str] | None]) -> str:
    """Without a grant to create or edit, what is seen counts as written: there is nothing that it could spoil."""
    if seen is not None and key not in seen:
        return HIDE
    return WRITE if not writing or any(each is None or key in each for each in writing) else READ
