"""What a report adds up to: every statement is bound to the records that its reader may see, field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Float, Select, and_, case, cast, func, literal, literal_column, select, type_coerce
from sqlalchemy.types import NullType

from crm.counts.rules.windows import Window
from crm.grouping.queries import HIDDEN, NONE, Key, Side
from crm.objects.rules.fields import Field, Kind
from crm.rates.queries import cents_in_base
from crm.records import queries as records
from crm.records.models import TABLES
from crm.reporting.queries import Ground
from crm.reporting.rules.definition import Definition, Measure
from crm.summaries.rules.cells import Cell
from infra.database import Amount, db
from kernel.errors import RuleBroken

Sums = Mapping[tuple[Key, Key], Cell]
MOST_CELLS = 20_000
"""So many cells are read; a report with more is told apart too finely."""
MOST_ROWS, MOST_COLUMNS = 200, 24
"""So many groups are shown; all others are one."""
OTHERS = "-others"
"""The group of all groups that are not shown."""
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Line:
    """A group: its key, what it is called ("" stands for no value), and what was counted in it."""

    key: Key
    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Summary:
    """What a report shows: ``rows`` and ``columns`` are the groups of its fields, ``cells`` those of both together."""

    asked: Definition
    window: Window | None
    whole: Cell
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    cells: Sums

    def value(self, cell: Cell) -> Decimal | None:
        """What the report says of a group."""
        return cell.value(self.asked.measure)

    def cell(self, row: Key, column: Key) -> Cell:
        """What was counted in both groups."""
        return self.cells.get((row, column), Cell())


def read(place: Ground) -> Summary:
    """All groups of a report, in one statement, two for the span of days, and one for each kind of name."""
    asked = place.asked
    sides = [Side(place, each) for each in asked.groups]
    counted = _counted(place, sides)
    sides += [Side(place, None)] * (2 - len(sides))
    sums = _named(sides, counted)
    rows, sums = _shorten(_lines(sides[0], sums, 0, asked), sums, 0, MOST_ROWS)
    columns, sums = _shorten(_lines(sides[1], sums, 1, asked), sums, 1, MOST_COLUMNS)
    whole = sum(sums.values(), Cell())
    return Summary(
        asked, place.window, whole, rows if asked.groups else (), columns if len(asked.groups) > 1 else (), sums
    )


def _named(sides: Sequence[Side], counted: Sums) -> Sums:
    """What has no name for the reader is one group."""
    shown = [side.shown({keys[at] for keys in counted}) for at, side in enumerate(sides)]
    sums: dict[tuple[Key, Key], Cell] = defaultdict(Cell)
    for (first, second), cell in counted.items():
        sums[shown[0].get(first, HIDDEN), shown[1].get(second, HIDDEN)] += cell
    return sums


def _counted(place: Ground, sides: Sequence[Side]) -> dict[tuple[Key, Key], Cell]:
    """Every group as SQL found it: the two keys ("" where there is one only), and its cell."""
    groups = [side.expression.label(f"group_{number}") for number, side in enumerate(sides)]
    query: Select[Any] = select(*groups, func.count(), *_sums(place)).where(*place.conditions).limit(MOST_CELLS + 1)
    found = db.session.execute(
        query.group_by(*(literal_column(f"group_{number}") for number in range(len(sides))))
    ).all()
    if len(found) > MOST_CELLS:
        raise RuleBroken(
            "reports.fine",
            "These records fall into more than %(most)d groups. Tell them apart by something coarser.",
            field="first",
            most=MOST_CELLS,
        )
    cells: dict[tuple[Key, Key], Cell] = defaultdict(Cell)
    for row in found:
        keys = [side.key_of(row[number]) for number, side in enumerate(sides)] + ["", ""]
        cells[keys[0], keys[1]] += _cell(place, row[len(sides) :])
    return cells


def _sums(place: Ground) -> tuple[Any, ...]:
    """How many have the value, its sum, its ends, and how many amounts have no rate."""
    value, lacking = _measured(place)
    if value is None:
        return tuple(literal(0) for _each in range(5))
    sums = func.count(value), func.coalesce(func.sum(value), 0), func.min(value), func.max(value)
    return (*(type_coerce(each, NullType()) for each in sums), func.coalesce(func.sum(lacking), 0))


def _measured(place: Ground) -> tuple[Any, Any]:
    """What is measured, as SQL: amounts in cents of the organisation's currency; and whether its rate is missing."""
    asked = place.asked
    if asked.measure is Measure.COUNT:
        return None, literal(0)
    table, field = TABLES[asked.object], asked.subject.field(asked.measured)
    column = getattr(table, field.key)
    if not _is_money(field, column):
        return (column if field.kind is not Kind.MONEY else cast(column, Float)), literal(0)
    if not asked.subject.has("currency"):
        return cast(column, BigInteger), literal(0)
    cents = cents_in_base(column, table.currency, _day_of(asked.object, place.now))
    return cents, case((and_(column.is_not(None), cents.is_(None)), 1), else_=0)


def _is_money(field: Field, column: Any) -> bool:
    return field.kind is Kind.MONEY and isinstance(column.type, Amount)


def _day_of(kind: str, today: Window) -> Any:
    """The day whose rate an amount takes: that of closing or of the start; today's where there is none."""
    table = TABLES[kind]
    if kind == "opportunity":
        closed = func.date(table.closed_at)
        return case(
            (table.closed_at.is_not(None), closed), else_=func.coalesce(table.closes_on, func.date(table.created_at))
        )
    if kind == "campaign":
        return func.coalesce(table.starts_on, func.date(table.created_at))
    return literal(today.today)


def _cell(place: Ground, row: Sequence[Any]) -> Cell:
    n, known, total, least, most, lacking = row
    asked = place.asked
    cents = asked.measure is not Measure.COUNT and _is_money(
        asked.subject.field(asked.measured), getattr(TABLES[asked.object], asked.measured)
    )
    return Cell(
        n,
        known,
        _exact(total, cents=cents) or Decimal(0),
        _exact(least, cents=cents),
        _exact(most, cents=cents),
        lacking,
    )


def _exact(value: Any, *, cents: bool) -> Decimal | None:
    if value is None:
        return None
    found = Decimal(str(value))
    return found / HUNDRED if cents else found


def _lines(side: Side, sums: Sums, at: int, asked: Definition) -> list[Line]:
    """The groups of one field in their order: days, stages and queues as they follow, others the largest first.

    What stands side by side, as the groups of the second field do, keeps the order of its choices.
    """
    found: dict[Key, Cell] = defaultdict(Cell)
    for keys, cell in sums.items():
        found[keys[at]] += cell
    for key in side.every() if sums else ():
        found.setdefault(key, Cell())
    lines = [Line(key, side.label(key), cell) for key, cell in found.items()]
    if side.dated:
        return sorted(lines, key=lambda line: (line.key == NONE, line.key))
    if side.field is not None and side.field.target in records.SMALL:
        order = {str(each): place for place, each in enumerate(records.small(side.field.target))}
        return sorted(lines, key=lambda line: order.get(line.key, len(order)))
    if at and side.field is not None and side.field.choices:
        follow = {key: place for place, (key, _label) in enumerate(side.field.choices)}
        return sorted(lines, key=lambda line: follow.get(line.key, len(follow)))
    return sorted(lines, key=lambda line: _largest_first(line, asked))


def _largest_first(line: Line, asked: Definition) -> tuple[bool, Decimal, str]:
    value = line.cell.value(asked.measure)
    return value is None, -(value or Decimal(0)), line.label


def _shorten(lines: list[Line], sums: Sums, at: int, most: int) -> tuple[tuple[Line, ...], Sums]:
    """The first groups; all others are one, with what they add up to."""
    if len(lines) <= most:
        return tuple(lines), sums
    kept = lines[: most - 1]
    named = {line.key for line in kept}
    found: dict[tuple[Key, Key], Cell] = defaultdict(Cell)
    for keys, cell in sums.items():
        new = [*keys]
        new[at] = keys[at] if keys[at] in named else OTHERS
        found[new[0], new[1]] += cell
    rest = sum((line.cell for line in lines[most - 1 :]), Cell())
    return (*kept, Line(OTHERS, "", rest)), found
