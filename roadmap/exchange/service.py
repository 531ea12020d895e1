"""Reading plans from files, and bringing them into projects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from accounts.calendars import service as calendars
from accounts.people.models import Person
from infra import sheets
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken
from kernel.worktime import Calendar, standard
from roadmap.baselines import service as baselines
from roadmap.costs import queries as costs_known
from roadmap.costs import service as costs
from roadmap.costs.rules import entries
from roadmap.costs.rules.amounts import DEFAULT
from roadmap.costs.service import CostData, RateData
from roadmap.exchange import queries
from roadmap.exchange.rules import columns, currency, document, mspdi_reading
from roadmap.exchange.rules.columns import Mapped
from roadmap.exchange.rules.dates import Order, order_of
from roadmap.exchange.rules.plan_file import CalendarSeed, CostSeed, Issue, PlanFile, RoleSeed, rate_days
from roadmap.exchange.rules.preview import PreviewRow
from roadmap.exchange.rules.reading import read_sheet
from roadmap.planting.rules import RowSeed
from roadmap.planting.service import plant
from roadmap.projects import service as projects
from roadmap.projects.models import Project
from roadmap.projects.rules import wall_time
from roadmap.staffing import rules as staffing_rules
from roadmap.staffing.events import RoleGiven
from roadmap.staffing.models import ProjectRole
from roadmap.tasks import queries as task_queries
from roadmap.tasks.models import Assignment, Task, TaskDates

LARGEST_FILE = 64 * 1024 * 1024
"""So many bytes of a file are read at most; a plan of 20,000 tasks has fewer."""


def file_content(path: Path) -> bytes:
    """What a file holds. Raises RuleBroken for one that is too large, before it is read."""
    size, megabyte = path.stat().st_size, 1024 * 1024
    if size > LARGEST_FILE:
        text = "The file has %(size)s MB; a plan has at most %(limit)s MB. Save it without what it does not need."
        raise RuleBroken("import.large", text, field="file", size=size // megabyte, limit=LARGEST_FILE // megabyte)
    return path.read_bytes()


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
    money: str = DEFAULT,
) -> PlanFile:
    """A plan from a file, told apart by its content: JSON as exported, CSV or XLSX by their heads.

    ``mapped`` and ``order`` are what a person chose; without them they are guessed. ``money`` is the currency of a file
    that names none. Raises RuleBroken for a file of
    another type, without a column of names, or with dates that could be read both ways.
    """
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if is_xml(content):
        plan = mspdi_reading.read(content, money)
    elif head.startswith((b"{", b"[")):
        plan = document.parse(content.decode("utf-8-sig", errors="replace"))
    else:
        sheet = sheets.read(content)
        chosen = columns.guess(sheet.heads) if mapped is None else mapped
        columns.check(chosen, sheet.heads)
        body = [(row.number, row.cells) for row in sheet.rows[1:]]
        chosen_order, hours = order or _order(body, chosen), calendar or standard()
        plan = read_sheet(body, sheet.heads, chosen, order=chosen_order, calendar=hours, currency=money, start=start)
    return currency.taken(plan, money, fixed=False)


def is_xml(content: bytes) -> bool:
    """Whether a file is XML, by its first sign in whatever encoding."""
    return content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")


def import_plan(  # a project is what these say
    plan: PlanFile,
    *,
    actor: Actor,
    now: datetime,
    name: str = "",
    start: date | None = None,
    country: str = "",
    pool: bool = False,
) -> int:
    """A new project with the plan of a file, all or nothing; returns its number. ``pool`` is that of `import_into`.

    Raises ImportBroken with what is wrong in the file, RuleBroken for a name or a start that is missing.
    """
    begin = start or plan.start
    if begin is None:
        text = "The file names no start. Say on which day the project starts."
        raise RuleBroken("import.no_start", text, field="start")
    with transaction(actor, "plan.imported") as work:
        project_id = projects.create_empty(name or plan.name, begin, actor=actor, now=now, country=country)
        import_into(project_id, plan, actor=actor, pool=pool)
        work.note("plan.file_read", subject=f"project:{project_id}", rows=len(plan.rows), warnings=len(plan.warnings))
        return project_id


def trial(
    plan: PlanFile, *, actor: Actor, now: datetime, name: str = "", start: date | None = None, country: str = ""
) -> list[PreviewRow]:
    """The rows with the dates that `import_plan` would give them; nothing is stored. Raises as it does."""
    rows: list[PreviewRow] = []
    with suppress(_Tried), transaction(actor, "plan.imported"):
        number = import_plan(plan, actor=actor, now=now, name=name or plan.name or "?", start=start, country=country)
        for row in task_queries.rows(number, now.date()):
            dates = row.wbs, row.level, row.name, row.type, row.start, row.finish
            rows.append(PreviewRow(*dates, said=plan.said.get(row.key)))
        raise _Tried
    return rows


class _Tried(Exception):  # nothing went wrong
    """Ends a trial, so that the transaction takes everything back."""


def for_project(project_id: int, plan: PlanFile) -> PlanFile:
    """The plan as a project takes it: without amounts in another currency than that of the project's own."""
    return currency.taken(plan, costs_known.currency_of(project_id), fixed=costs_known.has_amounts(project_id))


def import_into(project_id: int, plan: PlanFile, *, actor: Actor, pool: bool = False) -> dict[str, int]:
    """Put the plan of a file into a project that has none yet; returns the tasks' numbers by their keys in the file.

    With ``pool`` a resource that has the address or the name of somebody known here is filled by them.

    Raises ImportBroken, or RuleBroken for a project with a plan.
    """
    if plan.errors:
        raise ImportBroken(plan.errors)
    plan = for_project(project_id, plan)
    with transaction(actor, "plan.imported") as work:
        project = projects.opened(work, project_id)
        if work.session.scalar(select(Task.id).where(Task.project_id == project_id).limit(1)) is not None:
            text = "This project has a plan already. Import the file into a new project."
            raise RuleBroken("import.plan_there", text, field="file")
        calendar_ids = _calendars(project, plan, actor)
        if plan.status_date is not None:
            projects.edit(project_id, {"status_date": plan.status_date}, actor=actor)
        roles = _roles(project_id, plan, calendar_ids, work, pool=pool)
        _frame(project, plan, calendar_ids)
        phases = _made_phases(project_id, plan, actor)
        first = {each.row: each.role for each in reversed(plan.assignments)} | dict(plan.resources)
        seeds = [
            _with_references(row, roles.get(first.get(row.key, "")), phases.get(row.key), calendar_ids)
            for row in plan.rows
        ]
        numbers = plant(project_id, seeds, plan.ties, work, exact=plan.exact, also=_assigned(project_id, plan, roles))
        _money(project, plan, roles, numbers, phases, work)
        _baselines(project_id, plan, numbers, work)
        return numbers


def _order(body: Sequence[tuple[int, Sequence[Any]]], mapped: Mapped) -> Order:
    names = ("start", "finish", "actual_start", "actual_finish", "deadline", "baseline_start", "baseline_finish")
    places = [mapped[name] for name in names if name in mapped]
    found = order_of(cells[place] for _number, cells in body for place in places if place < len(cells))
    if found is None:
        text = "The dates can be read with the day or the month first (03/04/2026). Choose which, or write 2026-04-03."
        raise RuleBroken("import.date_order", text, field="order")
    return found


def _calendars(project: Project, plan: PlanFile, actor: Actor) -> dict[str, int]:
    """The calendars of a file in the project, by their keys: its own in place of the project's."""
    ids = {}
    if plan.calendar is not None:
        ids[plan.calendar.key] = keep_calendar(plan.calendar, actor, calendar_id=project.calendar_id)
    for seed in plan.calendars:
        ids[seed.key] = keep_calendar(seed, actor, project_id=project.id)
    return ids


def keep_calendar(
    seed: CalendarSeed, actor: Actor, *, calendar_id: int | None = None, project_id: int | None = None
) -> int:
    """A calendar of a file: in place of one, or a new one of a project; its number."""
    data = calendars.CalendarData(seed.name, seed.week, seed.country, seed.subdivision)
    return calendars.keep_whole(data, seed.exceptions, calendar_id=calendar_id, project_id=project_id, actor=actor)


def _frame(project: Project, plan: PlanFile, calendar_ids: Mapping[str, int]) -> None:
    """What a file says of the project as a whole; the hour of its start holds where the day is the same."""
    for name, value in plan.frame.items():
        if name != "start_minute" or project.start == plan.start:
            setattr(project, name, value)
    if project.kept is not None and calendar_ids:
        digest = queries.calendars_digest(project)
        project.kept = {**project.kept, "calendar_ids": dict(calendar_ids), "calendars_digest": digest}


def _roles(
    project_id: int, plan: PlanFile, calendar_ids: Mapping[str, int], work: Work, *, pool: bool
) -> dict[str, int]:
    """The resources of a file become roles of its project alone; their numbers by key."""
    seeds = plan.roles
    last = work.session.scalar(select(func.max(ProjectRole.id))) or 0
    filled = known_people(seeds, work) if pool else {}
    rows = [
        {
            "project_id": project_id,
            "key": f"role-{last + place}",
            "name": seed.name,
            "description": "",
            "share": plan.shares.get(seed.name, min(round(seed.max_units), staffing_rules.LARGEST_SHARE)),
            "kind": seed.kind,
            "max_units": seed.max_units,
            "calendar_id": calendar_ids.get(seed.calendar or ""),
            "person_id": filled.get(seed.key),
            "uid": seed.uid,
            "kept": seed.kept,
        }
        for place, seed in enumerate(seeds, 1)
    ]
    numbers = dict(zip((seed.key for seed in seeds), work.bulk_insert(ProjectRole, rows), strict=True))
    for key, person_id in filled.items():
        work.emit(RoleGiven(project_id, numbers[key], None, person_id))
    return numbers


def known_people(seeds: Sequence[RoleSeed], work: Work) -> dict[str, int]:
    """Who of the people here is meant by a resource: the one with its address, else the only one of its name."""
    people = work.session.execute(select(Person.id, Person.name, Person.email).where(Person.active)).all()
    by_email = {row.email.casefold(): row.id for row in people if row.email}
    names = [row.name.casefold() for row in people]
    by_name = {row.name.casefold(): row.id for row in people if names.count(row.name.casefold()) == 1}
    found = {seed.key: by_email.get(seed.email.casefold()) or by_name.get(seed.name.casefold()) for seed in seeds}
    return {key: number for key, number in found.items() if number is not None}


def _assigned(project_id: int, plan: PlanFile, roles: Mapping[str, int]) -> Callable[[Mapping[str, int], Work], None]:
    """What adds the assignments once the tasks have numbers."""

    def add(tasks: Mapping[str, int], work: Work) -> None:
        rows = [
            {
                "project_id": project_id,
                "task_id": tasks[each.row],
                "role_id": roles[each.role],
                "units": each.units,
                "work_minutes": each.work_minutes,
                "done_minutes": each.done_minutes,
                "delay_minutes": each.delay_minutes,
                "uid": each.uid,
                "kept": each.kept,
            }
            for each in plan.assignments
        ]
        work.bulk_insert(Assignment, rows)

    return add


def _money(
    project: Project,
    plan: PlanFile,
    roles: Mapping[str, int],
    numbers: Mapping[str, int],
    phases: Mapping[str, int],
    work: Work,
) -> None:
    """The rates and costs of a file; what hangs on a task counts with its days, what was spent not later than now."""
    if not plan.rates and not plan.costs:
        return
    work.session.flush()
    query = select(TaskDates.task_id, TaskDates.start, TaskDates.finish).where(TaskDates.project_id == project.id)
    dates = {row.task_id: (row.start.date(), row.finish.date()) for row in work.session.execute(query)}
    begin = min([project.start, *(first for first, _last in dates.values())])
    today = wall_time(work.at, project.timezone).date()

    def placed(each: CostSeed) -> CostData:
        number = numbers.get(each.row or "")
        first, last = dates.get(number or 0, (begin, project.start))
        day = each.day or (last if each.spent else first)
        latest = min(project.status_date or today, today) if each.spent and not each.day else day
        name = each.name[: entries.NAME_LIMIT]
        return CostData(name, min(day, latest), each.cents, phases.get(each.phase or ""), number)

    costs.bring(
        work,
        project.id,
        [RateData(day, cents, roles[role]) for role, day, cents in rate_days(plan.rates, begin)],
        [placed(each) for each in plan.costs if not each.spent],
        [placed(each) for each in plan.costs if each.spent],
    )


def _baselines(project_id: int, plan: PlanFile, numbers: Mapping[str, int], work: Work) -> None:
    """The baselines of a file; where none of them is said to count, the first one does."""
    counting = next((each for each in plan.baselines if each.reference), next(iter(plan.baselines), None))
    for each in plan.baselines:
        rows = {numbers[key]: row for key, row in each.rows.items()}
        made = baselines.keep(
            work, project_id, each.name, rows, day=each.day or work.at.date(), note=each.note, number=each.number
        )
        if each is counting:
            baselines.refer(project_id, made, actor=work.actor)


def _made_phases(project_id: int, plan: PlanFile, actor: Actor) -> dict[str, int]:
    return {
        each.key: projects.add_phase(
            project_id, each.number, each.name, actor=actor, week_from=each.week_from, week_to=each.week_to
        )
        for each in plan.phases
    }


def _with_references(
    row: RowSeed, role_id: int | None, phase_id: int | None, calendar_ids: Mapping[str, int]
) -> RowSeed:
    values = {name: value for name, value in row.values.items() if name != "calendar"}
    calendar_id = calendar_ids.get(row.values.get("calendar") or "-")
    return replace(row, values={**values, "role_id": role_id, "phase_id": phase_id, "calendar_id": calendar_id})
