"""Imports and their problems; and who or what is meant by a word in a file, within what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import or_, select

from accounts.people.models import Person
from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.imports.models import Import, ImportProblem
from crm.intake.rules.reading import RowProblem
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from infra import sheets
from infra.attachments import store
from infra.database import db
from infra.wires import wires
from kernel.errors import NotFound, Problem

FILES_KEPT = timedelta(days=90)
"""So long a file that was brought in is kept, for the rows of it that were refused."""


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


def refused_with(words: Sequence[str]) -> list[dict[str, Any]]:
    """The cells of refused rows with any of some words in them, as rows."""
    cell = ImportProblem.__table__.c["value"]
    near = [cell.icontains(each, autoescape=True) for each in words]
    return (
        [dict(row) for row in db.session.execute(select(ImportProblem.__table__).where(or_(*near))).mappings()]
        if near
        else []
    )


def naming(words: Sequence[str]) -> list[dict[str, Any]]:
    """The imports whose file is kept and has any of some words in it, each as its number and the file's digest."""
    found = []
    still = Import.state.not_in(("waiting", "running"))
    for row in db.session.execute(select(Import.id, Import.digest).where(still).order_by(Import.id)) if words else ():
        path = store.path_of(wires().settings.files_dir, row.digest)
        if path.exists() and holds(path.read_bytes(), words):
            found.append({"id": row.id, "digest": row.digest})
    return found


def holds(content: bytes, words: Sequence[str]) -> bool:
    """Whether a file has any of some words in it, a workbook by its cells."""
    try:
        sheet = sheets.read(content)
    except Problem:  # no table: its bytes are looked through
        text = content.decode("utf-8", "replace").casefold()
        return any(each.casefold() in text for each in words)
    return any(
        each.casefold() in " ".join(str(cell) for cell in cells.values() if cell is not None).casefold()
        for _number, cells in sheet.records()
        for each in words
    )


def kept_files() -> set[str]:
    """The files of imports, which must not be taken for orphans until they are old enough to be forgotten."""
    young = Import.created_at >= wires().clock() - FILES_KEPT
    return set(db.session.scalars(select(Import.digest).where(young)))


def _row(row: Import, name: str | None) -> ImportRow:
    counts = (row.rows, row.read, row.created, row.updated, row.unchanged, row.rejected)
    made = partial(ImportRow, row.id, row.object, row.file_name, row.mode, row.state, name or "", row.created_at)
    return made(*counts)
