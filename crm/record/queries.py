"""What a record's page shows besides its own values: who could own it, what hangs on it, what it is part of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from accounts.people.models import Person
from accounts.teams import queries as teams
from crm.access import rules as access_rules
from crm.access.models import CrmHolder
from crm.access.queries import reach
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records import queries
from crm.records.models import TABLES
from infra.database import db
from infra.memo import remembered

MOST_PICKED = 12
"""How many records a pick field offers at once."""
MOST_RELATED = 5
"""How many records a card of the page shows before it leads to the list."""
DEEPEST = 20
"""How many levels of an organisation are followed upwards: a chain that bites its own tail ends."""


@dataclass(frozen=True, slots=True)
class Related:
    """Records that point to this one by ``link``; ``rows`` are the first, ``total`` all that the reader may see.

    ``hidden`` is how many more there are that the reader may not see, told only of what they may see elsewhere.
    """

    subject: ObjectType
    link: str
    rows: tuple[Any, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the tree of an organisation, ``depth`` levels below the highest that the reader may see."""

    id: int
    name: str
    depth: int
    current: bool


LINKS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "account": (("contact", "account_id"), ("opportunity", "account_id"), ("ticket", "account_id")),
    "contact": (("opportunity", "contact_id"), ("ticket", "contact_id")),
    "campaign": (("lead", "campaign_id"), ("opportunity", "campaign_id")),
    "lead": (),
}
"""What hangs on the records of an object: objects and the field by which they point here."""
_ORDER = {"opportunity": "closes_on", "lead": "created_at"}
_NEWEST_FIRST = frozenset({"lead"})


def people_of_crm() -> list[tuple[int, str]]:
    """Whoever can own records: active people with a role of the CRM, by name."""
    return _people()


@remembered
def _people() -> list[tuple[int, str]]:
    holds = select(CrmHolder.person_id)
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.active, Person.id.in_(holds))
        .order_by(func.lower(Person.name), Person.id)
    )
    return [(row.id, row.name) for row in rows]


def visible(access: Access, subject: ObjectType, link: str) -> ColumnElement[bool]:
    """The condition for records of which the reader may see that they exist and where ``link`` points."""
    table = TABLES[subject.key]
    return reach(access, access_rules.SEE, subject, table, link)


def related(access: Access, kind: str, record_id: int) -> list[Related]:
    """What hangs on a record, object by object, as far as the reader may see it; objects that are off are left out."""
    return [
        _related(access, OBJECTS[child], link, record_id)
        for child, link in LINKS.get(kind, ())
        if access_rules.may(access, access_rules.SEE, OBJECTS[child], None, link)
    ]


def _related(access: Access, subject: ObjectType, link: str, record_id: int) -> Related:
    table = TABLES[subject.key]
    conditions = (
        getattr(table, link) == record_id,
        table.deleted_at.is_(None),
        visible(access, subject, link),
    )
    order = getattr(table, _ORDER.get(subject.key, "name"))
    order = order.desc() if subject.key in _NEWEST_FIRST else order
    rows = db.session.scalars(select(table).where(*conditions).order_by(order, table.id).limit(MOST_RELATED + 1)).all()
    total = len(rows)
    if total > MOST_RELATED:
        total = db.session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
    return Related(subject, link, tuple(rows[:MOST_RELATED]), total)


def tree(access: Access, account: Any) -> list[Branch]:
    """The organisation of an account: what it is part of, upwards as far as the reader may see, and its own parts."""
    subject, table = OBJECTS["account"], TABLES["account"]
    if not access_rules.may(access, access_rules.SEE, subject, None, "parent_id"):
        return []
    condition = visible(access, subject, "parent_id")
    above: list[Any] = []
    seen, parent_id = {account.id}, account.parent_id
    while parent_id is not None and parent_id not in seen and len(above) < DEEPEST:
        seen.add(parent_id)
        row = db.session.scalar(select(table).where(table.id == parent_id, table.deleted_at.is_(None), condition))
        if row is None:
            break
        above.append(row)
        parent_id = row.parent_id
    below = db.session.scalars(
        select(table)
        .where(table.parent_id == account.id, table.deleted_at.is_(None), condition)
        .order_by(table.name, table.id)
        .limit(50)
    ).all()
    if not above and not below:
        return []
    found = [Branch(row.id, row.name, depth, current=False) for depth, row in enumerate(reversed(above))]
    found.append(Branch(account.id, account.name, len(above), current=True))
    return found + [Branch(row.id, row.name, len(above) + 1, current=False) for row in below]


def picked(access: Access, target: str, text: str, limit: int = MOST_PICKED) -> list[tuple[int, str, str]]:
    """Records of an object whose name begins with, or holds, what was typed: number, name, what tells them apart."""
    subject, table = OBJECTS[target], TABLES[target]
    if not access_rules.may(access, access_rules.SEE, subject, None, "name"):
        return []
    condition = reach(access, access_rules.SEE, subject, table, "name")
    wanted = _escaped(text.strip())
    statement = select(table).where(table.deleted_at.is_(None), condition).order_by(table.name, table.id).limit(limit)
    rows = list(db.session.scalars(statement.where(table.name.ilike(f"{wanted}%", escape="\\"))))
    if wanted and len(rows) < limit:
        more = db.session.scalars(statement.where(table.name.ilike(f"%{wanted}%", escape="\\")))
        rows += [row for row in more if row not in rows][: limit - len(rows)]
    return [(row.id, row.name, _apart(access, subject, row)) for row in rows]


def _apart(access: Access, subject: ObjectType, row: Any) -> str:
    """A word that tells two of one name apart, from a field that is shown for every record or not at all."""
    for key in ("city", "company", "title", "code"):
        if subject.has(key) and access_rules.widest(access, access_rules.SEE, subject, key) is access_rules.ALL:
            return str(getattr(row, key) or "")
    return ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")[:200]


def named(access: Access, what: str, text: str) -> Sequence[int]:
    """The numbers of the people, teams or records that are called exactly so, as far as the reader may see them."""
    typed = text.strip().lower()
    if what == "person":
        return [number for number, name in people_of_crm() if name.lower() == typed]
    if what == "team":
        return [each.id for each in teams.teams() if each.name.lower() == typed]
    if what == "stage":
        return [each.id for each in queries.stages() if typed in (each.name.lower(), each.key)]
    if what in queries.SMALL:
        return [number for number, name in queries.small(what).items() if name.lower() == typed]
    subject, table = OBJECTS[what], TABLES[what]
    condition = reach(access, access_rules.SEE, subject, table, "name")
    same = or_(table.name == text.strip(), func.lower(table.name) == typed)
    found = select(table.id).where(table.deleted_at.is_(None), condition, same).order_by(table.id).limit(MOST_PICKED)
    return list(db.session.scalars(found))


def pickable(access: Access, what: str, ids: Iterable[int]) -> dict[int, str]:
    """The names of those that may be chosen by number: nobody points a record at what they may not see."""
    wanted = set(ids)
    if what == "person":
        return {number: name for number, name in people_of_crm() if number in wanted}
    if what == "team":
        return {each.id: each.name for each in teams.teams() if each.id in wanted}
    if what in queries.SMALL:
        return {number: name for number, name in queries.small(what).items() if number in wanted}
    return queries.names(access, OBJECTS[what], wanted)
