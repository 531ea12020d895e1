"""Who or what is meant by a word in a file, and which records its rows became before, within what one may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select

from accounts.people.models import Person
from accounts.teams import queries as teams
from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import Access
from crm.intake.models import SourceKey
from crm.intake.rules.mapping import FileMap, fields_for_files
from crm.intake.rules.reading import shown
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Kind
from crm.records import queries as records
from crm.records.models import TABLES
from infra.database import db

IN_ONE = 500
"""How many words are looked up by one statement."""


class Lookup:
    """Finds people, teams, stages and records by what files call them; each word is looked up once.

    ``find`` is what `crm.parsing` calls. ``prepare`` looks up all words of a batch by a few statements.
    """

    def __init__(self, access: Access) -> None:
        """Start with nothing known."""
        self._access = access
        self._known: dict[str, dict[str, list[int]]] = {}

    def prepare(self, subject: ObjectType, mapping: FileMap, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look up what the rows of a batch refer to."""
        fields, wanted = fields_for_files(subject), dict[str, set[str]]()
        many = list(rows)
        for head, each in mapping.taken.items():
            field = fields[each.to]
            if field.kind is Kind.RECORD and field.target not in records.SMALL:
                words = mapping.values.get(head, {})
                cells = (shown(cells.get(head)).strip() for cells in many)
                wanted.setdefault(field.target, set()).update(words.get(cell, cell) for cell in cells if cell)
        for kind, texts in wanted.items():
            self._load(kind, texts)

    def find(self, kind: str, text: str) -> Sequence[int]:
        """The numbers of those that a word may mean."""
        word = text.casefold()
        if kind not in self._known and kind in _SMALL:
            self._known[kind] = _SMALL[kind]()
        if kind in OBJECTS and word not in self._known.get(kind, {}):
            self._load(kind, {text})
        return tuple(dict.fromkeys(self._known.get(kind, {}).get(word, ())))

    def _load(self, kind: str, texts: set[str]) -> None:
        known = self._known.setdefault(kind, {})
        missing = sorted(text for text in texts if text.casefold() not in known)
        for start in range(0, len(missing), IN_ONE):
            part = missing[start : start + IN_ONE]
            known.update({text.casefold(): [] for text in part})
            for word, number in _records_called(self._access, kind, part):
                known[word.casefold()].append(number)


def _records_called(access: Access, kind: str, texts: Sequence[str]) -> list[tuple[str, int]]:
    """The records with these names, or with these keys of a source, that the reader may see."""
    subject, table = OBJECTS[kind], TABLES[kind]
    shown_by_name = reach(access, access_rules.SEE, subject, table, "name")
    lowered = {text.lower(): text for text in texts}
    live = (table.deleted_at.is_(None), shown_by_name)
    named = db.session.execute(
        select(table.name, table.id).where(or_(table.name.in_(texts), func.lower(table.name).in_(lowered)), *live)
    )
    keyed = db.session.execute(
        select(SourceKey.key, table.id)
        .join(SourceKey, SourceKey.record_id == table.id)
        .where(SourceKey.object == kind, SourceKey.key.in_(texts), *live)
    )
    found = [(lowered.get(name.lower(), name), number) for name, number in named]
    return found + [(key, number) for key, number in keyed]


def _people() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, name, email in db.session.execute(select(Person.id, Person.name, Person.email).where(Person.active)):
        for word in filter(None, (name, email)):
            found.setdefault(word.casefold(), []).append(number)
    return found


def _teams() -> dict[str, list[int]]:
    return {each.name.casefold(): [each.id] for each in teams.teams()}


def _stages() -> dict[str, list[int]]:
    return {word.casefold(): [each.id] for each in records.stages() for word in (each.key, each.name)}


def _queues() -> dict[str, list[int]]:
    return {name.casefold(): [number] for number, name in records.small("queue").items()}


_SMALL: Mapping[str, Callable[[], dict[str, list[int]]]] = {
    "person": _people,
    "team": _teams,
    "stage": _stages,
    "queue": _queues,
}


def by_key(kind: str, keys: Iterable[str]) -> dict[str, int]:
    """The records that rows with these keys became before."""
    wanted, found = sorted({key for key in keys if key}), dict[str, int]()
    for start in range(0, len(wanted), IN_ONE):
        rows = db.session.execute(
            select(SourceKey.key, SourceKey.record_id).where(
                SourceKey.object == kind, SourceKey.key.in_(wanted[start : start + IN_ONE])
            )
        )
        found.update((row.key, row.record_id) for row in rows)
    return found


def rows_of(access: Access, subject: ObjectType, ids: Iterable[int]) -> dict[int, Any]:
    """Records by number, those that the reader may see and that are not in the bin."""
    table, wanted = TABLES[subject.key], sorted(set(ids))
    found: dict[int, Any] = {}
    for start in range(0, len(wanted), IN_ONE):
        part = wanted[start : start + IN_ONE]
        found.update(
            (row.id, row) for row in db.session.scalars(records.seen(access, subject).where(table.id.in_(part)))
        )
    return found


def gone(kind: str, ids: Iterable[int]) -> set[int]:
    """Which of these records lie in the bin or are there no more."""
    table, wanted = TABLES[kind], sorted(set(ids))
    there = {
        number
        for start in range(0, len(wanted), IN_ONE)
        for number in db.session.scalars(
            select(table.id).where(table.id.in_(wanted[start : start + IN_ONE]), table.deleted_at.is_(None))
        )
    }
    return set(wanted) - there
