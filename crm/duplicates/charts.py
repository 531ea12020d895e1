"""A pair side by side: both values of each field that is compared, and what was found about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from crm.access.rules import Access
from crm.duplicates.queries import Pair, sentence
from crm.duplicates.rules.profiles import COMPARED
from crm.duplicates.rules.scores import Level
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records import charts as values
from crm.records.charts import Names

_TONES = {Level.SURE: "red", Level.LIKELY: "amber", Level.POSSIBLE: ""}


class Line(NamedTuple):
    """One field of both records."""

    label: str
    first: str
    second: str
    found: str


class PairCard(NamedTuple):
    """A pair as a page shows it."""

    pair: Pair
    subject: ObjectType
    tone: str
    word: str
    reasons: list[str]
    lines: list[Line]


def cards_of(access: Access, pairs: Sequence[Pair]) -> list[PairCard]:
    """Pairs with their reasons in words and their fields side by side, those that the reader sees."""
    kinds = {each.kind for each in pairs}
    names = {
        kind: values.names_of_rows(
            access, OBJECTS[kind], [row for each in pairs if each.kind == kind for row in (each.first, each.second)]
        )
        for kind in sorted(kinds)
    }
    return [_card(each, names[each.kind]) for each in pairs]


def _card(pair: Pair, names: Names) -> PairCard:
    subject, level = OBJECTS[pair.kind], pair.level or Level.POSSIBLE
    said = {each.field: sentence(subject, each) for each in pair.reasons}
    lines = []
    for key in (*COMPARED[pair.kind], "owner_id"):
        if key in pair.fields:
            field = subject.field(key)
            first, second = (values.words(field, getattr(row, key), names) for row in (pair.first, pair.second))
            if first or second:
                lines.append(Line(_(field.label), first, second, said.get(key, "")))
    return PairCard(pair, subject, _TONES[level], _(level.value), list(said.values()), lines)
