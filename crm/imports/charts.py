"""The first rows of a file as they would be taken over: what was understood of days, amounts and names."""

from __future__ import annotations

from itertools import islice

from flask_babel import gettext as _

from crm.access.rules import Access
from crm.intake.rules.mapping import FileMap, fields_for_files
from crm.intake.service import Batch
from crm.objects.rules.catalogue import ObjectType
from crm.records import charts as values

FIRST = 3


def understood(access: Access, subject: ObjectType, mapping: FileMap, batch: Batch) -> list[tuple[str, list[str]]]:
    """Each field that the file fills, with its value in the first rows that would be made or changed."""
    fields = fields_for_files(subject)
    found = [fields[each.to] for each in mapping.taken.values()]
    every = (filled for _row, filled in (*batch.creates, *batch.changes))
    rows = [[(what, filled.get(what.key)) for what in found] for filled in islice(every, FIRST)]
    names = values.names_for(access, (pair for row in rows for pair in row))
    lines = zip(*([values.words(what, value, names) for what, value in row] for row in rows), strict=True)
    return [(_(what.label), list(line)) for what, line in zip(found, lines, strict=False)]
