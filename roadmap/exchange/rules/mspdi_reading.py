"""A plan from the XML of MS Project (MSPDI), of any version since 2002; what was not understood is listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from kernel.errors import RuleBroken
from roadmap.costs.rules.amounts import DEFAULT, digits_of
from roadmap.exchange.rules import mspdi_baselines, mspdi_fields, mspdi_money, mspdi_tasks, xml
from roadmap.exchange.rules import mspdi_words as words
from roadmap.exchange.rules.circles import without_circles
from roadmap.exchange.rules.entry import Entry
from roadmap.exchange.rules.mspdi_calendars import CalendarReader
from roadmap.exchange.rules.mspdi_left import leftovers
from roadmap.exchange.rules.plan_file import (
    AssignmentSeed,
    CalendarSeed,
    CostSeed,
    Issue,
    PhaseSeed,
    PlanFile,
    RateSeed,
    RoleSeed,
)
from roadmap.exchange.rules.xml import Node
from roadmap.planting.rules import RowSeed
from roadmap.tasks.rules.fields import DAY_MINUTES, LONGEST

MOST_TASKS = 20_000
MOST_ISSUES = 500
YEARS_BEFORE, YEARS_AFTER, MOST_YEARS = 1, 6, 40
"""How far days that come again are laid out around the plan."""
MOST_UNITS = 100_000.0
_DATED = ("Start", "Finish", "ConstraintDate", "Deadline", "ActualStart", "ActualFinish", "ManualStart", "ManualFinish")
_UNNAMED = "0"
"""The resource that MS Project keeps for work of nobody."""


def read(content: bytes, money: str = DEFAULT) -> PlanFile:
    """A plan from a file; ``money`` is the currency of one that names none.

    Raises RuleBroken for XML that is no plan, is damaged or is not to be trusted.
    """
    return _Reader(xml.read(content, "Project", words.LISTS), money).plan()


class _Reader:
    """Reads one document; complaints are collected, not raised."""

    def __init__(self, root: Node, money: str) -> None:
        self.root = root
        self.told: list[Issue] = []
        self.project = Entry(root, "project", self.told.append)
        entries = self._entries("Tasks", "Task", "ID")
        if len(entries) > MOST_TASKS:
            text = "The file has %(count)s tasks; at most %(limit)s can be read at once."
            raise RuleBroken("import.long", text, field="file", count=len(entries), limit=MOST_TASKS)
        self.tasks = mspdi_tasks.in_order(entries)
        self.keys = mspdi_tasks.keys_of(self.tasks)
        self.start = self.project.moment("StartDate") or self._earliest()
        found = self.project.text("CurrencyCode", 20)
        self.currency = found if re.fullmatch(r"[A-Z]{3}", found) else ""
        self.digits = digits_of(self.currency or money)

    def plan(self) -> PlanFile:
        """Everything that was understood."""
        if not self.tasks:
            self.project.warn("The file has no tasks.")
        calendars = CalendarReader(self._entries("Calendars", "Calendar", "UID"), *self._horizon())
        own = calendars.flat(self.project.text("CalendarUID", 40)) or _first_base(calendars)
        further = {uid: found for uid in calendars.own if (found := calendars.flat(uid)) is not None}
        keys = _keys(further, own)
        roles = list(self._roles(keys, own))
        rows = mspdi_tasks.seeds(self.tasks, self.keys, keys, mspdi_fields.taken(self.root))
        wanted = {role.calendar for role in roles} | {row.values["calendar"] for row in rows}
        wanted -= {own.key} if own else set()
        ties, circles = without_circles(rows, list(mspdi_tasks.ties(self.tasks, self.keys)))
        self.told.extend(circles)
        assignments = list(self._assignments({role.key for role in roles}))
        return PlanFile(
            rows=tuple(rows),
            ties=tuple(ties),
            phases=tuple(_phases(rows)),
            name=self.project.text("Title", 200) or self.project.text("Name", 200).removesuffix(".xml"),
            start=self.start.date() if self.start else None,
            status_date=moment.date() if (moment := self.project.moment("StatusDate")) else None,
            calendar=own,
            calendars=tuple(seed for uid, seed in further.items() if uid in wanted),
            roles=tuple(roles),
            assignments=tuple(assignments),
            rates=tuple(self._rates(roles)),
            costs=tuple(self._costs(rows, roles, assignments)),
            baselines=mspdi_baselines.read(self.project, self.tasks, self.keys, self.digits),
            currency=self.currency,
            frame=self._frame(further, own),
            exact=True,
            said=self._said(rows),
            warnings=self._warnings(),
        )

    def _entries(self, group: str, tag: str, number: str) -> list[Entry]:
        return [
            Entry(node, f"{tag.lower()} {str(node.get(number) or place)[:40]}", self.told.append)
            for place, node in enumerate(xml.rows(self.root, group, tag), 1)
        ]

    def _earliest(self) -> datetime | None:
        found = [moment for task in self.tasks if (moment := task.moment("Start")) is not None]
        return min(found, default=None)

    def _horizon(self) -> tuple[date, date]:
        """The first and the last day for which calendars are laid out."""
        found = [moment.year for task in self.tasks for tag in _DATED if (moment := _quiet(task).moment(tag))]
        first = min([self.start.year] if self.start else found, default=2000)
        last = min(max([*found, first]), first + MOST_YEARS)
        return date(first - YEARS_BEFORE, 1, 1), date(last + YEARS_AFTER, 12, 31)

    def _said(self, rows: Sequence[RowSeed]) -> dict[str, tuple[datetime, datetime]]:
        """The dates that MS Project gave its tasks; those of summaries follow from them."""
        found = {}
        for row, entry in zip(rows, map(_quiet, self.tasks), strict=True):
            dates = entry.moment("Start"), entry.moment("Finish")
            if row.values["type"] != "summary" and row.values["active"] and dates[0] and dates[1]:
                found[row.key] = (dates[0], dates[1])
        return found

    def _frame(self, calendars: dict[str, CalendarSeed], own: CalendarSeed | None) -> dict[str, Any]:
        backwards = not self.project.flag("ScheduleFromStart", default=True)
        status, day = self.project.moment("StatusDate"), max(self.project.whole("MinutesPerDay", DAY_MINUTES), 1)
        threshold = self.project.whole("CriticalSlackLimit") * day
        known = {"currency": self.currency} if self.currency else {}
        return known | {
            "start_minute": _minute(self.start),
            "status_minute": _minute(status),
            "finish_by": self.project.moment("FinishDate") if backwards else None,
            "critical_threshold_minutes": min(max(threshold, -LONGEST), LONGEST),
            "kept": self._kept(calendars, own),
        }

    def _kept(self, calendars: dict[str, CalendarSeed], own: CalendarSeed | None) -> dict[str, Any]:
        outline = [task.node for task in self._entries("Tasks", "Task", "ID") if task.text("OutlineLevel") == "0"]
        return {
            "project": self.project.rest(words.PROJECT_READ) or {},
            "summary": {tag: value for tag, value in outline[0].items() if value != ""} if outline else {},
            "calendars": [
                node for node in xml.rows(self.root, "Calendars", "Calendar") if node.get("UID") in calendars
            ],
            "calendar": own.key if own else "",
        }

    def _roles(self, calendars: dict[str, str], own: CalendarSeed | None) -> Iterable[RoleSeed]:
        seen: set[str] = set()
        for entry in self._entries("Resources", "Resource", "UID"):
            uid, name = entry.text("UID", 40), entry.text("Name", 200)
            if entry.flag("IsNull") or (uid == _UNNAMED and not name):
                continue
            if not uid or uid in seen:
                entry.warn("The resource has no number of its own; it was left out.")
                continue
            if not name:
                entry.warn("The resource has no name.")
            seen.add(uid)
            calendar = calendars.get(entry.text("CalendarUID", 40))
            yield RoleSeed(
                key=uid,
                name=name or f"Resource {uid}",
                kind="cost" if entry.flag("IsCostResource") else words.KINDS.get(entry.whole("Type", 1), "work"),
                max_units=_units(entry, "MaxUnits"),
                calendar=None if own and calendar == own.key else calendar,
                email=entry.text("EmailAddress", 200),
                uid=uid,
                kept=entry.rest(words.RESOURCE_READ - {"EmailAddress", "CalendarUID"} | words.RESOURCE_DERIVED),
            )

    def _rates(self, roles: Sequence[RoleSeed]) -> Iterator[RateSeed]:
        """What hours of people cost; material and cost resources cost with their assignments."""
        working = {role.key for role in roles if role.kind == "work"}
        for entry in map(_quiet, self._entries("Resources", "Resource", "UID")):
            if (uid := entry.text("UID", 40)) in working:
                working.remove(uid)
                yield from mspdi_money.rates(entry, uid, self.digits)

    def _costs(
        self, rows: Sequence[RowSeed], roles: Sequence[RoleSeed], assignments: Sequence[AssignmentSeed]
    ) -> Iterator[CostSeed]:
        tops: dict[str, str] = {}
        for row, entry in zip(rows, self.tasks, strict=True):
            tops[row.key] = tops[row.parent] if row.parent else row.key
            is_parent = row.values["type"] == "summary"
            yield from mspdi_money.costs(entry, row.key, tops[row.key], row.name, self.digits, is_parent=is_parent)
        outline = [task for task in self._entries("Tasks", "Task", "ID") if task.text("OutlineLevel") == "0"]
        for entry in outline[:1]:
            yield from mspdi_money.costs(entry, "", None, entry.text("Name", 200) or "?", self.digits, is_parent=True)
        named, leaves = {role.key: role for role in roles}, {row.key for row in rows if row.values["type"] != "summary"}
        for each in assignments:
            role = named[each.role]
            amount = mspdi_money.brought_cents(each.kept or {}, role.kind, role.kept or {}, each.units, self.digits)
            if amount and each.row in leaves:
                yield CostSeed(role.name, amount, row=each.row)

    def _assignments(self, roles: set[str]) -> Iterable[AssignmentSeed]:
        tasks, seen = set(self.keys), set[tuple[str, str]]()
        for entry in self._entries("Assignments", "Assignment", "UID"):
            task, role = entry.text("TaskUID", 40), entry.text("ResourceUID", 40)
            if role in (words.NOBODY, _UNNAMED) and role not in roles:
                continue
            if task not in tasks or role not in roles:
                entry.warn(f"It names task {task or '?'} and resource {role or '?'}, of which one is not in the file.")
            elif (task, role) in seen:
                entry.warn(f"Resource {role} is assigned to task {task} twice; the first counts.")
            else:
                seen.add((task, role))
                yield self._assignment(entry, task, role)

    def _assignment(self, entry: Entry, task: str, role: str) -> AssignmentSeed:
        units = _units(entry, "Units")
        if units == 0:
            entry.warn(f"Resource {role} works on task {task} with 0 %: that moves no date.")
        work, done = entry.minutes("Work"), entry.minutes("ActualWork", 0) or 0
        return AssignmentSeed(
            row=task,
            role=role,
            units=units,
            work_minutes=None if work is None else min(max(work, 0), LONGEST),
            done_minutes=min(max(done, 0), LONGEST),
            delay_minutes=min(max(round(entry.whole("Delay") / 10), -LONGEST), LONGEST),
            uid=entry.text("UID", 40) or None,
            kept=entry.rest(words.ASSIGNMENT_READ | words.ASSIGNMENT_DERIVED),
        )

    def _warnings(self) -> tuple[Issue, ...]:
        told = list(dict.fromkeys([*self.told, *leftovers(self.root)]))
        if len(told) > MOST_ISSUES:
            told[MOST_ISSUES:] = [Issue("file", f"{len(told) - MOST_ISSUES} more were found like these.")]
        return tuple(told)


def _quiet(entry: Entry) -> Entry:
    return Entry(entry.node, entry.where, lambda _issue: None)


def _minute(moment: datetime | None) -> int | None:
    return None if moment is None else moment.hour * 60 + moment.minute


def _units(entry: Entry, tag: str) -> float:
    """Percent of a full day; MS Project writes 1 for all of it."""
    found = entry.number(tag, 1.0)
    percent = round((1.0 if found is None else found) * 100, 4)
    if not 0 <= percent <= MOST_UNITS:
        entry.warn(f"{tag} of {percent:g} % is not possible; 100 % was taken.")
        return 100.0
    return percent


def _first_base(calendars: CalendarReader) -> CalendarSeed | None:
    return next((calendars.flat(uid) for uid in calendars.own), None)


def _keys(calendars: dict[str, CalendarSeed], own: CalendarSeed | None) -> dict[str, str]:
    """Which calendar stands for each: the first with the same working time, the project's before all."""
    seen = {} if own is None else {_content(own): own.key}
    return {uid: seen.setdefault(_content(seed), uid) for uid, seed in calendars.items()}


def _content(seed: CalendarSeed) -> str:
    return repr((seed.week, [(day, periods) for day, _name, periods in seed.exceptions]))


def _phases(rows: Sequence[RowSeed]) -> Iterable[PhaseSeed]:
    """Top rows that hold others are the phases."""
    tops = [row for row in rows if row.parent is None and row.values["type"] == "summary"]
    return (PhaseSeed(row.key, number, row.name[:200]) for number, row in enumerate(tops, 1))
