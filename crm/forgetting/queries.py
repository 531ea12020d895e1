"""Which records are one person, and what would become of what is held of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select

from crm.forgetting.rules import KINDS
from crm.hooks import queries as hooks
from crm.imports import queries as imports
from crm.records.models import TABLES, Lead
from infra.database import db
from infra.personal import queries as personal
from infra.personal import rules
from infra.personal.rules import Fate, Part, Step, Who

MESSAGE, REFUSED, IMPORT_FILE = "crm_hook_delivery", "crm_import_problem", "crm_import_file"
"""Where somebody is named by what stands in a text. A file is no row: it is listed among erasures by its import."""
_ROUNDS = 8
"""A chain of merges and conversions that is longer than this does not exist."""


@dataclass(frozen=True, slots=True)
class Same:
    """A lead or contact that is, or may be, somebody: ``sure`` where more than the address says so."""

    kind: str
    id: int
    name: str
    email: str
    sure: bool
    binned: bool


def same(kind: str, record_id: int) -> list[Same]:
    """The record itself, what it was merged with, what it was converted from or to, and who has its address.

    Whoever has the address and another name may be somebody else at a shared one: ``sure`` is False.
    """
    sure = _family({(kind, record_id)})
    rows = _rows(sure)
    emails, names = {row.email for row in rows if row.email}, {_folded(row.name) for row in rows}
    others = [each for each in _with_address(emails) if (each.kind, each.id) not in sure]
    found = rows + [replace(each, sure=_folded(each.name) in names) for each in others]
    return sorted(found, key=lambda each: (not each.sure, each.kind, each.id))


def who(kind: str, record_id: int) -> Who:
    """A lead or contact as all that is surely them; an address that others share is not theirs alone."""
    listed = same(kind, record_id)
    sure = [each for each in listed if each.sure]
    shared = {each.email for each in listed if not each.sure}
    name = next((each.name for each in sure if (each.kind, each.id) == (kind, record_id)), "")
    records = tuple((TABLES[each.kind].__tablename__, each.id) for each in sure)
    return Who(name, None, records, frozenset(each.email for each in sure if each.email) - shared)


def with_address(address: str, name: str) -> tuple[tuple[str, int], ...]:
    """The leads and contacts that are somebody who works here: their address and their name."""
    found = [each for each in _with_address({address.lower()}) if _folded(each.name) == _folded(name)]
    return tuple((TABLES[each.kind].__tablename__, each.id) for each in found)


def parts_of(whose: Who) -> list[Part]:
    """Everything that is held of somebody: what the tables say, and what stands in messages and refused rows."""
    return [*personal.parts(whose), *(part for part in (_messages(whose), _refused(whose)) if part.rows)]


def plan(whose: Who, found: list[Part]) -> list[Step]:
    """What erasing somebody would do, table by table; files that were brought in and name them go as well."""
    files = imports.naming(rules.needles(whose))
    gone: dict[int, dict[str, Any]] = {row["id"]: {} for row in files}
    step = Step(IMPORT_FILE, _("Files that were brought in"), Fate.DROPPED, gone, tuple(files))
    return [*personal.plan(whose, found), *([step] if files else [])]


def _messages(whose: Who) -> Part:
    """Messages to webhooks about somebody's records, or with their name or address."""
    records = {(table.removeprefix("crm_"), number) for table, number in whose.records}
    found = hooks.about(records, rules.needles(whose))
    title = personal.declared(MESSAGE).title
    return Part(MESSAGE, title, tuple(found), {row["id"]: frozenset({"body"}) for row in found})


def _refused(whose: Who) -> Part:
    """Cells of rows that an import refused."""
    found = imports.refused_with(rules.needles(whose))
    return Part(
        REFUSED, personal.declared(REFUSED).title, tuple(found), {row["id"]: frozenset({"value"}) for row in found}
    )


def _family(start: set[tuple[str, int]]) -> set[tuple[str, int]]:
    found = set(start)
    for _round in range(_ROUNDS):
        more = _next(found) - found
        if not more:
            break
        found |= more
    return found


def _next(known: set[tuple[str, int]]) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for kind in KINDS:
        table, ids = TABLES[kind], [number for each, number in known if each == kind]
        near = or_(table.merged_into_id.in_(ids), table.id.in_(ids))
        for row in db.session.execute(select(table.id, table.merged_into_id).where(near)):
            found.update((kind, each) for each in (row.id, row.merged_into_id) if each is not None)
    leads = [number for each, number in known if each == "lead"]
    contacts = [number for each, number in known if each == "contact"]
    became = select(Lead.id, Lead.contact_id).where(or_(Lead.id.in_(leads), Lead.contact_id.in_(contacts)))
    for row in db.session.execute(became):
        found.update({("lead", row.id)} | ({("contact", row.contact_id)} if row.contact_id else set()))
    return found


def _rows(known: Iterable[tuple[str, int]]) -> list[Same]:
    listed = set(known)
    return [
        row
        for kind in KINDS
        for row in _read(kind, TABLES[kind].id.in_([number for each, number in listed if each == kind]), sure=True)
    ]


def _with_address(emails: Iterable[str]) -> list[Same]:
    wanted = sorted(emails)
    if not wanted:
        return []
    return [row for kind in KINDS for row in _read(kind, func.lower(TABLES[kind].email).in_(wanted), sure=False)]


def _read(kind: str, condition: ColumnElement[bool], *, sure: bool) -> list[Same]:
    table = TABLES[kind]
    query = select(table.id, table.name, func.lower(table.email).label("email"), table.deleted_at).where(condition)
    return [
        Same(kind, row.id, row.name, row.email, sure, binned=row.deleted_at is not None)
        for row in db.session.execute(query)
    ]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
