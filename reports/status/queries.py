"""Gathering a status report: the plan and the checklists of a project as they stood on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from checklists.models import Checklist, Item
from infra.database import db
from kernel.worktime import Calendar
from reports.beyond.queries import Beyond, beyond_of
from reports.issued import queries as issued
from reports.issued.rules.framing import Framing
from reports.status.rules import milestones as stones
from reports.status.rules.facts import ListState, Work, percent_on
from reports.status.rules.report import Report, report_of
from roadmap.forecast import queries as forecasts
from roadmap.gantt.queries import chart_of
from roadmap.gantt.rules.plan import GanttInput
from roadmap.projects import queries as projects
from roadmap.projects.queries import PhaseRow, ProjectRow
from roadmap.standing.rules.standing import standing
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task
from roadmap.tasks.queries import TaskRow
from roadmap.tasks.rules.states import is_late


@dataclass(frozen=True, slots=True)
class Gathered:
    """A report with the chart that stands behind it, and what other rooms know of the day."""

    report: Report
    plan: GanttInput
    beyond: Beyond


def gather(project_id: int, as_of: date, now: datetime, framing: Framing | None = None) -> Gathered:
    """A project's report for a day, from nine statements. Raises NotFound.

    ``framing`` is what people and the last report add; left out, the last report is looked up. Dates of the plan and
    percentages are those recorded now; what began, was finished or ticked after the day is taken as it was.
    """
    project = projects.row_of(project_id)
    calendar = tasks.working_time_of(project_id)
    rows = [_on(row, as_of, calendar) for row in tasks.rows(project_id, as_of)]
    plan = chart_of(project, rows, calendar, as_of)
    work = _work(rows, _window_ends(project, projects.phases(project_id), calendar), project)
    states = list_states(project_id, as_of, project)
    stands = standing(rows, calendar, project.target_go_live, project.state, as_of)
    framing = framing or issued.framing_of(project_id, as_of)
    made = report_of(plan, stands, work, states, as_of, project.local(now), project.timezone, framing)
    foreseen = forecasts.latest_by([project_id], as_of).get(project_id)
    made = replace(made, forecast=None if stands.live else foreseen)
    return Gathered(made, plan, beyond_of(project_id, as_of, now))


def list_states(project_id: int, as_of: date, project: ProjectRow) -> list[ListState]:
    """How far each checklist was at the end of a day, in the order of the checklists page: one statement."""
    end = datetime.combine(as_of + timedelta(days=1), time(), project.zone)
    ticked = Item.ticked_at.is_not(None) & (Item.ticked_at < end)
    is_open = Item.id.is_not(None) & ~func.coalesce(ticked, False)
    guarded = aliased(Task)
    query = (
        select(
            Checklist.id,
            Checklist.name,
            func.count(Item.id).filter(ticked),
            func.count(Item.id),
            func.count(Item.id).filter(is_open & (Item.due < as_of)),
            func.count(Item.id).filter(is_open & Item.required),
            Checklist.guards_id,
            guarded.name,
        )
        .outerjoin(Item, Item.checklist_id == Checklist.id)
        .outerjoin(guarded, guarded.id == Checklist.guards_id)
        .where(Checklist.project_id == project_id)
        .group_by(Checklist.id, Checklist.name, Checklist.guards_id, guarded.name, Checklist.position)
        .order_by(Checklist.position, Checklist.id)
    )
    return [ListState(*row[:7], guards=row[7] or "") for row in db.session.execute(query)]


def _on(row: TaskRow, as_of: date, calendar: Calendar) -> TaskRow:
    dates, actual = (row.start.date(), row.finish.date()), (row.actual_start, row.actual_finish)
    percent = percent_on(row.percent, dates, actual, as_of, calendar.is_working)
    if percent == row.percent:
        return row
    return replace(row, percent=percent, late=is_late(percent, row.finish, row.deadline, as_of))


def _window_ends(project: ProjectRow, phases: Iterable[PhaseRow], calendar: Calendar) -> dict[int, date | None]:
    return {each.id: stones.window_end(project.start, each.week_to, calendar.is_working) for each in phases}


def _work(rows: Sequence[TaskRow], ends: dict[int, date | None], project: ProjectRow) -> list[Work]:
    return [_one(row, ends.get(row.phase_id or 0), project) for row in rows if row.type != "summary"]


def _one(row: TaskRow, window_end: date | None, project: ProjectRow) -> Work:
    work = Work(
        id=row.id,
        name=row.name,
        start=row.start.date(),
        finish=row.finish.date(),
        percent=row.percent,
        milestone=row.type == "milestone",
        go_live=row.is_go_live,
        critical=row.critical,
        late=row.late,
        owner_id=row.owner_id,
        owner=row.owner,
        role=row.role,
        phase=row.phase,
        deadline=row.deadline,
        done_on=row.actual_finish.date() if row.actual_finish else None,
        waits_for=tuple(each.task_id for each in row.predecessors),
    )
    promised, basis = stones.promise(work, project.target_go_live, window_end)
    return replace(work, promised=promised, basis=basis.value) if work.milestone else work
