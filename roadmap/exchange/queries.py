"""A stored plan as it leaves, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, select

from accounts.calendars import queries as calendars
from accounts.calendars.rules import holidays_between
from accounts.people.models import Person
from infra.database import db
from kernel.errors import NotFound
from kernel.worktime import Calendar
from roadmap.baselines import queries as baselines
from roadmap.baselines.rules.frozen import Frozen
from roadmap.costs import queries as costs
from roadmap.costs.rules.amounts import digits_of
from roadmap.exchange.rules import document_writing
from roadmap.exchange.rules.columns import CSV_HEADS
from roadmap.exchange.rules.mspdi_money import without
from roadmap.exchange.rules.outgoing import (
    OutAssignment,
    OutBaseline,
    OutCalendar,
    OutCost,
    Outgoing,
    OutResource,
    OutTie,
)
from roadmap.projects import queries as projects
from roadmap.projects.models import Phase, Project
from roadmap.staffing.models import ProjectRole
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Assignment, Dependency, Task, TaskDates
from roadmap.tasks.rules.planning import person_name


def document(project_id: int, *, money: bool = True) -> dict[str, Any]:
    """The whole plan as JSON holds it, without ``money`` for whoever may not see costs. Raises NotFound."""
    phases = [
        {"number": phase.number, "name": phase.name, "week_from": phase.week_from, "week_to": phase.week_to}
        for phase in projects.phases(project_id)
    ]
    return document_writing.document(outgoing(project_id, money=money), phases)


def sheet(project_id: int, *, money: bool = True) -> tuple[Sequence[str], list[list[Any]]]:
    """The heads and rows of the plan as a sheet, without ``money`` for whoever may not see costs."""
    return CSV_HEADS, document_writing.lines(outgoing(project_id, money=money))


def outgoing(project_id: int, *, money: bool = True) -> Outgoing:
    """The whole plan as files of other programs are made from it, without ``money`` for whoever may not see costs.

    Raises NotFound.
    """
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFound
    rows = [dict(row) for row in db.session.execute(_outgoing_rows(project_id)).mappings()]
    calendar = tasks.calendar_of(project)
    start = _start(project, calendar)
    resources, assignments = _workers(project, rows)
    plan = Outgoing(
        project={column.name: getattr(project, column.name) for column in Project.__table__.columns},
        start=start,
        finish=max((row["finish"] for row in rows), default=start),
        calendars=_out_calendars(project),
        resources=resources,
        tasks=rows,
        ties=[OutTie(*row) for row in db.session.execute(_outgoing_ties(project_id))],
        assignments=assignments,
        baselines=_baselines(project_id, money=money),
        calendars_kept=(project.kept or {}).get("calendars_digest") == calendars_digest(project),
    )
    return replace(plan, **_money(project, rows)) if money else _bare(plan)


def _bare(plan: Outgoing) -> Outgoing:
    """A plan without the money that its file told."""
    kept = plan.project["kept"] or {}
    told = {name: without(kept[name]) for name in ("project", "summary") if name in kept}
    return replace(
        plan,
        project={**plan.project, "kept": {**kept, **told}},
        resources=[replace(each, kept=without(each.kept)) for each in plan.resources],
        tasks=[{**task, "kept": without(task["kept"] or {})} for task in plan.tasks],
        assignments=[replace(each, kept=without(each.kept)) for each in plan.assignments],
        money=False,
    )


def _baselines(project_id: int, *, money: bool) -> list[OutBaseline]:
    """The baselines, the oldest first."""
    return [
        OutBaseline(
            name=each.name,
            day=each.day,
            rows=_rows_of(each.id, money=money),
            number=each.number,
            reference=each.reference,
            note=each.note,
        )
        for each in reversed(baselines.of_project(project_id))
    ]


def _rows_of(baseline_id: int, *, money: bool) -> dict[int, Frozen]:
    found = baselines.rows_of(baseline_id)
    return found if money else {id: row._replace(cost_cents=None) for id, row in found.items()}


def _money(project: Project, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a plan costs: what was entered, what hours cost, and what that comes to."""
    kinds = ((False, costs.fixed_costs(project.id)), (True, costs.expenses(project.id)))
    entries = [
        OutCost(each.name, each.day, each.cents, each.task_id, each.phase_id, spent)
        for spent, found in kinds
        for each in found
    ]
    return {
        "costs": {each.id: each.frozen.cost_cents for each in baselines.as_it_stands(project.id)},
        "spent": _added_up(costs.spent_of(project.id), rows),
        "entries": entries,
        "rates": _rates(project.id),
        "digits": digits_of(project.currency),
    }


def _added_up(spent: dict[int, int], rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """The same with the sums of summaries."""
    for row in reversed(rows):  # children stand after their parents
        if row["parent_id"] is not None and row["id"] in spent:
            spent[row["parent_id"]] = spent.get(row["parent_id"], 0) + spent[row["id"]]
    return spent


def _rates(project_id: int) -> dict[str, list[tuple[date, int]]]:
    """What an hour costs by the key of the resource; the rate of a person goes before that of the role they fill."""
    found: dict[str, list[tuple[date, int]]] = {}
    for each in costs.rates(project_id):
        key = f"person-{each.person_id}" if each.role_id is None else f"role-{each.role_id}"
        found.setdefault(key, []).append((each.first_day, each.cents))
    query = select(ProjectRole.id, ProjectRole.person_id).where(ProjectRole.project_id == project_id)
    filled = {f"role-{row.id}": f"person-{row.person_id}" for row in db.session.execute(query)}
    return found | {role: found[person] for role, person in filled.items() if person in found}


def _start(project: Project, calendar: Calendar) -> datetime:
    if project.start_minute is None:
        return tasks.start_of(project.start, calendar)
    return datetime.combine(project.start, time(project.start_minute // 60, project.start_minute % 60))


def calendars_digest(project: Project) -> str:
    """What tells whether the calendars of a plan, and who works by which, are still those of its file."""
    further = calendars.further(project.id, project.calendar_id)
    contents = [(each.id, calendars.content_of(each)) for each in (project.calendar, *further)]
    query = select(ProjectRole.id, ProjectRole.calendar_id).where(
        ProjectRole.project_id == project.id, ProjectRole.uid.is_not(None)
    )
    by = sorted(tuple(row) for row in db.session.execute(query))
    return sha256(repr((project.calendar_id, contents, by)).encode()).hexdigest()


def _outgoing_rows(project_id: int) -> Select[Any]:
    derived = ("row", "level", "wbs", "start", "finish", "early_start", "early_finish", "late_start", "late_finish")
    figures = ("total_slack_minutes", "free_slack_minutes", "critical", "percent")
    own = (column for column in Task.__table__.columns if column.name != "position")
    dates = (getattr(TaskDates, name) for name in (*derived, *figures))
    names = (func.coalesce(Phase.name, "").label("phase"), func.coalesce(Person.name, "").label("owner"))
    query = select(*own, *dates, *names, TaskDates.duration_minutes.label("length"))
    query = query.join(TaskDates, TaskDates.task_id == Task.id).where(Task.project_id == project_id)
    query = query.outerjoin(Phase, Phase.id == TaskDates.phase_id).outerjoin(Person, Person.id == Task.owner_id)
    return query.order_by(TaskDates.row)


def _outgoing_ties(project_id: int) -> Select[Any]:
    columns = ("predecessor_id", "successor_id", "type", "lag_minutes", "lag_unit", "lag_percent")
    query = select(*(getattr(Dependency, name) for name in columns)).where(Dependency.project_id == project_id)
    query = query.join(TaskDates, TaskDates.task_id == Dependency.predecessor_id)
    return query.order_by(TaskDates.row, Dependency.id)


def _out_calendars(project: Project) -> list[OutCalendar]:
    years = (project.start.year - 1, project.start.year + tasks.YEARS_AHEAD)
    found = []
    for row in (project.calendar, *calendars.further(project.id, project.calendar_id)):
        content = calendars.content_of(row)
        names = {day: name for day, name, _periods in content.exceptions}
        named = {**holidays_between(content, *years), **names}
        own = [day for day, _name, _periods in content.exceptions]
        time = calendars.working_time(row, years)
        found.append(OutCalendar(row.id, row.name, time, named, own, row.country, row.subdivision))
    return found


def _workers(project: Project, rows: Sequence[Mapping[str, Any]]) -> tuple[list[OutResource], list[OutAssignment]]:
    """Who works on what: as assigned, else the owner, else the role with its share."""
    roles = db.session.scalars(select(ProjectRole).where(ProjectRole.project_id == project.id).order_by(ProjectRole.id))
    named = {role.id: role for role in roles}
    query = select(Assignment).where(Assignment.project_id == project.id).order_by(Assignment.id)
    assigned = db.session.scalars(query).all()
    given = {each.task_id for each in assigned}
    left = [row for row in rows if row["id"] not in given and row["type"] != "summary"]
    owners = {row["owner_id"] for row in left} | {each.person_id for each in assigned}
    people = db.session.scalars(select(Person).where(Person.id.in_(owners - {None})).order_by(Person.id)).all()
    times = tasks.people_calendars(project, [person.id for person in people])
    resources = [_role(role) for role in named.values()]
    resources += [
        OutResource(f"person-{each.id}", each.name, own_time=times.get(person_name(each.id)), email=each.email or "")
        for each in people
    ]
    assignments = [_assignment(each) for each in assigned]
    assignments += [found for row in left if (found := _by_itself(row, named)) is not None]
    return resources, assignments


def _role(role: ProjectRole) -> OutResource:
    email = role.person.email if role.person else None
    kept = dict(role.kept or {})
    return OutResource(
        key=f"role-{role.id}",
        name=role.name,
        kind=role.kind,
        max_units=role.max_units,
        calendar=role.calendar_id,
        email=email or kept.pop("EmailAddress", ""),
        uid=role.uid,
        kept=kept,
    )


def _assignment(each: Assignment) -> OutAssignment:
    return OutAssignment(
        task_id=each.task_id,
        resource=f"role-{each.role_id}" if each.role_id else f"person-{each.person_id}",
        units=each.units,
        work_minutes=each.work_minutes,
        done_minutes=each.done_minutes,
        delay_minutes=each.delay_minutes,
        uid=each.uid,
        kept=each.kept or {},
    )


def _by_itself(row: Mapping[str, Any], roles: Mapping[int, ProjectRole]) -> OutAssignment | None:
    """Who works on a task that nobody was assigned to."""
    if row["owner_id"] is not None:
        return OutAssignment(row["id"], f"person-{row['owner_id']}", 100.0, row["work_minutes"], given=False)
    if row["role_id"] is None:
        return None
    share = float(roles[row["role_id"]].share)
    return OutAssignment(row["id"], f"role-{row['role_id']}", share, row["work_minutes"], given=False)
