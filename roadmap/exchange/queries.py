"""A stored plan as a document and as the rows of a sheet, in the words of the promised formats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from accounts.calendars.models import WorkCalendar
from infra.database import db
from kernel.errors import NotFound
from roadmap.exchange.rules.columns import CSV_HEADS
from roadmap.projects import queries as projects
from roadmap.projects.models import Project
from roadmap.schedule.rules import LinkType
from roadmap.staffing import queries as staffing
from roadmap.staffing.queries import RoleRow
from roadmap.staffing.rules import LARGEST_SHARE
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task
from roadmap.tasks.queries import TaskRow
from roadmap.tasks.rules.fields import duration_text
from roadmap.tasks.rules.links import Tie, predecessors_text

_TEXTS = ("description", "reason", "acceptance", "estimate_low", "estimate_likely", "estimate_high")


def document(project_id: int, today: date) -> dict[str, Any]:
    """The whole plan as JSON holds it. Raises NotFound."""
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFound
    rows = tasks.rows(project_id, today)
    roles = staffing.roles(project_id)
    calendar = tasks.calendar_of(project)
    start = tasks.start_of(project.start, calendar)
    return {
        "project": {
            "id": project.id,
            "name": project.name,
            "start": _instant(start),
            "finish": _instant(max((row.finish for row in rows), default=start)),
            "status_date": project.status_date.isoformat() if project.status_date else None,
            "target": project.target_go_live.isoformat() if project.target_go_live else None,
            "timezone": project.timezone,
            "calendar": project.calendar.name,
        },
        "tasks": [_task(row, {role.id: role for role in roles}, texts) for row, texts in _with_texts(project_id, rows)],
        "resources": [{"id": role.id, "name": role.name, "max_units_percent": 100} for role in roles],
        "phases": [
            {"number": phase.number, "name": phase.name, "week_from": phase.week_from, "week_to": phase.week_to}
            for phase in projects.phases(project_id)
        ],
        "calendars": [_calendar(project.calendar)],
    }


def sheet(project_id: int, today: date) -> tuple[Sequence[str], list[list[Any]]]:
    """The heads and rows of the plan as a sheet. What this version does not keep (cost, baselines) is empty."""
    roles = {role.id: role for role in staffing.roles(project_id)}
    return CSV_HEADS, [_line(row, roles) for row in tasks.rows(project_id, today)]


def _with_texts(project_id: int, rows: Sequence[TaskRow]) -> list[tuple[TaskRow, dict[str, Any]]]:
    columns = (Task.id, *(getattr(Task, name) for name in _TEXTS))
    found = {
        row[0]: dict(zip(_TEXTS, row[1:], strict=True))
        for row in db.session.execute(select(*columns).where(Task.project_id == project_id))
    }
    return [(row, found[row.id]) for row in rows]


def _task(row: TaskRow, roles: dict[int, RoleRow], texts: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "uid": row.uid,
        "wbs": row.wbs,
        "name": row.name,
        "type": row.type,
        "phase": row.phase,
        "start": _instant(row.start),
        "finish": _instant(row.finish),
        "duration_minutes": row.duration_minutes,
        "work_minutes": row.work_minutes,
        "early_start": _instant(row.early_start),
        "early_finish": _instant(row.early_finish),
        "late_start": _instant(row.late_start),
        "late_finish": _instant(row.late_finish),
        "total_slack_minutes": row.total_slack_minutes,
        "free_slack_minutes": row.free_slack_minutes,
        "critical": row.critical,
        "percent_complete": round(row.percent),
        "actual_start": _instant(row.actual_start),
        "actual_finish": _instant(row.actual_finish),
        "constraint": _constraint(row),
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "predecessors": [
            {"id": tie.task_id, "type": tie.type, "lag_minutes": tie.lag_minutes} for tie in row.predecessors
        ],
        "assignments": _assignments(row, roles),
        "owner": row.owner or None,
        "is_go_live": row.is_go_live,
        **texts,
    }


def _constraint(row: TaskRow) -> dict[str, Any] | None:
    if row.constraint_type == "ASAP":
        return None
    return {"type": row.constraint_type, "date": _instant(row.constraint_date)}


def _assignments(row: TaskRow, roles: dict[int, RoleRow]) -> list[dict[str, Any]]:
    if row.role_id is None:
        return []
    role = roles[row.role_id]
    return [{"resource": role.name, "units_percent": role.share, "work_minutes": row.work_minutes}]


def _calendar(calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "name": calendar.name,
        "week": [[_pair(pair) for pair in day] for day in calendar.week],
        "country": calendar.country,
        "subdivision": calendar.subdivision,
        "exceptions": [
            {"day": each.day.isoformat(), "name": each.name, "periods": [_pair(pair) for pair in each.periods]}
            for each in calendar.exceptions
        ],
    }


def _pair(pair: Sequence[int]) -> list[str]:
    return [f"{minute // 60:02d}:{minute % 60:02d}" for minute in pair]


def _line(row: TaskRow, roles: dict[int, RoleRow]) -> list[Any]:
    ties = (Tie(str(tie.task_id), LinkType(tie.type), tie.lag_minutes) for tie in row.predecessors)
    known = {
        "id": row.id,
        "wbs": row.wbs,
        "name": row.name,
        "type": row.type,
        "duration": duration_text(row.duration_minutes),
        "start": _instant(row.start),
        "finish": _instant(row.finish),
        "predecessors": predecessors_text(ties),
        "resources": _resource(roles.get(row.role_id or 0)),
        "percent_complete": round(row.percent),
        "actual_start": _instant(row.actual_start),
        "actual_finish": _instant(row.actual_finish),
        "constraint": _constraint_text(row),
        "deadline": row.deadline.isoformat() if row.deadline else None,
    }
    return [known.get(head) for head in CSV_HEADS]


def _resource(role: RoleRow | None) -> str | None:
    if role is None:
        return None
    return role.name if role.share == LARGEST_SHARE else f"{role.name}[{role.share}%]"


def _constraint_text(row: TaskRow) -> str | None:
    if row.constraint_type == "ASAP":
        return None
    return f"{row.constraint_type} {_instant(row.constraint_date) or ''}".strip()


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")
