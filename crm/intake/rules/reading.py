"""A row of a file as the values of a record, or the problems that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from crm.intake.rules.mapping import ColumnMap, FileMap, fields_for_files
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules import Hints, Parsed, parse, profile_dates

Sentence = Callable[[Any], str]
"""Puts a problem into the reader's language."""
LONGEST_KEY = 200
DIRECTIVES = {"%Y": "YYYY", "%m": "MM", "%d": "DD", "%b": "MMM", "%y": "YY"}
"""What mapping files call the parts of a date, and what people read."""


class Outcome(StrEnum):
    """What became of a row, or would become of it."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row: the column (empty: the row as a whole), what it holds, and a sentence."""

    row: int
    column: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RowRead:
    """A row: its number in the file, its key (empty: it has none), its values by field, and its problems."""

    number: int
    key: str
    values: Mapping[str, Any]
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A column that can be read in several ways: nobody guesses, somebody chooses one of ``formats``."""

    column: str
    label: str
    sample: str
    formats: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """How many rows became what; ``read`` is their sum."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    def add(self, outcome: Outcome, number: int = 1) -> None:
        """Count rows."""
        self.counts[outcome] += number

    @property
    def read(self) -> int:
        """All rows."""
        return sum(self.counts.values())


def format_named(text: str) -> str:
    """A date format as people choose it, also from the directives of mapping files.

    >>> format_named("%m/%d/%Y"), format_named("DD.MM.YYYY")
    ('MM/DD/YYYY', 'DD.MM.YYYY')
    """
    for directive, name in DIRECTIVES.items():
        text = text.replace(directive, name)
    return text


def questions(subject: ObjectType, mapping: FileMap, columns: Mapping[str, Sequence[Any]]) -> list[Question]:
    """The date columns without a format whose texts fit several formats that read them differently."""
    fields, found = fields_for_files(subject), []
    for head, each in mapping.taken.items():
        if fields[each.to].kind not in (Kind.DATE, Kind.MOMENT) or each.date:
            continue
        texts = [cell for cell in columns.get(head, ()) if isinstance(cell, str) and cell.strip()]
        formats = profile_dates(texts)
        doubtful = next((text for text in texts if parse(fields[each.to], text).asks), None)
        if doubtful is not None and len(formats) != 1:
            found.append(
                Question(head, fields[each.to].label, doubtful, formats or parse(fields[each.to], doubtful).asks)
            )
    return found


def settled(subject: ObjectType, mapping: FileMap, columns: Mapping[str, Sequence[Any]]) -> FileMap:
    """The mapping with the format of each date column that only one format fits."""
    fields = fields_for_files(subject)
    columns_now = dict(mapping.columns)
    for head, each in mapping.taken.items():
        if fields[each.to].kind in (Kind.DATE, Kind.MOMENT) and not each.date:
            fitting = profile_dates([cell for cell in columns.get(head, ()) if isinstance(cell, str)])
            if len(fitting) == 1:
                columns_now[head] = replace(each, date=fitting[0])
    return replace(mapping, columns=columns_now)


def read_row(
    subject: ObjectType, mapping: FileMap, number: int, cells: Mapping[str, Any], hints: Hints, said: Sentence
) -> RowRead:
    """Read one row; every column that can't be read is a problem with its sentence."""
    fields = fields_for_files(subject)
    values: dict[str, Any] = {}
    problems = []
    for head, each in mapping.taken.items():
        target, cell = fields[each.to], meant(mapping, head, cells.get(head))
        parsed = read_cell(target, cell, each, hints)
        if parsed.problem is None:
            values[target.key] = parsed.value
        else:
            problems.append(RowProblem(number, head, shown(cells.get(head)), said(parsed.problem)))
    return RowRead(number, key_of(mapping, cells), values, tuple(problems))


def read_cell(target: Field, cell: Any, column: ColumnMap, hints: Hints) -> Parsed:
    """Read one cell; spreadsheets give days and numbers as such, which nobody needs to read twice."""
    if isinstance(cell, datetime) and target.kind is Kind.MOMENT:
        return Parsed(cell if cell.tzinfo else cell.replace(tzinfo=hints.zone))
    if isinstance(cell, datetime) and target.kind is Kind.DATE:
        return Parsed(cell.date())
    if isinstance(cell, date) and target.kind is Kind.DATE:
        return Parsed(cell)
    if isinstance(cell, date) and target.kind is Kind.MOMENT:
        return Parsed(datetime.combine(cell, time(), hints.zone))
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and target.kind is Kind.MONEY:
        return parse(target, str(Decimal(str(cell))), replace(hints, decimal="."))
    known = replace(hints, dates=format_named(column.date), decimal=column.decimal or hints.decimal)
    return parse(target, shown(cell), known)


def meant(mapping: FileMap, head: str, cell: Any) -> Any:
    """What a cell means: the word that the mapping gives for it, else itself."""
    words = mapping.values.get(head)
    return words.get(shown(cell), cell) if words else cell


def key_of(mapping: FileMap, cells: Mapping[str, Any]) -> str:
    """The key of a row: its key columns joined; empty where one of them is."""
    parts = [shown(cells.get(head)).strip() for head in mapping.key]
    return "|".join(parts)[:LONGEST_KEY] if all(parts) else ""


def shown(cell: Any) -> str:
    """A cell as text: whole numbers without ".0", nothing for an empty one.

    >>> shown(12.0), shown(None), shown(" a ")
    ('12', '', ' a ')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
