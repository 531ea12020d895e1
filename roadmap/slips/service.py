"""Telling those who wait for a milestone that it moved; later news of the same day replaces what nobody read."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from accounts.access import queries as access
from accounts.notices.service import tell, withdraw
from infra.transaction import Work
from kernel.actor import project_scope
from roadmap.projects.models import Project
from roadmap.slips import rules
from roadmap.tasks.events import PlanRescheduled
from roadmap.tasks.models import Task, TaskDates

KIND = "milestone_slipped"
TOLD = frozenset({"manager", "stakeholder", "executive"})
"""The roles that wait for milestones; whoever does the work sees it in the plan."""


def follow_plan(event: PlanRescheduled, work: Work) -> None:
    """Tell what is later than it was this morning, by the project's clock; nothing where all of it came back."""
    project = work.session.get(Project, event.project_id) if event.later else None
    if project is None or project.state != "active":
        return
    zone, scope = ZoneInfo(project.timezone), project_scope(event.project_id)
    midnight = datetime.combine(work.at.astimezone(zone).date(), time(), zone)
    before = withdraw(work, KIND, scope, midnight)
    origins = rules.origins(str(before.get("origins", "")), event.later)
    found = rules.slips(origins, _now(work, list(origins)))
    if found:
        _tell(work, event.project_id, found, rules.written(origins))


def _tell(work: Work, project_id: int, found: list[rules.Slip], origins: str) -> None:
    worst, scope = found[0], project_scope(project_id)
    people = {member.person_id for member in access.members(scope) if member.role in TOLD}
    tell(
        work,
        KIND,
        people,
        subject=f"task:{worst.id}" if len(found) == 1 else f"project:{project_id}",
        label=worst.name,
        scope=scope,
        count=len(found),
        days=worst.days,
        was=worst.was.isoformat(),
        day=worst.day.isoformat(),
        origins=origins,
    )


def _now(work: Work, task_ids: list[int]) -> list[tuple[int, str, date]]:
    query = select(Task.id, Task.name, TaskDates.finish).join(TaskDates, TaskDates.task_id == Task.id)
    return [(row.id, row.name, row.finish.date()) for row in work.session.execute(query.where(Task.id.in_(task_ids)))]
