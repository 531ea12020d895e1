"""What a figure from outside is, how its days and numbers are read, and what a file of them holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from crm.counts.rules.windows import monday
from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules.reading import parse
from crm.parsing.rules.values import Hints
from kernel.errors import Problem, RuleBroken

DAY, WEEK = "day", "week"
PERIODS: Mapping[str, str] = {DAY: "A day", WEEK: "An ISO week"}
"""What one value stands for."""
NAME, UNIT, SOURCE, PROOF = 120, 40, 200, 500
"""How long these may be."""
MOST_ROWS = 5000
"""Rows of one file: more than thirteen years of days."""
_DAY_HEADS = frozenset({"day", "date", "week", "monday", "datum", "dag", "tag", "woche", "uke"})
_VALUE_HEADS = frozenset({"value", "count", "number", "figure", "amount", "total", "wert", "antal"})
_WEEK_NAME = re.compile(r"(?P<year>\d{4})-?W(?P<week>\d{1,2})", re.IGNORECASE)
_SPACING = {DAY: timedelta(days=1), WEEK: timedelta(days=7)}
_DAY_FIELD = Field("day", "Day", Kind.DATE)
_VALUE_FIELD = Field("value", "Value", Kind.MONEY)
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class SeriesData:
    """What somebody says about a series."""

    name: str
    unit: str = ""
    source: str = ""
    period: str = WEEK
    owner_id: int | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a day, or of the week that begins on it."""

    day: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file as it stands there: its number, the text of its day and of its value."""

    number: int
    day: str
    value: str


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A row that can't be taken in, and why."""

    number: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: good rows, wrong ones, and what somebody has to be asked: date formats, decimal marks."""

    entries: tuple[tuple[int, Entry], ...] = ()
    wrong: tuple[WrongLine, ...] = ()
    dates: tuple[str, ...] = ()
    decimals: tuple[str, ...] = ()


def check_series(data: SeriesData) -> SeriesData:
    """A series that may be kept, its texts trimmed. Raises RuleBroken."""
    name = " ".join(data.name.split())
    if not name:
        raise RuleBroken("figures.name", "Say what is counted.", field="name")
    for key, text, most in (("name", name, NAME), ("unit", data.unit, UNIT), ("source", data.source, SOURCE)):
        if len(text) > most:
            raise RuleBroken("figures.long", "At most %(most)d characters fit.", field=key, most=most)
    if data.period not in PERIODS:
        raise RuleBroken("figures.period", "Choose a day or a week.", field="period")
    return SeriesData(name, data.unit.strip(), data.source.strip(), data.period, data.owner_id, data.ended)


def check_day(period: str, day: date, today: date) -> date:
    """The day that a value is kept under: a week's is its Monday. Raises RuleBroken for one that is not over.

    >>> check_day(WEEK, date(2026, 2, 12), date(2026, 2, 18))
    datetime.date(2026, 2, 9)
    """
    first = monday(day) if period == WEEK else day
    if first > today:
        raise RuleBroken("figures.future", "That day is still to come.", field="day")
    if first < _EARLIEST:
        raise RuleBroken("figures.early", "A day before the year 2000 is a slip of the hand.", field="day")
    return first


def read_day(period: str, text: str, today: date, dates: str = "") -> date:
    """A day as it was typed, for a week also its name such as 2026-W07. Raises RuleBroken, also for a doubtful one.

    >>> read_day(WEEK, "2026-W07", date(2026, 2, 18))
    datetime.date(2026, 2, 9)
    """
    named = _WEEK_NAME.fullmatch(text.strip())
    if named and period == WEEK:
        return check_day(period, _of_week(int(named["year"]), int(named["week"])), today)
    found = parse(_DAY_FIELD, text, Hints(dates=dates))
    if found.problem:
        raise found.problem
    if found.value is None:
        raise RuleBroken("figures.no_day", "The day is missing.", field="day")
    return check_day(period, found.value, today)


def _of_week(year: int, week: int) -> date:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise RuleBroken("figures.week", "There is no such week.", field="day") from error


def read_value(text: str, decimal: str = "") -> Decimal:
    """A number as it was typed: 1234, 1.234,56 or 1,234.56; what could be read in two ways is asked. Raises RuleBroken.

    >>> read_value("1.234,56")
    Decimal('1234.56')
    """
    found = parse(_VALUE_FIELD, text, Hints(decimal=decimal))
    if found.problem:
        raise found.problem
    if found.value is None:
        raise RuleBroken("figures.no_value", "The value is missing. Nothing counted is 0.", field="value")
    return Decimal(found.value)


def lines_of(names: Sequence[str], rows: Sequence[tuple[int, Sequence[object]]]) -> list[Line]:
    """The rows of a file, told by their numbers: by its heads, or where it has two columns these. Raises RuleBroken."""
    heads = [head.strip().casefold() for head in names]
    day = next((at for at, head in enumerate(heads) if head in _DAY_HEADS), None)
    value = next((at for at, head in enumerate(heads) if head in _VALUE_HEADS), None)
    if (day is None or value is None) and len(heads) == 2:  # one for the day, one for the value
        day, value = 0, 1
    if day is None or value is None:
        raise RuleBroken(
            "figures.heads",
            "The first row has to name a column “day” (or “week”) and a column “value”; it names %(heads)s.",
            field="file",
            heads=", ".join(names)[:200],
        )
    if len(rows) > MOST_ROWS:
        raise RuleBroken("figures.rows", "At most %(most)d rows fit in one file.", field="file", most=MOST_ROWS)
    return [
        Line(number, _text(_cell(cells, day)), _text(_cell(cells, value)))
        for number, cells in rows
        if any(_text(cell) for cell in cells)
    ]


def _cell(cells: Sequence[object], at: int) -> object:
    return cells[at] if at < len(cells) else None


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}".removesuffix(".0")
    return "" if cell is None else str(cell).strip()


def read_lines(lines: Iterable[Line], period: str, today: date, dates: str = "", decimal: str = "") -> Reading:
    """Read all rows; one that says a day twice is wrong, and what is doubtful is asked for the whole file at once."""
    good: list[tuple[int, Entry]] = []
    wrong: list[WrongLine] = []
    seen: dict[date, int] = {}
    asked: dict[str, dict[str, None]] = {"day": {}, "value": {}}
    for line in lines:
        asked["day"] |= dict.fromkeys(parse(_DAY_FIELD, line.day, Hints()).asks)
        asked["value"] |= dict.fromkeys(parse(_VALUE_FIELD, line.value, Hints()).asks)
        try:
            entry = Entry(read_day(period, line.day, today, dates), read_value(line.value, decimal))
            if entry.day in seen:
                raise RuleBroken("figures.twice", "Row %(row)d is about the same time.", row=seen[entry.day])
        except Problem as problem:
            wrong.append(WrongLine(line.number, problem))
        else:
            seen[entry.day] = line.number
            good.append((line.number, entry))
    return Reading(tuple(good), tuple(wrong), tuple(asked["day"]), tuple(asked["value"]))


def missing(period: str, days: Sequence[date], today: date) -> list[date]:
    """The days or weeks between the first value and today that are over and have none.

    >>> missing(WEEK, [date(2026, 1, 26), date(2026, 2, 9)], date(2026, 2, 18))
    [datetime.date(2026, 2, 2)]
    """
    if not days:
        return []
    step, known = _SPACING[period], set(days)
    at, found = min(known), []
    while at + step <= today:
        if at not in known:
            found.append(at)
        at += step
    return found
