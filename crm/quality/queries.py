"""Completeness within what the reader may see, from the tallies; and the records that need mending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from crm.access import rules as access_rules
from crm.access.queries import any_shared, reach, shared_ids
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS, Module
from crm.objects.rules.fields import Field
from crm.quality import rules
from crm.quality.models import QualityDay, QualityTally, RecordQuality
from crm.quality.rules import ABOUT, Completeness
from crm.records.models import TABLES
from crm.records.queries import AnyRecord, seen
from infra.database import db
from infra.memo import remembered
from kernel.permission import Visibility


class Tallied(NamedTuple):
    """So many records of an object, owner and team; ``bits`` are the fields that are seen, ``mask`` the valid ones."""

    kind: str
    owner_id: int | None
    team_id: int | None
    bits: int
    mask: int
    n: int


class FieldFigure(NamedTuple):
    """How one field stands."""

    kind: str
    field: Field
    figure: Completeness

    @property
    def lacking(self) -> int:
        """Records whose value is not valid."""
        return self.figure.required - self.figure.valid


class Flawed(NamedTuple):
    """A record that needs mending, with its flawed fields that the reader sees."""

    record: AnyRecord
    fields: tuple[Field, ...]


def completeness(
    access: Access, kind: str | None = None, team: int | Collection[int] | None = None, owner: int | None = None
) -> Completeness:
    """Valid required fields of all required fields that the reader may see; of an object, of teams, of an owner."""
    teams = None if team is None else {team} if isinstance(team, int) else set(team)
    return total(
        each
        for each in tallies(access)
        if (kind is None or each.kind == kind)
        and (teams is None or each.team_id in teams)
        and (owner is None or each.owner_id == owner)
    )


@remembered
def tallies(access: Access) -> list[Tallied]:
    """All tallies within the reader's reach. There are as many as owners and kinds of flaws, not as records."""
    rows = db.session.execute(
        select(
            QualityTally.kind,
            QualityTally.owner_id,
            QualityTally.team_id,
            QualityTally.mask,
            func.sum(QualityTally.n),
        ).group_by(QualityTally.kind, QualityTally.owner_id, QualityTally.team_id, QualityTally.mask)
    )
    views = {kind: _View(access, kind) for kind in OBJECTS}
    found = [
        Tallied(kind, owner, team, bits, mask & bits, int(n))
        for kind, owner, team, mask, n in rows
        if n and (bits := views[kind].bits(owner, team))
    ]
    return found + [each for kind, view in views.items() for each in _shared(access, kind, view)]


class _View:
    """Which counted fields of an object a reader sees, by how far each field's permission reaches."""

    def __init__(self, access: Access, kind: str) -> None:
        self.access = access
        self.by_reach: defaultdict[Visibility, int] = defaultdict(int)
        for place, field in enumerate(rules.counted(kind)):
            key = None if field is ABOUT else field.key
            visibility = access_rules.widest(access, access_rules.SEE, OBJECTS[kind], key)
            if visibility is not None:
                self.by_reach[visibility] |= 1 << place

    @property
    def any(self) -> int:
        """The fields that are seen on some record."""
        return sum(self.by_reach.values())

    def bits(self, owner_id: int | None, team_id: int | None) -> int:
        """The fields that are seen on the records of an owner and a team."""
        near = _nearness(self.access, owner_id, team_id)
        return sum(bits for visibility, bits in self.by_reach.items() if visibility >= near)


def _nearness(access: Access, owner_id: int | None, team_id: int | None) -> Visibility:
    """The narrowest permission that reaches a record of this owner and team."""
    if owner_id is not None and owner_id == access.person_id:
        return Visibility.OWN
    if team_id is not None and access.team_id is not None:
        if team_id == access.team_id:
            return Visibility.TEAM
        if team_id in access.below:
            return Visibility.TEAM_AND_BELOW
    return Visibility.ALL


def _shared(access: Access, kind: str, view: _View) -> list[Tallied]:
    """Records that are shared with the reader: what the tallies by owner and team leave out of them."""
    if set(view.by_reach) <= {Visibility.ALL} or not any_shared(access, OBJECTS[kind]):
        return []
    rows = db.session.execute(
        select(RecordQuality.owner_id, RecordQuality.team_id, RecordQuality.mask).where(
            RecordQuality.kind == kind, RecordQuality.record_id.in_(shared_ids(access, OBJECTS[kind]))
        )
    )
    found = []
    for owner, team, mask in rows:
        there = view.bits(owner, team)
        if more := view.any & ~there:
            found.append(Tallied(kind, owner, team, more, mask & more, 0 if there else 1))
    return found


def total(parts: Iterable[Tallied]) -> Completeness:
    """Tallies as one figure. A share that adds fields to a record counted already brings fields and no record."""
    good = required = records = 0
    for each in parts:
        times = each.n or 1
        good += each.mask.bit_count() * times
        required += each.bits.bit_count() * times
        records += each.n
    return Completeness(good, required, records)


def by(access: Access, key: Callable[[Tallied], Hashable]) -> dict[Any, Completeness]:
    """Completeness by what a function says of a tally: its object, team or owner."""
    groups: defaultdict[Any, list[Tallied]] = defaultdict(list)
    for each in tallies(access):
        groups[key(each)].append(each)
    return {name: total(parts) for name, parts in groups.items()}


def by_field(access: Access, kind: str | None = None) -> list[FieldFigure]:
    """Each counted field of the objects, the one that most records lack first."""
    found = []
    for name in OBJECTS if kind is None else (kind,):
        parts = [each for each in tallies(access) if each.kind == name]
        for place, field in enumerate(rules.counted(name)):
            bit = 1 << place
            inside = [(each.mask, each.n or 1) for each in parts if each.bits & bit]
            required = sum(n for _mask, n in inside)
            if required:
                good = sum(n for mask, n in inside if mask & bit)
                found.append(FieldFigure(name, field, Completeness(good, required, required)))
    return sorted(found, key=lambda each: (-each.lacking, each.kind, each.field.key))


def flawed(
    access: Access,
    kind: str,
    *,
    field: str | None = None,
    team: int | None = None,
    owner: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[Flawed]:
    """Records with a flaw (in one field) that the reader sees, by number from ``after`` on."""
    table, subject = TABLES[kind], OBJECTS[kind]
    conditions = [RecordQuality.kind == kind, RecordQuality.mask < rules.whole(kind), table.id > after]
    conditions.append(_some_flaw(access, kind, field))
    conditions += [RecordQuality.owner_id == owner] if owner is not None else []
    conditions += [RecordQuality.team_id == team] if team is not None else []
    statement = seen(access, subject).join(RecordQuality, RecordQuality.record_id == table.id).where(*conditions)
    rows = db.session.execute(statement.add_columns(RecordQuality.mask).order_by(table.id).limit(limit)).all()
    view = _View(access, kind)
    return [Flawed(row[0], _lacking(kind, row.mask, view.any, field)) for row in rows]


def count_flawed(access: Access, kind: str, *, owner: int | None = None) -> int:
    """How many records have a flaw that the reader sees."""
    parts = [each for each in tallies(access) if each.kind == kind and (owner is None or each.owner_id == owner)]
    return sum(each.n for each in parts if each.mask != each.bits)


def _some_flaw(access: Access, kind: str, field: str | None) -> ColumnElement[bool]:
    """Some field, or the one, is flawed where the reader sees it: each field with the reach of its own."""
    row = SimpleNamespace(id=RecordQuality.record_id, owner_id=RecordQuality.owner_id, team_id=RecordQuality.team_id)
    found = []
    for place, each in enumerate(rules.counted(kind)):
        if field in (None, each.key):
            key = None if each is ABOUT else each.key
            sight = reach(access, access_rules.SEE, OBJECTS[kind], row, key)
            found.append(and_(RecordQuality.mask.op("&")(1 << place) == 0, sight))
    return or_(false(), *found)


def _lacking(kind: str, mask: int, bits: int, field: str | None) -> tuple[Field, ...]:
    return tuple(
        each
        for place, each in enumerate(rules.counted(kind))
        if bits & (1 << place) and not mask & (1 << place) and field in (None, each.key)
    )


def sees_all(access: Access) -> bool:
    """Whether every counted field of every record is within reach: only then is the trend of all theirs to read."""
    views = (_View(access, kind).by_reach for kind in OBJECTS)
    return access.modules == frozenset(Module) and all(set(each) <= {Visibility.ALL} for each in views)


def days(first: date, last: date) -> list[tuple[date, Completeness]]:
    """How all records stood, a day each."""
    rows = db.session.execute(
        select(QualityDay.day, func.sum(QualityDay.valid), func.sum(QualityDay.required), func.sum(QualityDay.n))
        .where(QualityDay.day.between(first, last))
        .group_by(QualityDay.day)
        .order_by(QualityDay.day)
    )
    return [(row[0], Completeness(int(row[1]), int(row[2]), int(row[3]))) for row in rows]


def values_of(kind: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the rules need to know of live records."""
    table = TABLES[kind]
    columns = [getattr(table, each) for each in rules.needed_columns(kind)]
    rows = db.session.execute(select(table.id, *columns).where(table.id.in_(ids), table.deleted_at.is_(None)))
    return {row["id"]: dict(row) for row in rows.mappings()}


def unmeasured(kind: str, limit: int) -> list[int]:
    """Live records that nobody has judged yet."""
    table = TABLES[kind]
    known = select(RecordQuality.record_id).where(RecordQuality.kind == kind, RecordQuality.record_id == table.id)
    return list(
        db.session.scalars(
            select(table.id).where(table.deleted_at.is_(None), ~known.exists()).order_by(table.id).limit(limit)
        )
    )


def of_everything() -> dict[str, Completeness]:
    """How all records stand, by object, whoever may see them."""
    rows = db.session.execute(
        select(QualityTally.kind, QualityTally.mask, func.sum(QualityTally.n)).group_by(
            QualityTally.kind, QualityTally.mask
        )
    )
    parts: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for kind, mask, n in rows:
        parts[kind].append((mask, len(rules.counted(kind)), int(n)))
    return {kind: rules.summed(each) for kind, each in parts.items()}
