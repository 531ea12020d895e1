"""Activities of people and teams by day: what is overdue, what today brings, what a month holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import Access
from crm.counts.queries import steps
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries
from crm.records.models import Activity
from infra.database import db

FIRST = 50
"""How many late activities a day shows, and how many that are still to come."""
_ABOUT = ("opportunity", "lead", "contact", "account")
_SHOWN = ("name", "kind", "due_at", "state")


@dataclass(frozen=True, slots=True)
class Item:
    """An activity as a page of days shows it; ``about`` names a record that it is with and leads there."""

    id: int
    name: str
    kind: str
    state: str
    at: datetime | None
    owner_id: int | None
    about: str
    href: str
    mine: bool

    @property
    def planned(self) -> bool:
        """Whether it is still to be done."""
        return self.state == "planned"


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned: that which is late and that which comes, the earliest first, and how many of each there are."""

    late: list[Item]
    ahead: list[Item]
    late_total: int
    ahead_total: int


def planned(access: Access, owners: Sequence[int] | None, now: datetime, until: datetime) -> Planned:
    """What is planned for before ``until``, at most ``FIRST`` that are late and as many that come.

    They are counted apart, so that a long backlog hides nothing of today. ``owners`` None: of everybody one may see.
    """
    late = Activity.due_at < now
    waiting = _seen(access, owners).where(Activity.state == "planned", Activity.due_at < until)
    ranked = waiting.with_only_columns(
        Activity.id,
        late.label("late"),
        func.row_number().over(partition_by=late, order_by=(Activity.due_at, Activity.id)).label("place"),
        func.count().over(partition_by=late).label("total"),
    ).subquery()
    rows = db.session.execute(
        select(Activity, ranked.c.late, ranked.c.total)
        .join(ranked, ranked.c.id == Activity.id)
        .where(ranked.c.place <= FIRST)
        .order_by(Activity.due_at, Activity.id)
    ).all()
    items = _items(access, [row for row, _late, _total in rows])
    totals = {bool(is_late): total for _row, is_late, total in rows}
    found: dict[bool, list[Item]] = {True: [], False: []}
    for item, (_row, is_late, _total) in zip(items, rows, strict=True):
        found[bool(is_late)].append(item)
    return Planned(found[True], found[False], totals.get(True, 0), totals.get(False, 0))


@dataclass(frozen=True, slots=True)
class Day:
    """The first activities of a day, and how many there are."""

    items: list[Item]
    total: int


def by_day(access: Access, owners: Sequence[int] | None, edges: Sequence[datetime], most: int) -> list[Day]:
    """What was done or is planned between each two ``edges``, by its moment: of each day the first, and all counted."""
    first, last = edges[0], edges[-1]
    happened = (Activity.occurred_at >= first) & (Activity.occurred_at < last)
    comes = (Activity.due_at >= first) & (Activity.due_at < last) & (Activity.state == "planned")
    at = func.coalesce(Activity.occurred_at, Activity.due_at)
    day = steps(at, edges[1:-1])
    ranked = (
        _seen(access, owners)
        .where(or_(happened, comes), Activity.state != "dropped")
        .with_only_columns(
            Activity.id,
            day.label("day"),
            func.row_number().over(partition_by=day, order_by=(at, Activity.id)).label("place"),
            func.count().over(partition_by=day).label("total"),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(Activity, ranked.c.day, ranked.c.total)
        .join(ranked, ranked.c.id == Activity.id)
        .where(ranked.c.place <= most)
        .order_by(ranked.c.day, ranked.c.place)
    ).all()
    found = [Day([], 0) for _each in edges[1:]]
    for item, (_row, number, total) in zip(_items(access, [row[0] for row in rows]), rows, strict=True):
        found[number] = Day([*found[number].items, item], total)
    return found


def _seen(access: Access, owners: Sequence[int] | None) -> Select[Activity]:
    """Only those whose name, kind and moment may be read: a page of days shows nothing else."""
    subject = OBJECTS["activity"]
    fits: list[ColumnElement[bool]] = [reach(access, access_rules.SEE, subject, Activity, key) for key in _SHOWN]
    if owners is not None:
        fits.append(Activity.owner_id.in_(sorted(owners)))
    return select(Activity).where(Activity.deleted_at.is_(None), *fits)


def _items(access: Access, rows: Sequence[Activity]) -> list[Item]:
    shown = queries.fields_of_many(access, OBJECTS["activity"], rows)
    about = {kind: [getattr(row, f"{kind}_id") for row in rows if f"{kind}_id" in shown[row.id]] for kind in _ABOUT}
    names = queries.names_of(access, about)
    return [_item(access, row, shown[row.id], names) for row in rows]


def _item(access: Access, row: Activity, shown: frozenset[str], names: dict[str, dict[int, str]]) -> Item:
    about, href = "", f"/crm/activities/{row.id}"
    for kind, known in names.items():
        number = getattr(row, f"{kind}_id")
        if f"{kind}_id" in shown and number in known:
            about, href = known[number], f"/crm/{OBJECTS[kind].plural}/{number}"
            break
    at: Any = row.occurred_at or row.due_at
    return Item(row.id, row.name, row.kind, row.state, at, row.owner_id, about, href, row.owner_id == access.person_id)
