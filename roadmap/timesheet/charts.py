"""The week of a time sheet laid out in cells, and what a task's page shows of time and blockers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, render_template
from markupsafe import Markup

from infra.http import may
from kernel.permission import Facts
from roadmap.timesheet import queries
from roadmap.timesheet.queries import BlockerRow, EntryRow, Workplace
from roadmap.timesheet.rules import amounts, limits


@dataclass(frozen=True, slots=True)
class Cell:
    """A task on a day: its entries, what its field holds, and what is wrong with it."""

    day: date
    name: str
    entries: tuple[EntryRow, ...]
    typed: str
    error: str
    open: bool

    @property
    def minutes(self) -> int:
        """The sum of its entries."""
        return sum(each.minutes for each in self.entries)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A task of the week; ``minutes`` are its sum."""

    task_id: int
    task: str
    project_id: int
    project: str
    cells: tuple[Cell, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A week: its days, a row a task, the sum of each day and of all."""

    days: tuple[date, ...]
    rows: tuple[SheetRow, ...]
    sums: tuple[int, ...]
    entries: tuple[EntryRow, ...]

    @property
    def minutes(self) -> int:
        """All time of the week."""
        return sum(self.sums)

    def sum_on(self, day: date) -> int:
        """The time of one of its days."""
        return self.sums[self.days.index(day)]

    def on(self, day: date) -> list[EntryRow]:
        """The entries of a day, by project and task."""
        return sorted(
            (each for each in self.entries if each.day == day), key=lambda each: (each.project, each.task, each.id)
        )


def cell_name(task_id: int, day: date) -> str:
    """The field of a cell."""
    return f"c-{task_id}-{day.isoformat()}"


def sheet(
    monday: date,
    today: date,
    entries: Sequence[EntryRow],
    places: Iterable[Workplace],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> Sheet:
    """A week of one person: the tasks with time in it, and those given, by project and name."""
    days = tuple(limits.days_of(monday))
    named = {each.task_id: (each.task, each.project_id, each.project, each.state) for each in places}
    for each in entries:
        named.setdefault(each.task_id, (each.task, each.project_id, each.project, "active"))
    found: dict[tuple[int, date], list[EntryRow]] = {}
    for each in entries:
        found.setdefault((each.task_id, each.day), []).append(each)
    rows = []
    for task_id, (task, project_id, project, state) in named.items():
        cells = tuple(
            _cell(task_id, day, found.get((task_id, day), []), typed, errors, open=state == "active" and day <= today)
            for day in days
        )
        rows.append(SheetRow(task_id, task, project_id, project, cells, sum(each.minutes for each in cells)))
    rows.sort(key=lambda row: (row.project.casefold(), row.task.casefold(), row.task_id))
    sums = tuple(sum(each.minutes for each in entries if each.day == day) for day in days)
    return Sheet(days, tuple(rows), sums, tuple(entries))


def _cell(
    task_id: int,
    day: date,
    entries: list[EntryRow],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    open: bool,
) -> Cell:
    name = cell_name(task_id, day)
    shown = typed.get(name, amounts.cell_text(sum(each.minutes for each in entries)))
    return Cell(day, name, tuple(entries), shown, errors.get(name, ""), open and len(entries) <= 1)


def may_resolve(row: BlockerRow) -> bool:
    """Whether the reader may say that it blocks no more."""
    owners = frozenset(each for each in (row.raised_by_id, row.helper_id, row.owner_id) if each is not None)
    return may("blocker.resolve", row.project_id, Facts(owners=owners))


def task_panel(project_id: int, task_id: int) -> Markup:
    """Time and blockers of a task, as a part of its page; nothing on a summary."""
    place = queries.workplace(task_id)
    if place.type == "summary":
        return Markup("")
    markup = render_template(
        "roadmap/timesheet/_task.html",
        project_id=project_id,
        task_id=task_id,
        place=place,
        logged=queries.of_task(project_id, task_id) if may("time.see", project_id) else _own(task_id),
        blockers=queries.blockers_of_task(task_id),
        may_resolve=may_resolve,
        usual=amounts.USUAL,
    )
    return Markup(markup)  # noqa: S704  # a template's own markup


def _own(task_id: int) -> list[tuple[int, str, int]]:
    """One's own time on a task, which everybody may see."""
    minutes = queries.minutes_of(g.actor.id, task_id)
    return [(g.actor.id, g.actor.name, minutes)] if minutes else []
