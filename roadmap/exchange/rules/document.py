"""The JSON document of a plan, read: what `roadmap plan export --format json` wrote comes back as the same plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from kernel.errors import RuleBroken
from roadmap.exchange.rules.plan_file import CalendarSeed, Issue, PhaseSeed, PlanFile, RowSeed, TieSeed
from roadmap.schedule.rules import ConstraintType, LinkType, TaskType
from roadmap.tasks.rules import fields

MINUTES = ("duration_minutes", "work_minutes", "estimate_low", "estimate_likely", "estimate_high")
TEXTS = ("description", "reason", "acceptance", "key")
MOMENTS = ("actual_start", "actual_finish")


def parse(text: str) -> PlanFile:
    """A plan from a document; what is wrong in it is listed in ``errors`` by task and field.

    Raises RuleBroken for text that is no JSON or no plan.
    """
    data = _load(text)
    project = _mapping(data.get("project"))
    errors: list[Issue] = []
    warnings: list[Issue] = []
    tasks = [_mapping(each) for each in data["tasks"]]
    keys = [str(task.get("id", place)) for place, task in enumerate(tasks, 1)]
    numbers = {str(task.get("wbs")): key for task, key in zip(tasks, keys, strict=True) if task.get("wbs")}
    if len(set(keys)) < len(keys):
        errors.append(Issue("tasks", "Two tasks have the same id. Each needs its own."))
    rows = [_row(task, key, numbers, errors) for task, key in zip(tasks, keys, strict=True)]
    start = _field("project", "start", project.get("start"), _moment, errors)
    status = _field("project", "status_date", project.get("status_date"), _moment, errors)
    return PlanFile(
        rows=tuple(rows),
        ties=tuple(tie for task, key in zip(tasks, keys, strict=True) for tie in _ties(task, key, set(keys), errors)),
        resources=dict(_resources(tasks, keys)),
        shares=dict(_shares(tasks)),
        phases=tuple(_phases(data, numbers)),
        name=str(project.get("name") or "")[:200],
        start=start.date() if start else None,
        status_date=status.date() if status else None,
        calendar=_calendar(data, str(project.get("calendar") or ""), errors),
        errors=tuple(errors[:200]),
        warnings=tuple(warnings),
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


def _row(task: Mapping[str, Any], key: str, numbers: Mapping[str, str], errors: list[Issue]) -> RowSeed:
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
    name = " ".join(str(task.get("name") or "").split())
    known = {each: value for each, value in values.items() if each in fields.DRAFT_FIELDS and value is not None}
    complaints = fields.complaints(fields.Draft(**{"name": name, **known}))
    errors.extend(Issue(f"{where}, {complaint.field}", complaint.message) for complaint in complaints)
    return RowSeed(key, name, numbers.get(wbs.rpartition(".")[0]) if "." in wbs else None, values)


def _kind(value: Any) -> str:
    return ConstraintType(str(value)).value


def _short(value: Any) -> str | None:
    return None if value is None else str(value)[:40]


def _ties(task: Mapping[str, Any], key: str, keys: set[str], errors: list[Issue]) -> Iterator[TieSeed]:
    for tie in map(_mapping, task.get("predecessors") or ()):
        other = str(tie.get("id"))
        kind = _field(f"task {key}", "predecessors", tie.get("type", "FS"), LinkType, errors)
        lag = _field(f"task {key}", "predecessors", tie.get("lag_minutes", 0), _whole, errors)
        if other not in keys:
            errors.append(Issue(f"task {key}, predecessors", f"There is no task with the id {other[:40]}."))
        elif kind is not None and lag is not None:
            yield TieSeed(other, key, kind.value, lag)


def _resources(tasks: list[Mapping[str, Any]], keys: list[str]) -> Iterator[tuple[str, str]]:
    for task, key in zip(tasks, keys, strict=True):
        for each in task.get("assignments") or ():
            if _mapping(each).get("resource"):
                yield key, str(each["resource"])[:200]
                break


def _shares(tasks: list[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    for task in tasks:
        for each in task.get("assignments") or ():
            units = _mapping(each).get("units_percent")
            if isinstance(units, (int, float)) and not isinstance(units, bool) and 0 <= units <= 100:
                yield str(each.get("resource"))[:200], round(units)


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


def _calendar(data: Mapping[str, Any], name: str, errors: list[Issue]) -> CalendarSeed | None:
    wanted = [each for each in map(_mapping, data.get("calendars") or ()) if each.get("name") == name]
    return _field("calendars", name, wanted[0], _calendar_seed, errors) if wanted else None


def _calendar_seed(data: Mapping[str, Any]) -> CalendarSeed:
    return CalendarSeed(
        name=str(data["name"])[:120],
        week=[[_pair(pair) for pair in day] for day in data["week"]],
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
