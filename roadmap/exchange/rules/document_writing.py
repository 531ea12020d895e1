"""The JSON document of a plan, and its rows as a sheet, in the words that are promised to scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kernel.worktime import Periods
from roadmap.exchange.rules import document_money, sheet_people
from roadmap.exchange.rules.columns import CSV_HEADS
from roadmap.exchange.rules.outgoing import OutAssignment, OutCalendar, Outgoing, OutResource, OutTie
from roadmap.schedule.rules import LinkType
from roadmap.tasks.rules.fields import duration_text
from roadmap.tasks.rules.links import Tie, predecessors_text

_MOMENTS = (
    *("start", "finish", "early_start", "early_finish", "late_start", "late_finish"),
    *("actual_start", "actual_finish", "manual_start", "manual_finish", "stop", "resume"),
)
_AS_IT_IS = (
    "id",
    "uid",
    "wbs",
    "name",
    "type",
    "phase",
    "work_minutes",
    "total_slack_minutes",
    "free_slack_minutes",
    "critical",
    "is_go_live",
    "description",
    "reason",
    "acceptance",
    "estimate_low",
    "estimate_likely",
    "estimate_high",
    "estimate_shape",
    "deadline_minute",
    "active",
    "calendar_id",
    "ignores_people",
    "elapsed",
    "fixed",
    "effort_driven",
    "priority",
    "delay_minutes",
    "done_minutes",
)


def document(plan: Outgoing, phases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole plan; minutes are working time, moments those of the project's zone."""
    resources = {each.key: each for each in plan.resources}
    waiting = _by_task(plan.ties, lambda tie: tie.successor_id)
    working = _by_task(plan.assignments, lambda each: each.task_id)
    return {
        "project": _project(plan),
        "tasks": [
            _task(task, waiting.get(task["id"], []), working.get(task["id"], []), resources) for task in plan.tasks
        ],
        "resources": [_resource(each) for each in plan.resources],
        "phases": list(phases),
        "calendars": [_calendar(each) for each in plan.calendars],
        **document_money.written(plan),
    }


def lines(plan: Outgoing) -> list[list[Any]]:
    """The rows under the promised header."""
    resources = {each.key: each for each in plan.resources}
    waiting = _by_task(plan.ties, lambda tie: tie.successor_id)
    working = _by_task(plan.assignments, lambda each: each.task_id)
    return [
        _line(plan, task, waiting.get(task["id"], []), working.get(task["id"], []), resources) for task in plan.tasks
    ]


def _by_task(rows: Sequence[Any], of: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(of(row), []).append(row)
    return found


def _project(plan: Outgoing) -> dict[str, Any]:
    project = plan.project
    names = {each.id: each.name for each in plan.calendars}
    kept = {name: each for name, each in (project["kept"] or {}).items() if name in ("project", "summary")}
    return _kept(kept) | {
        "id": project["id"],
        "name": project["name"],
        "start": _instant(plan.start),
        "finish": _instant(plan.finish),
        "status_date": _day(project["status_date"]),
        "status_minute": project["status_minute"],
        "target": _day(project["target_go_live"]),
        "timezone": project["timezone"],
        "currency": project["currency"],
        "calendar": names[project["calendar_id"]],
        "calendar_id": project["calendar_id"],
        "finish_by": _instant(project["finish_by"]),
        "critical_threshold_minutes": project["critical_threshold_minutes"],
    }


def _task(
    task: Mapping[str, Any],
    ties: Sequence[OutTie],
    working: Sequence[OutAssignment],
    resources: Mapping[str, OutResource],
) -> dict[str, Any]:
    constraint = {"type": task["constraint_type"], "date": _instant(task["constraint_date"])}
    return _kept(task["kept"]) | {
        **{name: task[name] for name in _AS_IT_IS},
        **{name: _instant(task[name]) for name in _MOMENTS},
        "duration_minutes": task["length"],
        "percent_complete": round(task["percent"]),
        "constraint": None if task["constraint_type"] == "ASAP" else constraint,
        "deadline": _day(task["deadline"]),
        "owner": task["owner"] or None,
        "predecessors": [_predecessor(tie) for tie in ties],
        "assignments": [_assignment(each, resources[each.resource]) for each in working if not _owns(each)],
    }


def _owns(each: OutAssignment) -> bool:
    """Whether somebody works on a task because it is theirs; that says ``owner``."""
    return not each.given and each.resource.startswith("person-")


def _predecessor(tie: OutTie) -> dict[str, Any]:
    found: dict[str, Any] = {"id": tie.predecessor_id, "type": tie.type, "lag_minutes": tie.lag_minutes}
    if tie.lag_unit != "working":
        found |= {"lag_unit": tie.lag_unit, "lag_percent": tie.lag_percent}
    return found


def _assignment(each: OutAssignment, resource: OutResource) -> dict[str, Any]:
    found = {
        "resource": resource.name,
        "resource_key": resource.key,
        "units_percent": _plain(each.units),
        "work_minutes": each.work_minutes,
    }
    given = {"done_minutes": each.done_minutes, "delay_minutes": each.delay_minutes, "uid": each.uid}
    return found | (given | _kept(each.kept) if each.given else {"by_role": True})


def _kept(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the file of another program said and nothing here uses."""
    return {"kept": dict(kept)} if kept else {}


def _resource(each: OutResource) -> dict[str, Any]:
    kind, _, number = each.key.partition("-")
    return _kept({tag: value for tag, value in each.kept.items() if tag != "CalendarUID"}) | {
        "id": int(number) if kind == "role" else None,
        "key": each.key,
        "uid": each.uid,
        "name": each.name,
        "kind": each.kind,
        "max_units_percent": _plain(each.max_units),
        "calendar_id": each.calendar,
    }


def _calendar(each: OutCalendar) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "week": [[list(pair) for pair in _hours(day)] for day in each.time.week],
        "country": each.country,
        "subdivision": each.subdivision,
        "exceptions": [
            {"day": day.isoformat(), "name": each.names.get(day, ""), "periods": _hours(each.time.periods(day))}
            for day in each.own_days
        ],
    }


def _hours(periods: Periods) -> list[list[str]]:
    return [[f"{minute // 60:02d}:{minute % 60:02d}" for minute in (each.start, each.end)] for each in periods]


def _line(
    plan: Outgoing,
    task: Mapping[str, Any],
    ties: Sequence[OutTie],
    working: Sequence[OutAssignment],
    resources: Mapping[str, OutResource],
) -> list[Any]:
    frozen = plan.reference.get(task["id"])
    written = (Tie(str(tie.predecessor_id), LinkType(tie.type), tie.lag_minutes) for tie in ties)
    known = {
        **{name: task[name] for name in ("id", "wbs", "name", "type")},
        "duration": duration_text(task["length"]),
        "start": _instant(task["start"]),
        "finish": _instant(task["finish"]),
        "predecessors": predecessors_text(written),
        "resources": sheet_people.written((resources[each.resource].name, each.units) for each in working) or None,
        "percent_complete": round(task["percent"]),
        "actual_start": _instant(task["actual_start"]),
        "actual_finish": _instant(task["actual_finish"]),
        "constraint": _constraint_text(task),
        "deadline": _day(task["deadline"]),
        "cost": _amount(plan.costs.get(task["id"]), plan.digits),
        "actual_cost": _amount(plan.spent.get(task["id"]), plan.digits),
    }
    if frozen is not None:
        known |= {"baseline_start": _instant(frozen[0]), "baseline_finish": _instant(frozen[1])}
        known["baseline_cost"] = _amount(frozen[4], plan.digits)
    return [known.get(head) for head in CSV_HEADS]


def _constraint_text(task: Mapping[str, Any]) -> str | None:
    if task["constraint_type"] == "ASAP":
        return None
    return " ".join(filter(None, (task["constraint_type"], _instant(task["constraint_date"]))))


def _amount(cents: int | None, digits: int) -> float | None:
    """An amount in units of the currency."""
    return None if cents is None else cents / 10**digits


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")
