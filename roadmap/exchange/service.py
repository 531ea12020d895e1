"""Reading plans from files and planting their rows all at once, from a file or from another project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from accounts.calendars import service as calendars
from infra import sheets
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken
from kernel.worktime import Calendar, standard
from roadmap.exchange.rules import columns, document
from roadmap.exchange.rules.columns import Mapped
from roadmap.exchange.rules.dates import Order, order_of
from roadmap.exchange.rules.plan_file import CalendarSeed, Issue, PlanFile, RowSeed, TieSeed
from roadmap.exchange.rules.reading import read_sheet
from roadmap.projects import service as projects
from roadmap.projects.events import ProjectCopied
from roadmap.projects.models import Phase, Project
from roadmap.schedule.rules import TaskType
from roadmap.staffing import service as staffing
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Dependency, Task, TaskDates


class ImportBroken(RuleBroken):
    """A file with cells that make no sense; ``issues`` lists each with its place."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        """Say the first of them and how many there are."""
        self.issues = tuple(issues)
        first = self.issues[0]
        text = "%(where)s: %(what)s (%(count)s to mend in all; nothing was imported.)"
        super().__init__(
            "import.broken", text, field="file", where=first.where, what=first.what, count=len(self.issues)
        )


def read_plan(
    content: bytes,
    *,
    start: date | None = None,
    mapped: Mapped | None = None,
    order: Order | None = None,
    calendar: Calendar | None = None,
) -> PlanFile:
    """A plan from a file, told apart by its content: JSON as exported, CSV or XLSX by their heads.

    ``mapped`` and ``order`` are what a person chose; without them they are guessed. Raises RuleBroken for a file of
    another type, without a column of names, or with dates that could be read both ways.
    """
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        text = "XML plans can't be read yet: save as CSV or XLSX."
        raise RuleBroken("import.xml", text, field="file")
    if head.startswith((b"{", b"[")):
        return document.parse(content.decode("utf-8-sig", errors="replace"))
    sheet = sheets.read(content)
    chosen = columns.guess(sheet.heads) if mapped is None else mapped
    columns.check(chosen, sheet.heads)
    body = [(row.number, row.cells) for row in sheet.rows[1:]]
    return read_sheet(
        body, sheet.heads, chosen, order=order or _order(body, chosen), calendar=calendar or standard(), start=start
    )


def import_plan(
    plan: PlanFile, *, actor: Actor, now: datetime, name: str = "", start: date | None = None, country: str = ""
) -> int:
    """A new project with the plan of a file, all or nothing; returns its number.

    Raises ImportBroken with what is wrong in the file, RuleBroken for a name or a start that is missing.
    """
    begin = start or plan.start
    if begin is None:
        text = "The file names no start. Say on which day the project starts."
        raise RuleBroken("import.no_start", text, field="start")
    with transaction(actor, "plan.imported") as work:
        project_id = projects.create_empty(name or plan.name, begin, actor=actor, now=now, country=country)
        import_into(project_id, plan, actor=actor)
        work.note("plan.file_read", subject=f"project:{project_id}", rows=len(plan.rows), warnings=len(plan.warnings))
        return project_id


def import_into(project_id: int, plan: PlanFile, *, actor: Actor) -> dict[str, int]:
    """Put the plan of a file into a project that has none yet; returns the tasks' numbers by their keys in the file.

    Raises ImportBroken, or RuleBroken for a project with a plan.
    """
    if plan.errors:
        raise ImportBroken(plan.errors)
    with transaction(actor, "plan.imported") as work:
        projects.check_open(project_id)
        if work.session.scalar(select(Task.id).where(Task.project_id == project_id).limit(1)) is not None:
            text = "This project has a plan already. Import the file into a new project."
            raise RuleBroken("import.plan_there", text, field="file")
        if plan.calendar is not None:
            _adopt_calendar(work, project_id, plan.calendar, actor)
        if plan.status_date is not None:
            projects.edit(project_id, {"status_date": plan.status_date}, actor=actor)
        roles = _roles(project_id, plan, actor)
        phases = _made_phases(project_id, plan, actor)
        seeds = [
            _with_references(row, roles.get(plan.resources.get(row.key, "")), phases.get(row.key)) for row in plan.rows
        ]
        return plant(project_id, seeds, plan.ties, work)


def _order(body: Sequence[tuple[int, Sequence[Any]]], mapped: Mapped) -> Order:
    places = [
        mapped[name] for name in ("start", "finish", "actual_start", "actual_finish", "deadline") if name in mapped
    ]
    found = order_of(cells[place] for _number, cells in body for place in places if place < len(cells))
    if found is None:
        text = "The dates can be read with the day or the month first (03/04/2026). Choose which, or write 2026-04-03."
        raise RuleBroken("import.date_order", text, field="order")
    return found


def _adopt_calendar(work: Work, project_id: int, seed: CalendarSeed, actor: Actor) -> None:
    calendar_id = work.session.get_one(Project, project_id).calendar_id
    data = calendars.CalendarData(seed.name, seed.week, seed.country, seed.subdivision)
    calendars.change_calendar(calendar_id, data, actor=actor)
    for day, name, periods in seed.exceptions:
        calendars.add_exception(calendar_id, day, name, periods, actor=actor)


def _roles(project_id: int, plan: PlanFile, actor: Actor) -> dict[str, int]:
    """The resources of a file become roles of its project alone."""
    found = {}
    for name in dict.fromkeys(plan.resources.values()):
        values = {"name": name[:200], "share": plan.shares.get(name, 100)}
        found[name] = staffing.add_role(project_id, values, actor=actor)[0]
    return found


def _made_phases(project_id: int, plan: PlanFile, actor: Actor) -> dict[str, int]:
    return {
        each.key: projects.add_phase(
            project_id, each.number, each.name, actor=actor, week_from=each.week_from, week_to=each.week_to
        )
        for each in plan.phases
    }


def _with_references(row: RowSeed, role_id: int | None, phase_id: int | None) -> RowSeed:
    values = {**row.values, "role_id": role_id, "phase_id": phase_id}
    return replace(row, values=values)


def plant(project_id: int, seeds: Sequence[RowSeed], links: Iterable[TieSeed], work: Work) -> dict[str, int]:
    """Add the rows below what is there, with their links, and schedule once; returns numbers by key.

    Raises RuleBroken, its ``params`` naming the row by ``key``, for values that make no sense and for a cycle.
    """
    levels = _levels(seeds)
    placed: dict[str | None, int] = {None: _rows_at_top(project_id, work)}
    rows: dict[str, Task] = {}
    for seed in seeds:
        position = placed.get(seed.parent, 0)
        placed[seed.parent] = position + 1
        rows[seed.key] = _row(project_id, seed, position, work)
    for level in range(max(levels.values(), default=-1) + 1):
        for seed in (each for each in seeds if levels[each.key] == level):
            row = rows[seed.key]
            if seed.parent is not None:
                row.parent_id = rows[seed.parent].id
                rows[seed.parent].type = TaskType.SUMMARY.value
            work.session.add(row)
        work.session.flush()
    work.session.add_all(
        Dependency(
            project_id=project_id,
            predecessor_id=rows[link.predecessor].id,
            successor_id=rows[link.successor].id,
            type=link.type,
            lag_minutes=link.lag_minutes,
        )
        for link in {(each.predecessor, each.successor, each.type): each for each in links}.values()
    )
    tasks.reschedule(project_id, work)
    return {key: row.id for key, row in rows.items()}


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """A project was copied: its roles and its plan follow."""
    roles = staffing.copy_roles(event.source_id, event.project_id, work)
    copy(event.source_id, event.project_id, event.days_later, roles, work)


def copy(source_id: int, project_id: int, days_later: int, roles: Mapping[int, int], work: Work) -> dict[int, int]:
    """Copy the plan of a project without its progress; returns the new number of each row.

    ``roles`` maps old numbers to new ones; phases are found by their number. Dates that were given by hand move by the
    calendar days that the start moves.
    """
    rows = work.session.scalars(
        select(Task)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .where(Task.project_id == source_id)
        .order_by(TaskDates.row)
    ).all()
    phases = _phases(source_id, project_id, work)
    shift = timedelta(days=days_later)
    seeds = [_seed_of(row, shift, phases, roles) for row in rows]
    ties = work.session.scalars(select(Dependency).where(Dependency.project_id == source_id))
    links = [TieSeed(str(tie.predecessor_id), str(tie.successor_id), tie.type, tie.lag_minutes) for tie in ties]
    numbers = plant(project_id, seeds, links, work)
    for row in rows:
        work.session.get_one(Task, numbers[str(row.id)]).key = row.key
    return {row.id: numbers[str(row.id)] for row in rows}


def _phases(source_id: int, project_id: int, work: Work) -> dict[int, int]:
    there = {row.number: row.id for row in work.session.scalars(select(Phase).where(Phase.project_id == project_id))}
    old = work.session.scalars(select(Phase).where(Phase.project_id == source_id))
    return {row.id: there[row.number] for row in old if row.number in there}


def _seed_of(row: Task, shift: timedelta, phases: Mapping[int, int], roles: Mapping[int, int]) -> RowSeed:
    values: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
    values["type"] = TaskType.TASK.value if row.type == TaskType.SUMMARY and row.phase_id is None else row.type
    values["phase_id"] = phases.get(row.phase_id or 0)
    values["role_id"] = roles.get(row.role_id or 0)
    values["deadline"] = row.deadline and row.deadline + shift
    values["constraint_date"] = row.constraint_date and row.constraint_date + shift
    return RowSeed(str(row.id), row.name, str(row.parent_id) if row.parent_id else None, values)


_COPIED = (
    "description",
    "reason",
    "acceptance",
    "duration_minutes",
    "estimate_low",
    "estimate_likely",
    "estimate_high",
    "work_minutes",
    "constraint_type",
    "owner_id",
    "is_go_live",
)


def _levels(seeds: Sequence[RowSeed]) -> dict[str, int]:
    levels: dict[str, int] = {}
    for seed in seeds:
        if seed.key in levels:
            raise RuleBroken("plan.key_twice", "“%(key)s” is used by two rows.", key=seed.key)
        if seed.parent is not None and seed.parent not in levels:
            raise RuleBroken("plan.parent_unknown", "“%(key)s” stands below a row that does not exist.", key=seed.key)
        levels[seed.key] = 0 if seed.parent is None else levels[seed.parent] + 1
    return levels


def _rows_at_top(project_id: int, work: Work) -> int:
    query = select(Task.position).where(Task.project_id == project_id, Task.parent_id.is_(None))
    return max(work.session.scalars(query), default=-1) + 1


def _row(project_id: int, seed: RowSeed, position: int, work: Work) -> Task:
    row = tasks.blank(project_id, position=position, key=seed.key[:80])
    try:
        tasks.settle(work, row, {"name": seed.name, **seed.values})
    except RuleBroken as error:
        raise RuleBroken(error.code, error.text, field=error.field, **{**error.params, "key": seed.key}) from error
    return row
