"""Imports and their problems; and who or what is meant by a word in a file, within what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select

from accounts.people.models import Person
from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.imports.models import Import, ImportProblem
from crm.intake.rules.reading import RowProblem
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from infra.database import db
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A line of the page of imports."""

    id: int
    object: str
    file_name: str
    mode: str
    state: str
    person: str
    created_at: datetime
    rows: int
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int


def importable(access: Access) -> list[ObjectType]:
    """The objects whose records the reader may bring in."""
    return [each for each in OBJECTS.values() if access_rules.may(access, access_rules.IMPORT, each)]


def listed(access: Access) -> list[ImportRow]:
    """The imports that the reader may know of, the newest first: one's own; an administrator's are all."""
    statement = (
        select(Import, Person.name)
        .outerjoin(Person, Person.id == Import.person_id)
        .order_by(Import.id.desc())
        .limit(500)
    )
    if "setup" not in access.functions():
        statement = statement.where(Import.person_id == access.person_id)
    return [_row(row, name) for row, name in db.session.execute(statement)]


def get(access: Access, import_id: int) -> Import:
    """An import of one's own, or any for who sets the CRM up. Raises NotFound."""
    found = db.session.get(Import, import_id)
    if found is None or ("setup" not in access.functions() and found.person_id != access.person_id):
        raise NotFound
    return found


def problems(import_id: int, limit: int | None = None) -> list[RowProblem]:
    """What was wrong with the rows of an import, in the order of the file."""
    statement = (
        select(ImportProblem)
        .where(ImportProblem.import_id == import_id)
        .order_by(ImportProblem.row, ImportProblem.id)
        .limit(limit)
    )
    return [RowProblem(each.row, each.column, each.value, each.sentence) for each in db.session.scalars(statement)]


def kept_files() -> set[str]:
    """The files of imports, which must not be taken for orphans."""
    return set(db.session.scalars(select(Import.digest)))


def _row(row: Import, name: str | None) -> ImportRow:
    counts = (row.rows, row.read, row.created, row.updated, row.unchanged, row.rejected)
    made = partial(ImportRow, row.id, row.object, row.file_name, row.mode, row.state, name or "", row.created_at)
    return made(*counts)
