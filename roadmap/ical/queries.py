"""The tasks of a plan as entries of a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from infra.database import db
from roadmap.ical.rules import Entry
from roadmap.projects.queries import row_of
from roadmap.schedule.rules import TaskType
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import TaskDates
from roadmap.tasks.rules.fields import DAY_MINUTES


def plan_entries(
    project_id: int, today: date, href: Callable[[int, int], str] | None = None
) -> tuple[str, list[Entry]]:
    """The name of a plan, and its tasks and milestones; summaries are left out. Raises NotFound.

    A task that is switched off is cancelled.
    """
    project = row_of(project_id)
    revisions = _revisions_of(project_id)
    entries = [
        task_entry(
            project_id,
            row.id,
            f"{row.name} ◆" if row.type == TaskType.MILESTONE else row.name,
            row.start,
            row.finish,
            project.zone,
            text=f"{row.wbs} {row.phase}".strip(),
            done=row.done,
            href=href(project_id, row.id) if href else "",
            short=row.type == TaskType.TASK and row.duration_minutes < DAY_MINUTES,
            sequence=revisions.get(row.id, 0),
            cancelled=not row.active,
        )
        for row in tasks.rows(project_id, today)
        if row.type != TaskType.SUMMARY
    ]
    return project.name, entries


def task_entry(  # noqa: PLR0913  # what an entry says
    project_id: int,
    task_id: int,
    title: str,
    start: datetime,
    finish: datetime,
    zone: ZoneInfo,
    *,
    text: str = "",
    done: bool = False,
    href: str = "",
    short: bool = False,
    sequence: int = 0,
    cancelled: bool = False,
) -> Entry:
    """A task on its days, or, where it is shorter than one, between its moments."""
    uid = f"task-{task_id}.project-{project_id}@launch90"
    if short and finish > start:
        moments = [each.replace(tzinfo=zone).astimezone(UTC) for each in (start, finish)]
        return Entry(uid, title, moments[0], moments[1], text, href, done, sequence, cancelled)
    return Entry(uid, title, start.date(), finish.date(), text, href, done, sequence, cancelled)


def _revisions_of(project_id: int) -> dict[int, int]:
    """The revision of the plan in which each task changed last."""
    query = select(TaskDates.task_id, TaskDates.revision).where(TaskDates.project_id == project_id)
    return {row.task_id: row.revision for row in db.session.execute(query)}
