"""The JSON document of a plan, read: what `roadmap plan export --format json` wrote comes back as the same plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from accounts.calendars.rules import OFFICE_WEEK, content
from kernel.errors import RuleBroken
from kernel.worktime import Calendar
from roadmap.exchange.rules import document_money, document_people
from roadmap.exchange.rules.plan_file import CalendarSeed, Issue, PhaseSeed, PlanFile
from roadmap.planting.rules import RowSeed, TieSeed
from roadmap.schedule.rules import ConstraintType, LinkType, TaskType
from roadmap.tasks.rules import fields
from roadmap.tasks.rules.fields import pinned

ESTIMATES = ("estimate_low", "estimate_likely", "estimate_high")
MINUTES = ("duration_minutes", "work_minutes", *ESTIMATES)
TEXTS = ("description", "reason", "acceptance", "key")
MOMENTS = ("actual_start", "actual_finish")


def parse(text: str) -> PlanFile:
    """A plan from a document; what is wrong in it is listed in ``errors`` by task and field.

    Raises RuleBroken for text that is no JSON or no plan.
    """
    data = _load(text)
    project = _mapping(data.get("project"))
    errors: list[Issue] = []
    tasks = [_mapping(each) for each in data["tasks"]]
    keys = [str(task.get("id", place)) for place, task in enumerate(tasks, 1)]
    numbers = {str(task.get("wbs")): key for task, key in zip(tasks, keys, strict=True) if task.get("wbs")}
    if len(set(keys)) < len(keys):
        errors.append(Issue("tasks", "Two tasks have the same id. Each needs its own."))
    warnings: list[Issue] = []
    rows = [_row(task, key, numbers, errors, warnings) for task, key in zip(tasks, keys, strict=True)]
    start = _field("project", "start", project.get("start"), _moment, errors)
    status = _field("project", "status_date", project.get("status_date"), _moment, errors)
    people = document_people.read(
        data, keys, {str(each.get("id")) for each in map(_mapping, data.get("calendars") or ())}
    )
    own, further = _calendars(data, project, errors)
    tell, taken = people.warnings.append, set(keys)
    frame = _frame(project, start, errors)
    return PlanFile(
        rows=tuple(_pinned(row, own) for row in rows),
        ties=tuple(tie for task, key in zip(tasks, keys, strict=True) for tie in _ties(task, key, set(keys), errors)),
        resources=people.by_role,
        shares=people.shares,
        roles=tuple(people.roles.values()),
        assignments=tuple(people.assignments),
        calendars=further,
        frame=frame,
        rates=tuple(document_money.rates(data, set(people.roles), tell)),
        costs=tuple(document_money.costs(data, taken, tell)),
        baselines=tuple(document_money.baselines(data, taken, tell)),
        currency=frame.get("currency", ""),
        exact=True,
        phases=tuple(_phases(data, numbers)),
        name=str(project.get("name") or "")[:200],
        start=start.date() if start else None,
        status_date=status.date() if status else None,
        calendar=own,
        errors=tuple(errors[:200]),
        warnings=tuple((warnings + people.warnings)[:200]),
    )


def _load(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RuleBroken("import.json", "This is no JSON: %(what)s.", field="file", what=str(error)[:200]) from error
    if not isinstance(data, dict) or not isinstance(data.get("tasks"), list):
        text = "This JSON is no plan. A plan has a “project” and a list of “tasks”."
        raise RuleBroken("import.not_a_plan", text, field="file")
    if not all(isinstance(task, dict) for task in data["tasks"]):
        raise RuleBroken("import.not_a_plan", "Each entry of “tasks” has to be an object.", field="file")
    return data


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _field(where: str, name: str, value: Any, read: Any, errors: list[Issue]) -> Any:
    try:
        return None if value is None else read(value)
    except (ValueError, TypeError, KeyError, RuleBroken) as error:
        said = error.message if isinstance(error, RuleBroken) else f"{name} can't be read: {str(value)[:40]!r}."
        errors.append(Issue(f"{where}, {name}", said))
        return None


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(str(value)).replace(tzinfo=None)


def _day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError
    return round(value)


def _row(
    task: Mapping[str, Any], key: str, numbers: Mapping[str, str], errors: list[Issue], warnings: list[Issue]
) -> RowSeed:
    where, wbs = f"task {key}", str(task.get("wbs") or "")
    kind = task.get("type") or "task"
    values: dict[str, Any] = {"type": kind if kind in set(TaskType) else "task", "uid": _short(task.get("uid"))}
    for name in MINUTES:
        if task.get(name) is not None:
            values[name] = _field(where, name, task[name], _whole, errors)
    for name in MOMENTS:
        values[name] = _field(where, name, task.get(name), _moment, errors)
    values["deadline"] = _field(where, "deadline", task.get("deadline"), _day, errors)
    values |= {name: str(task[name])[:100_000] for name in TEXTS if task.get(name) and name != "key"}
    values["is_go_live"] = task.get("is_go_live") is True
    values |= _scheduling(task, where, errors)
    if values["type"] == TaskType.SUMMARY:
        values = {name: value for name, value in values.items() if name not in (*MINUTES, *MOMENTS)}
        values["duration_minutes"] = 0
    else:
        values["percent_complete"] = (
            _field(where, "percent_complete", task.get("percent_complete"), _whole, errors) or 0
        )
    constraint = _mapping(task.get("constraint"))
    if constraint:
        values["constraint_type"] = _field(where, "constraint", constraint.get("type"), _kind, errors) or "ASAP"
        values["constraint_date"] = _field(where, "constraint", constraint.get("date"), _moment, errors)
        values[_WHOLE_DAY] = "T" not in str(constraint.get("date"))
    name = " ".join(str(task.get("name") or "").split())
    known = {each: value for each, value in values.items() if each in fields.DRAFT_FIELDS and value is not None}
    for complaint in fields.complaints(fields.Draft(**{"name": name, **known})):
        if complaint.field in ESTIMATES:
            warnings.append(Issue(f"{where}, {complaint.field}", f"{complaint.message} The estimate was left out."))
            values |= dict.fromkeys(ESTIMATES)
        else:
            errors.append(Issue(f"{where}, {complaint.field}", complaint.message))
    return RowSeed(key, name, numbers.get(wbs.rpartition(".")[0]) if "." in wbs else None, values)


def _scheduling(task: Mapping[str, Any], where: str, errors: list[Issue]) -> dict[str, Any]:
    """What planners say of a task beside duration and dates; a document need not say any of it."""
    found: dict[str, Any] = {}
    for name, default in _FLAGS.items():
        found[name] = task[name] if isinstance(task.get(name), bool) else default
    for name in ("manual_start", "manual_finish", "stop", "resume"):
        found[name] = _field(where, name, task.get(name), _moment, errors)
    for name, (least, most) in _NUMBERS.items():
        if task.get(name) is not None:
            number = _field(where, name, task[name], _whole, errors)
            found[name] = None if number is None else min(max(number, least), most)
    if task.get("fixed") in ("units", "duration", "work"):
        found["fixed"] = task["fixed"]
    if task.get("estimate_shape") in fields.SHAPES:
        found["estimate_shape"] = task["estimate_shape"]
    if task.get("calendar_id") is not None:
        found["calendar"] = str(task["calendar_id"])
    found["kept"] = document_people.node_of(task.get("kept"))
    return {name: value for name, value in found.items() if value is not None}


_WHOLE_DAY = "constraint on a whole day"
_FLAGS = {"active": True, "ignores_people": False, "elapsed": False, "effort_driven": False}
_NUMBERS = {
    "deadline_minute": (0, 1439),
    "priority": (0, 1000),
    "delay_minutes": (-fields.LONGEST, fields.LONGEST),
    "done_minutes": (0, fields.LONGEST),
}


def _frame(project: Mapping[str, Any], start: datetime | None, errors: list[Issue]) -> dict[str, Any]:
    """Columns of the project, as far as the document says them."""
    found: dict[str, Any] = {"finish_by": _field("project", "finish_by", project.get("finish_by"), _moment, errors)}
    kept = document_people.node_of(project.get("kept")) or {}
    found["kept"] = {name: each for name, each in kept.items() if isinstance(each, dict)} or None
    if start is not None and "T" in str(project.get("start")):
        found["start_minute"] = start.hour * 60 + start.minute
    for name, most in (("status_minute", 1439), ("critical_threshold_minutes", fields.LONGEST)):
        if project.get(name) is not None:
            number = _field("project", name, project[name], _whole, errors)
            found[name] = None if number is None else min(max(number, 0), most)
    if project.get("timezone") in available_timezones():
        found["timezone"] = project["timezone"]
    target = _field("project", "target", project.get("target"), _day, errors)
    if target is not None and (start is None or target >= start.date()):
        found["target_go_live"] = target
    if re.fullmatch(r"[A-Z]{3}", str(project.get("currency") or "")):
        found["currency"] = project["currency"]
    return {name: value for name, value in found.items() if value is not None}


def _pinned(row: RowSeed, calendar: CalendarSeed | None) -> RowSeed:
    """A constraint that was given as a day begins or ends with the work of that day."""
    values = {name: value for name, value in row.values.items() if name != _WHOLE_DAY}
    moment = values.get("constraint_date")
    if moment is None or not row.values[_WHOLE_DAY]:
        return replace(row, values=values)
    week = OFFICE_WEEK if calendar is None else calendar.week
    working = Calendar(content(week).week)  # type: ignore[arg-type]  # content() saw to the seven days
    values["constraint_date"] = pinned(values["constraint_type"], moment, working)
    return replace(row, values=values)


def _kind(value: Any) -> str:
    return ConstraintType(str(value)).value


def _short(value: Any) -> str | None:
    return None if value is None else str(value)[:40]


def _ties(task: Mapping[str, Any], key: str, keys: set[str], errors: list[Issue]) -> Iterator[TieSeed]:
    for tie in map(_mapping, task.get("predecessors") or ()):
        other = str(tie.get("id"))
        kind = _field(f"task {key}", "predecessors", tie.get("type", "FS"), LinkType, errors)
        lag = _field(f"task {key}", "predecessors", tie.get("lag_minutes", 0), _whole, errors)
        unit, percent = tie.get("lag_unit", "working"), tie.get("lag_percent")
        if other not in keys:
            errors.append(Issue(f"task {key}, predecessors", f"There is no task with the id {other[:40]}."))
        elif unit not in UNITS:
            errors.append(Issue(f"task {key}, predecessors", f"A lag counts one of {', '.join(UNITS)}."))
        elif kind is not None and lag is not None:
            share = float(percent) if "percent" in unit and isinstance(percent, (int, float)) else None
            yield TieSeed(other, key, kind.value, lag, unit, share)


UNITS = ("working", "elapsed", "percent", "elapsed percent")
"""What a lag may count."""


def _phases(data: Mapping[str, Any], numbers: Mapping[str, str]) -> Iterator[PhaseSeed]:
    tasks = [_mapping(task) for task in data["tasks"]]
    holders = {str(task.get("wbs")).partition(".")[0] for task in tasks if "." in str(task.get("wbs") or "")}
    weeks = {str(each.get("name")): _mapping(each) for each in map(_mapping, data.get("phases") or ())}
    tops = [task for task in tasks if str(task.get("wbs")) in holders]
    for number, task in enumerate(tops, 1):
        name = str(task.get("phase") or task.get("name"))
        known = weeks.get(name, {})
        begin, end = known.get("week_from"), known.get("week_to")
        yield PhaseSeed(
            numbers[str(task["wbs"])],
            number,
            name[:200],
            begin if isinstance(begin, int) else None,
            end if isinstance(end, int) else None,
        )


def _calendars(
    data: Mapping[str, Any], project: Mapping[str, Any], errors: list[Issue]
) -> tuple[CalendarSeed | None, tuple[CalendarSeed, ...]]:
    """The project's own calendar, and the others of its plan."""
    found = [
        seed
        for each in map(_mapping, data.get("calendars") or ())
        if (seed := _field("calendars", str(each.get("name"))[:40], each, _calendar_seed, errors)) is not None
    ]
    wanted = str(project.get("calendar_id")), str(project.get("calendar") or "")
    own = next((seed for seed in found if wanted[0] == seed.key), None)
    own = own or next((seed for seed in found if seed.name == wanted[1]), None)
    return own, tuple(seed for seed in found if seed is not own)


def _calendar_seed(data: Mapping[str, Any]) -> CalendarSeed:
    week = [[_pair(pair) for pair in day] for day in data["week"]]
    content(week)
    return CalendarSeed(
        key=str(data.get("id") or data["name"]),
        name=str(data["name"])[:120],
        week=week,
        country=str(data.get("country") or "")[:2],
        subdivision=str(data.get("subdivision") or "")[:10],
        exceptions=tuple(
            (_day(each["day"]), str(each.get("name") or "")[:120], [_pair(pair) for pair in each["periods"]])
            for each in data.get("exceptions") or ()
        ),
    )


def _pair(value: Any) -> list[int]:
    """Two times of the day, such as ["08:00", "12:00"], as minutes."""
    start, end = value
    return [_minute(start), _minute(end)]


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
