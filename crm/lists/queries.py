"""A list of records from the catalogue: its columns as one reader may see them, and the rows behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Index, and_, case, exists, or_, select

from accounts.people.models import Person
from accounts.teams.models import Team
from crm.access import rules as access_rules
from crm.access.queries import parts_of, reach
from crm.access.rules import SEE, Access
from crm.lists import rules
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.queues.models import Queue
from crm.records import queries as records
from crm.records.models import TABLES, Activity, Stage
from crm.search import queries as search
from crm.tags import queries as tags
from crm.values import queries as values
from crm.values.rules import UNFOUND
from infra.database import db
from infra.lists import Beside, Column, Format, Large, ListSpec
from infra.lists import Kind as Filter
from infra.memo import remembered
from infra.sealed import SealedText
from kernel.rownumbers import row_number_or_none

Actions = tuple[str, ...]
_FORMATS = {Kind.DATE: Format.DAY, Kind.MOMENT: Format.MOMENT, Kind.NUMBER: Format.NUMBER, Kind.FLAG: Format.FLAG}
_NUMBERS = (Kind.NUMBER, Kind.DECIMAL, Kind.PERCENT, Kind.MONEY)
_JOINED = (Kind.PERSON, Kind.TEAM, Kind.RECORD)


@dataclass(frozen=True, slots=True)
class ListRow:
    """A record in a list: the cells that the reader may see, and the numbers behind names."""

    id: int
    cells: Mapping[str, Any]
    behind: Mapping[str, int]

    def cell(self, key: str) -> Any:
        """A cell, empty where the reader may not see it."""
        return self.cells.get(key)


def seen_fields(access: Access, subject: ObjectType) -> list[Field]:
    """The fields that the reader may see on any record at all."""
    seen = access_rules.fields_seen(access, subject)
    return [each for each in subject.fields if each.key in seen]


def spec_of(access: Access, subject: ObjectType, now: datetime, zone: tzinfo) -> ListSpec:
    """The list of an object as this reader may see it."""
    fields = seen_fields(access, subject)
    order = rules.FIRST_ORDER[subject.key]
    keys = {each.key for each in fields}
    first = order if order.lstrip("-") in keys else "id"
    number = Column("id", "Number", value=lambda row: row.id, expression=TABLES[subject.key].id, visible=False)
    columns = [_column(access, subject, each) for each in fields]
    flags = _flags(access, subject, keys, now, zone)
    return ListSpec(
        f"crm_{subject.plural}",
        subject.label_plural,
        (*columns, *flags, _tagged(access, subject), number),
        default_sort=first,
        search=lambda asked: search.matching(access, subject, asked),
        strict=True,
    )


def source(
    access: Access, subject: ObjectType, *, actions: Actions = (SEE,), exact: bool = False, only: Sequence[int] = ()
) -> Large:
    """The records on which the reader may do all of ``actions``, with cells that these reach; ``only`` among these."""
    table = TABLES[subject.key]
    conditions = [table.deleted_at.is_(None)]
    conditions += [reach(access, each, subject, table) for each in actions if each != SEE]
    if only:
        conditions.append(table.id.in_(only))
    parts = parts_of(access, SEE, subject, table)

    def rows(ids: Sequence[int]) -> list[ListRow]:
        return rows_of(access, subject, ids, actions)

    indexed = _indexed(subject.key, in_parts=parts is not None) & _wide(access, subject)
    return Large(table.id, tuple(conditions), tuple(parts or ()), indexed, rows, exact, _beside(access, subject))


def _beside(access: Access, subject: ObjectType) -> dict[str, Beside]:
    """The fields of one's own in whose order the table of values gives any number of records."""
    whole = _wide(access, subject)
    return {each.key: values.order_of(each) for each in subject.own if each.key in whole and values.has_order(each)}


def rows_of(access: Access, subject: ObjectType, ids: Sequence[int], actions: Actions = (SEE,)) -> list[ListRow]:
    """Records by number with the cells that the actions reach, in one statement and one for each kind of name."""
    table = TABLES[subject.key]
    shown = {each.key: records.value_of(access, subject, each, actions) for each in seen_fields(access, subject)}
    found = db.session.execute(
        select(table.id.label("number"), *(each.label(f"c_{key}") for key, each in shown.items())).where(
            table.id.in_(ids), table.deleted_at.is_(None), *(reach(access, each, subject, table) for each in actions)
        )
    ).all()
    cells = [{key: getattr(row, f"c_{key}") for key in shown} for row in found]
    behind = [
        {key: each[key] for key in shown if subject.field(key).kind in _JOINED and each[key] is not None}
        for each in cells
    ]
    for key in shown:
        if subject.field(key).kind in _JOINED:
            names = _names(access, subject.field(key), {each.get(key) for each in behind})
            for each in cells:
                each[key] = names.get(each[key])
    return [
        ListRow(row.number, MappingProxyType(each), MappingProxyType(numbers))
        for row, each, numbers in zip(found, cells, behind, strict=True)
    ]


def _names(access: Access, field: Field, numbers: set[int | None]) -> Mapping[int, str]:
    wanted = {each for each in numbers if each is not None}
    if field.kind is Kind.PERSON:
        return people_names()
    if field.kind is Kind.TEAM:
        return team_names()
    if field.target in records.SMALL:
        return records.small(field.target)
    return records.names(access, OBJECTS[field.target], wanted)


@remembered
def people_names() -> dict[int, str]:
    """Everybody's name by number, in the order of names: owners are among them."""
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).order_by(Person.name))}


@remembered
def team_names() -> dict[int, str]:
    """Every team's name by number."""
    return {row.id: row.name for row in db.session.execute(select(Team.id, Team.name).order_by(Team.name))}


def _column(access: Access, subject: ObjectType, field: Field) -> Column:
    plain = records.value_of(access, subject, field)
    sealed = isinstance(getattr(TABLES[subject.key], field.key).type, SealedText)
    kind = Filter(rules.LISTED_AS.get(field.kind, "text"))
    shared: dict[str, Any] = {
        "value": lambda row: row.cell(field.key),
        "format": _FORMATS.get(field.kind, Format.TEXT),
        "numeric": field.kind in _NUMBERS,
        "visible": field.listed,
    }
    if field.own and field.kind not in UNFOUND:
        return Column(field.key, field.label, kind, **(shared | _own(access, subject, field, plain)))
    if sealed:
        return Column(field.key, field.label, sortable=False, **shared)
    if field.kind in _JOINED:
        return Column(field.key, field.label, **(shared | _joined(access, field, plain)))
    if field.kind is Kind.CHOICE:
        place = case({value: at for at, (value, _label) in enumerate(field.choices)}, value=plain, else_=None)
        return Column(
            field.key, field.label, kind, expression=place, filter_expression=plain, choices=field.choices, **shared
        )
    return Column(field.key, field.label, kind, expression=plain, searched=field.key == "name", **shared)


def _own(access: Access, subject: ObjectType, field: Field, plain: Any) -> dict[str, Any]:
    """A field of one's own: found by the table of values, within the reach of the field."""
    table = TABLES[subject.key]
    shown = reach(access, SEE, subject, table, field.key)

    def condition(wish: Any) -> ColumnElement[bool]:
        if wish.kind is Filter.FLAG:
            held = values.among(table.id, field, [True])
            return and_(held if wish.flag else ~held, shown)
        if wish.kind is Filter.CHOICE:
            return and_(values.among(table.id, field, wish.values), shown)
        if wish.kind is Filter.TEXT:
            return and_(values.containing(table.id, field, wish.text), shown)
        return and_(values.between(table.id, field, wish.low, wish.high), shown)

    found: dict[str, Any] = {"condition": condition, "choices": field.choices, "sortable": not field.sealed}
    if field.sealed:
        found["choices"] = ()
    if field.kind is Kind.MULTI:
        found["value"] = lambda row: field.said(row.cell(field.key)) or None
    if field.kind is Kind.CHOICE:
        found["expression"] = case({value: at for at, (value, _l) in enumerate(field.choices)}, value=plain, else_=None)
    else:
        found["expression"] = plain
    return found


def _joined(access: Access, field: Field, plain: Any) -> dict[str, Any]:
    """A column of names: filtered by whom or what it points to, sorted by name where few enough rows fit."""
    if field.kind is Kind.PERSON:
        name = select(Person.name).where(Person.id == plain).scalar_subquery()
        return _chosen(Filter.PERSON, name, plain, people_names)
    if field.kind is Kind.TEAM:
        name = select(Team.name).where(Team.id == plain).scalar_subquery()
        return _chosen(Filter.PERSON, name, plain, team_names)
    if field.target in records.SMALL:
        table: Any = Stage if field.target == "stage" else Queue
        place = select(table.position).where(table.id == plain).scalar_subquery()
        return _chosen(Filter.CHOICE, place, plain, lambda: records.small(field.target)) | {
            "value": lambda row: row.behind.get(field.key),
            "condition": lambda wish: plain.in_(map(int, wish.values)),
        }
    target, other = OBJECTS[field.target], TABLES[field.target].__table__.alias(f"to_{field.key}")
    shown = (other.c.deleted_at.is_(None), reach(access, SEE, target, other.c, "name"))

    def condition(wish: Any) -> ColumnElement[bool]:
        number = row_number_or_none(wish.text[1:]) if wish.text.startswith("#") else None
        if number is not None:
            return and_(plain == number, exists(select(1).where(other.c.id == plain, *shown)))
        text = other.c.name.icontains(wish.text, autoescape=True)
        found: ColumnElement[bool] = plain.in_(select(other.c.id).where(text, *shown))
        return found

    name = select(other.c.name).where(other.c.id == plain, *shown).scalar_subquery()
    return {"filter": Filter.TEXT, "expression": name, "condition": condition}


def _chosen(kind: Filter, order: Any, plain: Any, names: Any) -> dict[str, Any]:
    def choices() -> list[tuple[str, str]]:
        return [(str(number), name) for number, name in names().items()]

    return {"filter": kind, "expression": order, "filter_expression": plain, "choices": choices}


def _flags(access: Access, subject: ObjectType, keys: set[str], now: datetime, zone: tzinfo) -> list[Column]:
    """Conditions that no field holds: nothing planned next, nothing happened lately, still open."""
    table, found = TABLES[subject.key], []
    if {"next_step", "next_step_on"} <= keys:
        step, on = (records.value_of(access, subject, subject.field(key)) for key in ("next_step", "next_step_on"))
        empty = and_(or_(step.is_(None), step == ""), on.is_(None))
        found.append(_flag("stepless", "No next step", empty))
    link, activity = f"{subject.key}_id", OBJECTS["activity"]
    if activity.has(link) and all(access_rules.may(access, SEE, activity, None, key) for key in (link, "occurred_at")):
        found.append(_flag("quiet", "Quiet for 14 days", ~_touched(access, table, link, now, zone)))
    if subject.key == "opportunity" and "stage_id" in keys:
        stage = records.value_of(access, subject, subject.field("stage_id"))
        outcome = and_(stage.is_not(None), table.outcome == "open")
        found.append(_flag("open", "Open", outcome))
    return found


def _flag(key: str, label: str, expression: Any) -> Column:
    return Column(
        key,
        label,
        Filter.FLAG,
        condition=lambda wish: expression if wish.flag else ~expression,
        sortable=False,
        filter_only=True,
    )


def _tagged(access: Access, subject: ObjectType) -> Column:
    """The condition that a record carries any of the tags that are chosen."""
    return Column(
        "tag",
        "Tag",
        Filter.CHOICE,
        condition=lambda wish: tags.tagged(subject.key, map(int, wish.values)),
        choices=lambda: [(str(number), name) for number, name in tags.names(access, subject.key).items()],
        sortable=False,
        filter_only=True,
    )


def _touched(access: Access, table: Any, link: str, now: datetime, zone: tzinfo) -> ColumnElement[bool]:
    """Whether an activity that the reader may see happened within the last days, counted in days of the zone."""
    activity = OBJECTS["activity"]
    today = now.astimezone(zone).date()
    since = datetime.combine(today - timedelta(days=rules.QUIET_DAYS), time(), zone)
    return exists(
        select(1).where(
            records.value_of(access, activity, activity.field(link)) == table.id,
            Activity.deleted_at.is_(None),
            Activity.occurred_at >= since,
            reach(access, SEE, activity, Activity, "occurred_at"),
        )
    )


def _wide(access: Access, subject: ObjectType) -> frozenset[str]:
    """The fields that are seen on every record that is seen: the others can't be read from an index."""
    widest = access_rules.widest(access, SEE, subject)
    return frozenset(
        each.key for each in subject.fields if access_rules.widest(access, SEE, subject, each.key) is widest
    ) | {"id"}


def _indexed(kind: str, *, in_parts: bool) -> frozenset[str]:
    """The columns in whose order the table is read from an index, for all rows or for those of an owner or a team."""
    table: Any = TABLES[kind].__table__
    led = {tuple(column.name for column in index.columns) for index in table.indexes if isinstance(index, Index)}
    if in_parts:
        return frozenset(pair[1] for pair in led if len(pair) > 1 and ("team_id", pair[1]) in led)
    choices = {each.key for each in OBJECTS[kind].fields if each.kind in (Kind.CHOICE, *_JOINED)}
    return (frozenset(columns[0] for columns in led) | {"id"}) - choices
