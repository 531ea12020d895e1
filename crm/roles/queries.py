"""The effect of a change of access before it is saved: for each person what they gain and lose, counted in records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, literal, select

from crm.access.queries import reach
from crm.access.rules import Access, Holder, State, is_on, widest
from crm.handover.queries import OWNED, open_of
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records.models import TABLES
from crm.roles.rules import COUNTED, Difference, by_change, compare
from infra.database import db
from kernel.permission import Visibility

_AT_ONCE = 40
"""How many counts one statement carries."""


@dataclass(frozen=True, slots=True)
class Moving:
    """The open records of a person that go with them to another team."""

    person_id: int
    team_id: int | None


@dataclass(frozen=True, slots=True)
class RecordCount:
    """How many records of an object an action reaches newly, and how many no longer."""

    object: str
    action: str
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class EffectLine:
    """Actions on one object, or on some of its fields, that change alike.

    ``moved`` False: they reach as far as before, but other records. ``counts``: records gained and lost for each of
    the people, in their order; None: nothing to count.
    """

    actions: tuple[str, ...]
    object: str
    fields: tuple[str, ...]
    before: Visibility | None
    after: Visibility | None
    moved: bool
    counts: tuple[tuple[int, int], ...] | None

    @property
    def told_once(self) -> bool:
        """Whether it is the same number for all of them."""
        return self.counts is None or len(set(self.counts)) == 1


@dataclass(frozen=True, slots=True)
class PersonEffect:
    """What a change means for one person."""

    holder: Holder
    before: frozenset[str]
    difference: Difference
    records: tuple[RecordCount, ...]

    def counts(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Records gained and lost by object and action."""
        return {(each.object, each.action): (each.gained, each.lost) for each in self.records}

    def elsewhere(self) -> list[tuple[str, str]]:
        """Actions that reach as far as before, but other records."""
        moved = {(each.object, each.action) for each in self.difference.reaches}
        return [each for each in self.counts() if each not in moved]


@dataclass(frozen=True, slots=True)
class AlikeEffect:
    """What a change means for people for whom it means the same; how many records that is may differ."""

    people: tuple[PersonEffect, ...]

    def lines(self) -> list[EffectLine]:
        """All of it in few lines: actions on one object that change alike stand together, objects in their order."""
        first, counts = self.people[0], [each.counts() for each in self.people]
        alike: dict[tuple[Any, ...], list[str]] = {}
        for each in first.difference.reaches:
            key = each.object, each.action
            counted = tuple(found.get(key, (0, 0)) for found in counts) if each.action in COUNTED else None
            alike.setdefault((each.object, (), each.before, each.after, True, counted), []).append(each.action)
        for kind, action in first.elsewhere():
            counted = tuple(found[kind, action] for found in counts)
            alike.setdefault((kind, (), None, None, False, counted), []).append(action)
        for group in by_change(first.difference.fields):
            shape = (group.object, group.labels, group.before, group.after, True, None)
            alike.setdefault(shape, []).append(group.action)
        found = [EffectLine(tuple(actions), *shape) for shape, actions in alike.items()]
        order = list(OBJECTS)
        return sorted(found, key=lambda line: (bool(line.fields), order.index(line.object)))


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change means for everybody; ``untouched``: how many people with a role it leaves as they are."""

    people: tuple[PersonEffect, ...]
    untouched: int

    def alike(self) -> list[AlikeEffect]:
        """The people by what it means for them: those whose roles and reach change alike stand together."""
        groups: dict[tuple[Any, ...], list[PersonEffect]] = {}
        for each in self.people:
            key = each.before, each.holder.roles, each.difference, frozenset(each.elsewhere())
            groups.setdefault(key, []).append(each)
        return [AlikeEffect(tuple(people)) for people in groups.values()]


def effect(before: State, after: State, moving: Moving | None = None) -> Effect:
    """Exactly who gains and loses what between two states, nothing of which needs to be saved."""
    holders = [each for each in after.holders.values() if each.roles or before.holders[each.id].roles]
    pairs = {each.id: (before.access(each.id), after.access(each.id)) for each in holders}
    counted = _counts(pairs, moving)
    found = []
    for each in holders:
        records = tuple(counted.get(each.id, ()))
        difference = compare(*pairs[each.id])
        if difference or records:
            found.append(PersonEffect(each, before.holders[each.id].roles, difference, records))
    return Effect(tuple(found), len(holders) - len(found))


def with_person(state: State, person_id: int, roles: Iterable[str], team_id: int | None, *, leads: bool) -> State:
    """The state in which a person holds these roles and is in this team."""
    holder = replace(state.holders[person_id], roles=frozenset(roles), team_id=team_id, leads=leads)
    return replace(state, holders={**state.holders, person_id: holder})


def _counts(pairs: Mapping[int, tuple[Access, Access]], moving: Moving | None) -> dict[int, list[RecordCount]]:
    """Records gained and lost by person, object and action: a few statements an object, however many people."""
    found: dict[int, list[RecordCount]] = {}
    for subject in OBJECTS.values():
        asked = list(_questions(pairs, subject, moving))
        for start in range(0, len(asked), _AT_ONCE):
            questions = asked[start : start + _AT_ONCE]
            for (person_id, action, _columns), gained, lost in _ask(subject, questions):
                if gained or lost:
                    found.setdefault(person_id, []).append(RecordCount(subject.key, action, gained, lost))
    return found


_Question = tuple[int, str, tuple[Any, Any]]


def _questions(
    pairs: Mapping[int, tuple[Access, Access]], subject: ObjectType, moving: Moving | None
) -> Iterator[_Question]:
    table = TABLES[subject.key]
    later = _Following(table, subject, moving) if moving and subject.key in OWNED else table
    for person_id, (before, after) in pairs.items():
        for action in COUNTED:
            if not _may_differ(before, after, action, subject, moving):
                continue
            had, has = reach(before, action, subject, table), reach(after, action, subject, later)
            gained = func.sum(case((had, 0), (has, 1), else_=0))
            yield person_id, action, (gained, func.sum(case((has, 0), (had, 1), else_=0)))


def _ask(subject: ObjectType, questions: Sequence[_Question]) -> Iterator[tuple[_Question, int, int]]:
    columns = [column for question in questions for column in question[2]]
    row = db.session.execute(select(*columns).where(TABLES[subject.key].deleted_at.is_(None))).one()
    for number, question in enumerate(questions):
        yield question, row[2 * number] or 0, row[2 * number + 1] or 0


def _may_differ(before: Access, after: Access, action: str, subject: ObjectType, moving: Moving | None) -> bool:
    """Whether it is worth counting: another visibility, or one that looks at teams where teams change."""
    if not is_on(after, subject) and not is_on(before, subject):
        return False
    had, has = widest(before, action, subject), widest(after, action, subject)
    if had != has:
        return True
    looks_at_teams = has in (Visibility.TEAM, Visibility.TEAM_AND_BELOW)
    elsewhere = (before.team_id, before.below) != (after.team_id, after.below)
    return has is not None and has is not Visibility.ALL and (elsewhere or (looks_at_teams and moving is not None))


class _Following:
    """A table as it would be once somebody's open records are in another team; nothing is written for it."""

    def __init__(self, table: Any, subject: ObjectType, moving: Moving) -> None:
        """Only the team differs, and only for what they own and is open."""
        self.id, self.owner_id = table.id, table.owner_id
        goes = and_(table.owner_id == moving.person_id, open_of(subject.key))
        self.team_id = case((goes, cast(literal(moving.team_id), Integer)), else_=table.team_id)
