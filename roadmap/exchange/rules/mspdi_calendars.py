"""The calendars of a file of MS Project, each flattened to a week and the days that differ from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice

from roadmap.exchange.rules.entry import Entry
from roadmap.exchange.rules.plan_file import CalendarSeed
from roadmap.exchange.rules.recurrence import DAILY, Pattern, days
from roadmap.exchange.rules.xml import Node, rows

Pairs = list[list[int]]
MOST_PERIODS = 8
MOST_DAYS = 100_000
"""So many days that differ are taken from one file."""
OFFICE_DAY: Pairs = [[480, 720], [780, 1020]]
_DAY_END = 1440


@dataclass(frozen=True, slots=True)
class Special:
    """A day that differs; an exception counts before a work week."""

    name: str
    periods: Pairs
    is_exception: bool


@dataclass(slots=True)
class _Own:
    """What one calendar says itself, without the one it is based on."""

    entry: Entry
    base: str
    week: list[Pairs | None] = field(default_factory=lambda: [None] * 7)
    special: dict[date, Special] = field(default_factory=dict)


class CalendarReader:
    """Reads all calendars of a file; days that come again are laid out from ``first`` to ``last``."""

    def __init__(self, entries: Sequence[Entry], first: date, last: date) -> None:
        self.first, self.last, self.left = first, last, MOST_DAYS
        self.own: dict[str, _Own] = {}
        for entry in entries:
            uid = entry.text("UID", 40)
            if not uid or uid in self.own:
                entry.warn("The calendar has no number of its own; it was left out.")
                continue
            self.own[uid] = self._read(entry)

    def flat(self, uid: str) -> CalendarSeed | None:
        """A calendar with what it takes from its base; None where the file has no such calendar."""
        if uid not in self.own:
            return None
        chain = self._chain(uid)
        week: list[Pairs] = [[] for _ in range(7)]
        special: dict[date, Special] = {}
        for own in reversed(chain):
            special = _merged(special, own)
            week = [mine if mine is not None else theirs for mine, theirs in zip(own.week, week, strict=True)]
        entry = chain[0].entry
        if not any(week):
            entry.warn("The calendar has no working time; Monday to Friday, 08:00 to 17:00 is used instead.")
            week = [[list(pair) for pair in OFFICE_DAY] for _ in range(5)] + [[], []]
        name = entry.text("Name", 120) or f"Calendar {uid}"
        differing = ((day, each) for day, each in sorted(special.items()) if each.periods != week[day.weekday()])
        return CalendarSeed(
            name, week, exceptions=tuple((day, each.name, each.periods) for day, each in differing), key=uid
        )

    def _chain(self, uid: str) -> list[_Own]:
        """The calendar, the one it is based on, and so on; a circle ends where it closes."""
        chain, seen = [], set[str]()
        while uid in self.own and uid not in seen:
            seen.add(uid)
            chain.append(self.own[uid])
            uid = self.own[uid].base
        return chain

    def _read(self, entry: Entry) -> _Own:
        own = _Own(entry, entry.text("BaseCalendarUID", 40))
        exceptions = rows(entry.node, "Exceptions", "Exception")
        for node in rows(entry.node, "WeekDays", "WeekDay"):
            kind = Entry(node, entry.where, entry.tell).whole("DayType", -1)
            if 1 <= kind <= 7:
                own.week[(kind - 2) % 7] = self._periods(entry, node)
            elif kind == 0 and not exceptions:
                self._special(own, node, "", Pattern())
        for node in rows(entry.node, "WorkWeeks", "WorkWeek"):
            self._work_week(own, node)
        for node in exceptions:
            part = Entry(node, entry.where, entry.tell)
            self._special(own, node, part.text("Name", 120), _pattern(part))
        return own

    def _special(self, own: _Own, node: Node, name: str, pattern: Pattern) -> None:
        periods = self._periods(own.entry, node)
        part = Entry(node, own.entry.where, own.entry.tell)
        count = part.whole("Occurrences") if part.flag("EnteredByOccurrences") else 0
        if (span := self._span(own.entry, node)) is None:
            return
        found = days(pattern, span[0], min(span[1], self.last), count=count or None, since=self.first)
        for day in self._counted(own.entry, found):
            own.special[day] = Special(name, periods, is_exception=True)

    def _work_week(self, own: _Own, node: Node) -> None:
        span = self._span(own.entry, node)
        week = {
            (Entry(day, own.entry.where, own.entry.tell).whole("DayType", -1) - 2) % 7: self._periods(own.entry, day)
            for day in rows(node, "WeekDays", "WeekDay")
        }
        if span is None:
            return
        begin, end = max(span[0], self.first), min(span[1], self.last)
        name = Entry(node, own.entry.where, own.entry.tell).text("Name", 120)
        found = (begin + timedelta(days=offset) for offset in range((end - begin).days + 1))
        for day in self._counted(own.entry, (each for each in found if each.weekday() in week)):
            own.special[day] = Special(name, week[day.weekday()], is_exception=False)

    def _counted(self, entry: Entry, found: Iterator[date]) -> list[date]:
        """The days as long as there are not too many in all."""
        taken = list(islice(found, self.left))
        self.left -= len(taken)
        if self.left == 0:
            entry.warn(f"The calendars name more than {MOST_DAYS} days that differ; the rest was left out.")
        return taken

    def _span(self, entry: Entry, node: Node) -> tuple[date, date] | None:
        period = next(iter(rows(node, "TimePeriod")), {})
        begin, end = (_day(period.get(tag)) for tag in ("FromDate", "ToDate"))
        if begin is None:
            entry.warn("A day that differs has no date that can be read; it was left out.")
            return None
        return begin, end or begin

    def _periods(self, entry: Entry, node: Node) -> Pairs:
        times = rows(node, "WorkingTimes", "WorkingTime")
        found = [pair for pair in map(_pair, times) if pair is not None]
        works = str(node.get("DayWorking", "1" if found else "0")).strip() in ("1", "true")
        if len(found) < len([each for each in times if any(each.values())]):
            entry.warn("A working period ends before it starts; it was left out.")
        if works and not found and not times:
            return [list(pair) for pair in OFFICE_DAY]
        return _apart(found)[:MOST_PERIODS] if works else []


def _merged(base: dict[date, Special], own: _Own) -> dict[date, Special]:
    """The days of a base that still hold, and a calendar's own: exceptions before work weeks, own before inherited."""
    merged = {day: each for day, each in base.items() if each.is_exception or own.week[day.weekday()] is None}
    for day, each in own.special.items():
        if each.is_exception or day not in merged or not merged[day].is_exception:
            merged[day] = each
    return merged


def _pattern(part: Entry) -> Pattern:
    return Pattern(
        kind=part.whole("Type", DAILY),
        every=part.whole("Period", 1),
        weekdays=part.whole("DaysOfWeek"),
        item=part.whole("MonthItem"),
        place=part.whole("MonthPosition"),
        month=part.whole("Month"),
        month_day=part.whole("MonthDay", 1),
    )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None


def _pair(node: Node) -> list[int] | None:
    begin, end = (_minute(node.get(tag)) for tag in ("FromTime", "ToTime"))
    if begin is None or end is None:
        return None
    end = end or _DAY_END
    return [begin, end] if begin < end else None


def _minute(value: object) -> int | None:
    parts = str(value).strip().split(":")
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() and len(part) < 3 for part in parts):
        return None
    hour, minute, second = (int(part) for part in [*parts, "0"][:3])
    total = hour * 60 + minute + (second >= 30)
    return total if total <= _DAY_END else None


def _apart(pairs: Pairs) -> Pairs:
    """The same time in periods that follow each other."""
    found: Pairs = []
    for begin, end in sorted(pairs):
        if found and begin < found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([begin, end])
    return found
