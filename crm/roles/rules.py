"""What a change of access means for one person, and a role as the matrix that people edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from crm.access import rules as access
from crm.access.rules import Access, RoleData
from crm.invariants.rules import REASON_LENGTH, SENTENCE_LENGTH, Invariant
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field
from kernel.errors import RuleBroken
from kernel.permission import Grant, Visibility

REACHES: Mapping[Visibility | None, str] = {
    None: "none",
    Visibility.OWN: "own",
    Visibility.TEAM: "team",
    Visibility.TEAM_AND_BELOW: "team and below",
    Visibility.ALL: "all",
}
"""What each visibility is called."""
COUNTED = (access.SEE, access.EDIT, access.DELETE, access.EXPORT)
"""The actions that reach records which are there already."""
_WITHIN_SIGHT = (access.EDIT, access.DELETE, access.EXPORT)
_BY_FIELD = (access.SEE, access.CREATE, access.EDIT, access.EXPORT)


class Level(StrEnum):
    """What a role may do with a field."""

    HIDE = "hide"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class ReachChange:
    """How far an action on an object, or on one field of it, reached before and reaches after."""

    object: str
    action: str
    before: Visibility | None
    after: Visibility | None
    field: str = ""

    @property
    def widens(self) -> bool:
        """Whether it reaches further than before."""
        return (self.after or 0) > (self.before or 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changes for one person."""

    reaches: tuple[ReachChange, ...] = ()
    fields: tuple[ReachChange, ...] = ()
    functions_gained: tuple[str, ...] = ()
    functions_lost: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.reaches or self.fields or self.functions_gained or self.functions_lost)


def compare(before: Access, after: Access) -> Difference:
    """What somebody gains and loses. A field is named where it goes another way than its object."""
    had, has = before.functions(), after.functions()
    return Difference(
        tuple(each for each in _reaches(before, after) if each.before != each.after),
        tuple(each for each in _fields(before, after)),
        tuple(each for each in access.FUNCTIONS if each in has - had),
        tuple(each for each in access.FUNCTIONS if each in had - has),
    )


def _reaches(before: Access, after: Access) -> Iterable[ReachChange]:
    for subject in OBJECTS.values():
        for action in access.ACTIONS:
            yield ReachChange(
                subject.key, action, access.widest(before, action, subject), access.widest(after, action, subject)
            )


def _fields(before: Access, after: Access) -> Iterable[ReachChange]:
    for subject in OBJECTS.values():
        for action in _BY_FIELD:
            whole = access.widest(before, action, subject), access.widest(after, action, subject)
            for field in subject.fields:
                found = (
                    access.widest(before, action, subject, field.key),
                    access.widest(after, action, subject, field.key),
                )
                if found[0] != found[1] and found != whole:
                    yield ReachChange(subject.key, action, *found, field.key)


@dataclass(frozen=True, slots=True)
class Row:
    """One object of the matrix: how far each action reaches, and what may be done with each field."""

    reach: Mapping[str, Visibility | None]
    levels: Mapping[str, Level]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A role as people edit it: a row an object, and the functions."""

    rows: Mapping[str, Row]
    functions: frozenset[str]


def matrix_of(role: RoleData) -> Matrix:
    """The matrix of a role."""
    functions = frozenset(each.action for each in role.grants if each.object == access.FUNCTION)
    return Matrix({key: _row_of(role, subject) for key, subject in OBJECTS.items()}, functions)


def _row_of(role: RoleData, subject: ObjectType) -> Row:
    grants = {each.action: each for each in role.grants if each.object == subject.key}
    reach = {action: grants[action].visibility if action in grants else None for action in access.ACTIONS}
    return Row(reach, {each.key: _level(each, grants) for each in subject.fields})


def _level(field: Field, grants: Mapping[str, Grant]) -> Level:
    """Without a grant to create or edit, what is seen counts as written: there is nothing that it could spoil."""
    if not _reaches_field(grants.get(access.SEE), field):
        return Level.HIDE if grants else Level.WRITE if field.written else Level.READ
    if not field.written:
        return Level.READ
    writing = [grants[each] for each in (access.EDIT, access.CREATE) if each in grants]
    if not writing or any(_reaches_field(each, field) for each in writing):
        return Level.WRITE
    return Level.READ


def _reaches_field(grant: Grant | None, field: Field) -> bool:
    return grant is not None and (grant.fields is None or field.key in grant.fields)


def grants_of(role_key: str, matrix: Matrix) -> tuple[Grant, ...]:
    """The grants that a matrix says. Raises RuleBroken for one that makes no sense, naming the field."""
    found = [each for key, subject in OBJECTS.items() for each in _grants(role_key, subject, matrix.rows[key])]
    return (*found, *(Grant(role_key, access.FUNCTION, each) for each in access.FUNCTIONS if each in matrix.functions))


def _grants(role_key: str, subject: ObjectType, row: Row) -> list[Grant]:
    _check(subject, row)
    seen = {each.key for each in subject.fields if row.levels[each.key] is not Level.HIDE}
    read_only = {each.key for each in subject.written if row.levels[each.key] is Level.READ}
    sets = {access.SEE: seen, access.EXPORT: seen, access.EDIT: seen - read_only, access.CREATE: seen - read_only}
    return [
        Grant(role_key, subject.key, action, reach, _fieldset(subject, sets[action]) if action in sets else None)
        for action, reach in row.reach.items()
        if reach is not None
    ]


def _fieldset(subject: ObjectType, keys: set[str]) -> frozenset[str] | None:
    return None if len(keys) == len(subject.fields) else frozenset(keys)


def _check(subject: ObjectType, row: Row) -> None:
    sight = row.reach[access.SEE] or 0
    for action in _WITHIN_SIGHT:
        if (row.reach[action] or 0) > sight:
            raise RuleBroken(
                "crm.beyond_sight",
                "%(objects)s: “%(action)s” reaches further than “See”. Nobody works with what they can’t see.",
                field=f"{subject.key}.{action}",
                objects=subject.label_plural,
                action=access.ACTIONS[action],
            )
    if row.reach[access.CREATE] and not row.reach[access.SEE]:
        raise RuleBroken(
            "crm.blind",
            "%(objects)s: whoever creates them must see at least their own.",
            field=f"{subject.key}.{access.CREATE}",
            objects=subject.label_plural,
        )
    missing = next((each for each in subject.written if each.needed and row.levels[each.key] is not Level.WRITE), None)
    if row.reach[access.CREATE] and missing is not None:
        raise RuleBroken(
            "crm.needed_hidden",
            "%(objects)s: “%(label)s” is needed, so whoever creates them must be able to write it.",
            field=f"{subject.key}.{missing.key}",
            objects=subject.label_plural,
            label=missing.label,
        )


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields of one object for which one action changes in the same way."""

    object: str
    action: str
    before: Visibility | None
    after: Visibility | None
    labels: tuple[str, ...]


def by_change(fields: Iterable[ReachChange]) -> list[FieldGroup]:
    """Changes of fields, those that change alike together."""
    found: dict[tuple[str, str, Visibility | None, Visibility | None], list[str]] = {}
    for each in fields:
        label = OBJECTS[each.object].field(each.field).label
        found.setdefault((each.object, each.action, each.before, each.after), []).append(label)
    return [FieldGroup(*key, tuple(labels)) for key, labels in found.items()]


def check_reason(reason: str) -> str:
    """A reason as it is kept. Raises RuleBroken for none and for a long one."""
    clean = " ".join(reason.split())
    if not clean:
        raise RuleBroken("crm.reason", "Say why.", field="reason")
    if len(clean) > REASON_LENGTH:
        raise RuleBroken("crm.reason_long", "At most %(limit)d characters fit.", field="reason", limit=REASON_LENGTH)
    return clean


def check_invariant(wanted: Invariant, roles: Mapping[str, RoleData]) -> Invariant:
    """An invariant as it is kept. Raises RuleBroken for what is unknown, missing or too long, by field."""
    sentence = " ".join(wanted.sentence.split())
    if not sentence or len(sentence) > SENTENCE_LENGTH:
        raise RuleBroken(
            "crm.sentence",
            "Say it in one sentence of at most %(limit)d characters.",
            field="sentence",
            limit=SENTENCE_LENGTH,
        )
    if wanted.role and wanted.role not in roles:
        raise RuleBroken("crm.unknown_role", "Choose one of the roles.", field="role")
    actions = access.FUNCTIONS if wanted.object == access.FUNCTION else access.ACTIONS
    if wanted.action not in actions or (wanted.object != access.FUNCTION and wanted.object not in OBJECTS):
        raise RuleBroken("crm.unknown_action", "Choose what nobody should be able to do.", field="what")
    if wanted.field and (wanted.object == access.FUNCTION or not OBJECTS[wanted.object].has(wanted.field)):
        raise RuleBroken("crm.unknown_field", "There is no such field on this object.", field="field")
    return replace(wanted, sentence=sentence)
