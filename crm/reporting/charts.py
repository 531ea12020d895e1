"""The records of a report in words, as they stand below its groups and in its files."""

from __future__ import annotations

from dataclasses import dataclass

from crm.access.rules import EXPORT, SEE, may
from crm.lists.queries import ListRow
from crm.objects.rules.fields import Field, Kind
from crm.records import charts as values
from crm.reporting import queries
from crm.reporting.queries import Ground
from infra.lists.rows import fetch
from infra.lists.rules import Wish

LISTED = 25
"""So many records stand below the groups."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Records of a report: the columns that are shown, the rows, and how many there are in all."""

    fields: tuple[Field, ...]
    rows: tuple[ListRow, ...]
    total: int
    more: bool

    def words(self, field: Field, row: ListRow) -> str:
        """A cell in words."""
        value = row.cell(field.key)
        if field.key in row.behind or field.kind in (Kind.PERSON, Kind.TEAM, Kind.RECORD):
            return str(value or "")
        return values.words(field, value, values.Names(), str(row.cell("currency") or ""))


def listed(place: Ground, most: int, *, exported: bool = False) -> Listed | None:
    """The records below the groups; None where none are asked for, or where the reader may not take them out."""
    subject, access = place.subject, place.access
    if not place.asked.columns or (exported and not may(access, EXPORT, subject)):
        return None
    actions = (SEE, EXPORT) if exported else (SEE,)
    fields = tuple(
        subject.field(each)
        for each in place.asked.columns
        if all(may(access, action, subject, None, each) for action in actions)
    )
    page = fetch(place.spec, queries.source(place, actions), Wish(), place.now.zone, limit=most)
    return Listed(fields, tuple(page.rows), page.total, page.more)
