"""From the rows of a sheet to a plan: every cell that can't be read is listed by row and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from kernel.errors import RuleBroken
from kernel.worktime import Calendar
from roadmap.exchange.rules import sheet_money, sheet_people
from roadmap.exchange.rules.columns import Mapped
from roadmap.exchange.rules.dates import Order, read
from roadmap.exchange.rules.plan_file import Issue, PhaseSeed, PlanFile
from roadmap.planting.rules import RowSeed, TieSeed
from roadmap.tasks.rules import fields
from roadmap.tasks.rules.links import parse_predecessors

MOST_ROWS = 20_000
MOST_ISSUES = 200
_ESTIMATES = ("estimate_low", "estimate_likely", "estimate_high")


@dataclass(slots=True)
class _Line:
    """A row while it is read."""

    number: int
    key: str
    wbs: str = ""
    level: int = 0
    name: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    ties: str = ""
    workers: sheet_people.Workers = ()
    money: dict[str, int | None] = field(default_factory=dict)
    frozen: dict[str, datetime | None] = field(default_factory=dict)
    start: datetime | None = None
    finish: datetime | None = None


class _Reader:
    """Reads one sheet; complaints are collected, not raised."""

    def __init__(self, heads: Sequence[str], mapped: Mapped, order: Order, calendar: Calendar, currency: str) -> None:
        self.heads, self.mapped, self.order, self.calendar = heads, mapped, order, calendar
        self.currency = currency
        self.errors: list[Issue] = []
        self.warnings: list[Issue] = []

    def cell(self, cells: Sequence[Any], meaning: str) -> Any:
        place = self.mapped.get(meaning)
        value = cells[place] if place is not None and place < len(cells) else None
        return value.strip() if isinstance(value, str) else value

    def text(self, cells: Sequence[Any], meaning: str) -> str:
        value = self.cell(cells, meaning)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        text = "" if value is None else str(value)
        return text.removeprefix("'")

    def attempt(self, number: int, meaning: str, act: Callable[[], Any]) -> Any:
        """The result, or None with a complaint about the row and the column."""
        try:
            return act()
        except RuleBroken as error:
            self.complain(number, meaning, error.message)
            return None

    def complain(self, number: int, meaning: str, what: str) -> None:
        head = self.heads[self.mapped[meaning]] if meaning in self.mapped else meaning
        self.errors.append(Issue(f"row {number}, column {head}", what))

    def line(self, number: int, cells: Sequence[Any]) -> _Line:
        line = _Line(number, self.text(cells, "id") or f"row {number}", self.text(cells, "wbs").rstrip("."))
        line.name = " ".join(self.text(cells, "name").split())
        line.ties = self.text(cells, "predecessors")
        line.workers = sheet_people.read(self.text(cells, "resources"))
        for meaning in ("start", "finish", "actual_start", "actual_finish"):
            moment = self.attempt(number, meaning, partial(read, self.cell(cells, meaning), self.order))
            if meaning in ("start", "finish"):
                setattr(line, meaning, moment)
            else:
                line.values[meaning] = moment
        deadline = self.attempt(number, "deadline", lambda: read(self.cell(cells, "deadline"), self.order))
        line.values["deadline"] = deadline and deadline.date()
        line.values["description"] = self.text(cells, "description")
        line.level = self.attempt(number, "level", lambda: _level(self.text(cells, "level"))) or 0
        self.kind_and_length(line, cells)
        self.progress(line, cells)
        self.constraint(line, self.text(cells, "constraint"))
        self.estimates(line, cells)
        self.money(line, cells)
        return line

    def kind_and_length(self, line: _Line, cells: Sequence[Any]) -> None:
        kind = self.text(cells, "type")
        line.values["type"] = (
            self.attempt(line.number, "type", lambda: fields.parse_type(kind)) if kind else ""
        ) or "task"
        raw = self.cell(cells, "duration")
        written = self.text(cells, "duration")
        if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            written = f"{raw:g}d"
        if written:
            minutes = self.attempt(line.number, "duration", lambda: fields.parse_duration(written))
        else:
            minutes = self.span(line)
        line.values["duration_minutes"] = fields.DAY_MINUTES if minutes is None else minutes
        if not kind and minutes == 0:
            line.values["type"] = "milestone"

    def span(self, line: _Line) -> int | None:
        """Working time from start to finish, both days included where no hour is given."""
        if line.start is None or line.finish is None:
            return None
        finish = line.finish + timedelta(days=1) if line.finish.time() == time() else line.finish
        if finish < line.start:
            self.complain(line.number, "finish", "It finishes before it starts. Mend one of the two dates.")
            return None
        return self.calendar.between(line.start, finish)

    def progress(self, line: _Line, cells: Sequence[Any]) -> None:
        raw, written = self.cell(cells, "percent_complete"), self.text(cells, "percent_complete")
        if isinstance(raw, float) and 0 < raw < 1:
            line.values["percent_complete"] = round(raw * 100)
        elif written:
            done = self.attempt(line.number, "percent_complete", lambda: fields.parse_percent(written))
            line.values["percent_complete"] = done or 0
        if line.values["actual_finish"] is not None and "percent_complete" not in line.values:
            line.values["percent_complete"] = 100

    def estimates(self, line: _Line, cells: Sequence[Any]) -> None:
        for meaning in (*_ESTIMATES, "estimate_shape"):
            parse = partial(fields.parse, meaning, self.text(cells, meaning))
            if meaning in self.mapped and (value := self.attempt(line.number, meaning, parse)) is not None:
                line.values[meaning] = value

    def money(self, line: _Line, cells: Sequence[Any]) -> None:
        for meaning in ("cost", "actual_cost", "baseline_cost"):
            parts = self.cell(cells, meaning), self.text(cells, meaning), self.currency
            line.money[meaning] = self.hope(line.number, meaning, partial(sheet_money.amount, *parts))
        for meaning in ("baseline_start", "baseline_finish"):
            moment = self.hope(line.number, meaning, partial(read, self.cell(cells, meaning), self.order))
            whole = moment is not None and meaning == "baseline_finish" and moment.time() == time()
            line.frozen[meaning] = moment + timedelta(days=1) if moment and whole else moment

    def hope(self, number: int, meaning: str, act: Callable[[], Any]) -> Any:
        """The result, or None with a warning where the plan does without it."""
        try:
            return act()
        except RuleBroken as error:
            what = f"{error.message} It was left out."
            self.warnings.append(Issue(f"row {number}, column {self.heads[self.mapped[meaning]]}", what))
            return None

    def constraint(self, line: _Line, written: str) -> None:
        kind, _, day = written.partition(" ")
        if not written:
            return
        line.values["constraint_type"] = (
            self.attempt(line.number, "constraint", lambda: fields.parse_constraint(kind)) or "ASAP"
        )
        line.values["constraint_date"] = self.attempt(line.number, "constraint", lambda: read(day, self.order))


def read_sheet(
    rows: Sequence[tuple[int, Sequence[Any]]],
    heads: Sequence[str],
    mapped: Mapped,
    *,
    order: Order,
    calendar: Calendar,
    currency: str,
    start: date | None = None,
) -> PlanFile:
    """A plan from (row number, cells); ``start`` is the project's, by default the earliest of the sheet.

    Amounts are in ``currency``, of which a sheet says nothing.

    Raises RuleBroken for a sheet without rows or with too many; all else is listed in ``errors``.
    """
    if not rows:
        raise RuleBroken("import.empty", "The file has a head but no tasks below it.", field="file")
    if len(rows) > MOST_ROWS:
        text = "The file has %(count)s rows; at most %(limit)s can be read at once."
        raise RuleBroken("import.long", text, field="file", count=len(rows), limit=MOST_ROWS)
    reader = _Reader(heads, mapped, order, calendar, currency)
    lines = [reader.line(number, cells) for number, cells in rows]
    starts = [line.start.date() for line in lines if line.start]
    begin = start or min(starts, default=None)
    parents = _parents(lines, reader)
    for line in lines:
        _hold(line, begin, parents, reader)
        _check(line, reader)
    shares = sheet_people.shares_of(line.workers for line in lines)
    reader.warnings.extend(sheet_money.sums_that_differ(lines, parents))
    return PlanFile(
        rows=tuple(RowSeed(line.key, line.name, parents[line.key], line.values) for line in lines),
        ties=tuple(_ties(lines, reader)),
        resources={line.key: name for line in lines if (name := sheet_people.alone(line.workers, shares))},
        shares=shares,
        roles=sheet_people.roles_of(shares),
        assignments=tuple(each for line in lines for each in sheet_people.assigned(line.key, line.workers, shares)),
        costs=tuple(sheet_money.costs(lines, parents)),
        baselines=sheet_money.baseline(lines, calendar),
        phases=tuple(_phases(lines, parents)),
        start=begin,
        errors=tuple(reader.errors[:MOST_ISSUES]),
        warnings=tuple(reader.warnings[:MOST_ISSUES]),
    )


def _level(text: str) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,2}", text):
        raise RuleBroken("import.level", "“%(value)s” is no outline level. Write 1, 2, 3.", value=text[:40])
    return int(text)


def _parents(lines: Sequence[_Line], reader: _Reader) -> dict[str, str | None]:
    """Each row's parent: by WBS number, else by outline level, else none."""
    keys: set[str] = set()
    by_wbs: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    found: dict[str, str | None] = {}
    for line in lines:
        if line.key in keys:
            reader.complain(line.number, "id", f"The number {line.key} is used twice. Each row needs its own.")
            line.key = f"row {line.number}"
        keys.add(line.key)
        level = line.level or line.wbs.count(".") + 1
        above = [each for each in above if each[0] < level]
        found[line.key] = by_wbs.get(line.wbs.rpartition(".")[0]) if line.wbs else (above[-1][1] if above else None)
        if "." in line.wbs and found[line.key] is None:
            reader.warnings.append(
                Issue(f"row {line.number}", f"No row has the number above {line.wbs}; it stands at the top.")
            )
        by_wbs.setdefault(line.wbs, line.key)
        above.append((level, line.key))
    return found


def _hold(line: _Line, begin: date | None, parents: dict[str, str | None], reader: _Reader) -> None:
    """A task that nothing else holds keeps the start that the file gives it."""
    is_parent = line.key in parents.values()
    values = line.values
    if is_parent:
        values["type"] = "summary"
        for name in ("percent_complete", "actual_start", "actual_finish"):
            values.pop(name, None)
        values["duration_minutes"] = 0
    elif values["type"] == "summary":
        values["type"] = "task"
    held = line.ties or values.get("constraint_type") or values.get("actual_start")
    if line.start and begin and not held and not is_parent and line.start.date() > begin:
        values["constraint_type"], values["constraint_date"] = "SNET", line.start
        what = f"“{line.name}” waits for nothing, so its start is kept as “start no earlier than”."
        reader.warnings.append(Issue(f"row {line.number}", what))


def _check(line: _Line, reader: _Reader) -> None:
    known = {name: value for name, value in line.values.items() if name in fields.DRAFT_FIELDS and value is not None}
    columns = {"duration_minutes": "duration", "constraint_date": "constraint", "constraint_type": "constraint"}
    for complaint in fields.complaints(fields.Draft(**{"name": line.name, **known})):
        field = complaint.field or "name"
        if field in _ESTIMATES:
            what = f"{complaint.message} The estimate of “{line.name[:60]}” was left out."
            reader.warnings.append(Issue(f"row {line.number}", what))
            line.values |= dict.fromkeys(_ESTIMATES)
            continue
        reader.complain(line.number, columns.get(field, field), complaint.message)


def _ties(lines: Sequence[_Line], reader: _Reader) -> Iterator[TieSeed]:
    keys = {line.key for line in lines}
    numbers = {line.wbs: line.key for line in lines if line.wbs}
    for line in lines:
        found = reader.attempt(line.number, "predecessors", partial(parse_predecessors, line.ties))
        for tie in found or ():
            key = tie.ref if tie.ref in keys else numbers.get(tie.ref)
            if key is None:
                reader.complain(line.number, "predecessors", f"There is no row with the number {tie.ref}.")
            elif key == line.key:
                reader.complain(line.number, "predecessors", "A task can't wait for itself.")
            else:
                yield TieSeed(key, line.key, tie.type.value, tie.lag_minutes)


def _phases(lines: Sequence[_Line], parents: dict[str, str | None]) -> Iterator[PhaseSeed]:
    """Top rows that hold others are the phases."""
    holders = {parent for parent in parents.values() if parent is not None}
    tops = [line for line in lines if line.key in holders and parents[line.key] is None]
    return (PhaseSeed(line.key, number, line.name) for number, line in enumerate(tops, 1))
