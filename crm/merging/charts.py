"""Records side by side, field by field, and what was merged in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from accounts.people import queries as people
from crm.access.rules import Access
from crm.merging import queries, rules
from crm.merging.models import Merge
from crm.merging.rules import Candidate
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field
from crm.records import charts as values
from crm.records.models import TABLES
from crm.records.queries import called

_TABLES = {table.__tablename__: kind for kind, table in TABLES.items()}


class Choice(NamedTuple):
    """The value of one record for a field."""

    id: int
    text: str
    picked: bool


class Line(NamedTuple):
    """One field of all records; ``differs``: there is something to choose."""

    field: Field
    choices: list[Choice]
    differs: bool


class MergeLine(NamedTuple):
    """One merge in words."""

    merge: Merge
    name: str
    subject: ObjectType
    who: str


def lines(
    access: Access, subject: ObjectType, rows: Sequence[Any], candidates: Sequence[Candidate], survivor: int
) -> list[Line]:
    """The fields that the reader sees on all records and of which one at least has a value, with the suggestions."""
    names = values.names_of_rows(access, subject, rows)
    picks = rules.suggested(subject, candidates, survivor)
    differing = {each.key for each in rules.differing(subject, candidates)}
    found = []
    for field in rules.fields(subject):
        if all(field.key in each.values for each in candidates):
            choices = [
                Choice(each.id, values.words(field, each.values[field.key], names), picks[field.key] == each.id)
                for each in candidates
            ]
            if any(each.text for each in choices):
                found.append(Line(field, choices, field.key in differing))
    return sorted(found, key=lambda each: not each.differs)


def hanging(access: Access, kind: str, record_id: int) -> str:
    """What the reader sees of what hangs on a record: "3 activities, 1 opportunity, 2 others"."""
    counts: dict[str, int] = {}
    for table, n in queries.counted(access, kind, record_id):
        label = _of_object(OBJECTS[_TABLES[table]], n) if table in _TABLES else _WORDS.get(table, _("others"))
        counts[label] = counts.get(label, 0) + n
    return ", ".join(f"{n} {label}" for label, n in counts.items()) or _("nothing")


def _of_object(subject: ObjectType, n: int) -> str:
    return _(subject.label if n == 1 else subject.label_plural).lower()


_WORDS = {
    "comment": "comments",
    "attachment": "files",
    "record_share": "shares",
    "crm_note": "notes",
    "crm_tagged": "tags",
}


def told(merges: Sequence[tuple[Merge, str]]) -> list[MergeLine]:
    """Merges with who did them."""
    names = people.names_of(each.person_id for each, _name in merges if each.person_id is not None)
    return [
        MergeLine(
            each, name, OBJECTS[each.kind], _("by itself") if each.automatic else names.get(each.person_id or 0, "")
        )
        for each, name in merges
    ]


def record_panel(kind: str, record: Any, access: Access) -> Markup:
    """What was merged into a record, on its page, with the way back."""
    found = queries.merges_of(kind, record.id)
    if not found:
        return Markup()
    may = queries.may_merge(access, OBJECTS[kind], [record])
    name = called(access, OBJECTS[kind], [record])[record.id]
    rows = told([(each, name) for each in found])
    page = render_template("crm/merging/_panel.html", merges=rows, may=may)
    return Markup(page)  # noqa: S704  # our own template, which escapes
