"""Logging time and telling what blocks, one function a verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from accounts.notices.service import tell
from accounts.people.models import Person
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, RuleBroken
from roadmap.projects.rules import State
from roadmap.staffing import queries as staffing
from roadmap.tasks.events import TasksRemoved
from roadmap.timesheet import queries
from roadmap.timesheet.models import Blocker, TimeEntry
from roadmap.timesheet.queries import Workplace
from roadmap.timesheet.rules import amounts, limits

UNDOABLE = {
    "time.logged": "time.log",
    "time.changed": "time.log",
    "time.removed": "time.log",
    "week.saved": "time.log",
    "blocker.raised": "blocker.raise",
    "blocker.resolved": "blocker.resolve",
}
"""What can be taken back, and the permission that this needs."""
_TOLD = 200
"""How much of what blocks stands in a notice."""


@dataclass(frozen=True, slots=True)
class EntryData:
    """What is logged: whose time, on which day, how many minutes, on what."""

    person_id: int
    day: date
    minutes: int
    note: str = ""


def log(
    project_id: int,
    task_id: int,
    data: EntryData,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    confirmed: bool = False,
) -> tuple[int, Work]:
    """Log time on a task; gives the entry's number.

    Raises NotFound, RuleBroken for an amount or a day that cannot be, NeedsConfirmation (nothing is kept yet) for one
    that is unlikely and was not ``confirmed``.
    """
    with transaction(actor, "time.logged") as work:
        place = _workplace(project_id, task_id)
        _check_person(work, project_id, data.person_id)
        _check_entry(place, data, today)
        _check_limits(work, data.person_id, {data.day: data.minutes}, confirmed=confirmed)
        row = _entry(place, data, actor, now)
        work.session.add(row)
        work.session.flush()
        return row.id, work


def change(
    project_id: int, entry_id: int, data: EntryData, *, actor: Actor, today: date, confirmed: bool = False
) -> Work:
    """Change day, amount and note of an entry; whose it is stays. Raises as `log`."""
    with transaction(actor, "time.changed") as work:
        row = _get(work, project_id, entry_id)
        _check_entry(_workplace(project_id, row.task_id), data, today)
        moved = {row.day: -row.minutes}
        moved[data.day] = moved.get(data.day, 0) + data.minutes
        _check_limits(work, row.person_id, moved, confirmed=confirmed)
        row.day, row.minutes, row.note = data.day, data.minutes, limits.check_note(data.note)
        return work


def remove(project_id: int, entry_id: int, *, actor: Actor) -> Work:
    """Remove an entry. Raises NotFound; RuleBroken in a project that is closed."""
    with transaction(actor, "time.removed") as work:
        row = _get(work, project_id, entry_id)
        _workplace(project_id, row.task_id)
        work.session.delete(row)
        return work


def save_week(
    cells: Mapping[tuple[int, date], int], *, actor: Actor, today: date, now: datetime, confirmed: bool = False
) -> tuple[int, Work]:
    """Make one's own time on tasks and days these minutes, 0 for none; how many cells changed.

    Raises as `log`, with the cell as the field; RuleBroken for a cell of several entries, which are changed one by one.
    """
    if actor.id is None:
        raise NotFound
    with transaction(actor, "week.saved") as work:
        days = [day for _task, day in cells]
        stored = _stored(work, actor.id, days)
        changed = {key: minutes for key, minutes in cells.items() if _sum(stored.get(key, [])) != minutes}
        moved: dict[date, int] = {}
        for (task_id, day), minutes in changed.items():
            moved[day] = moved.get(day, 0) + minutes - _sum(stored.get((task_id, day), []))
        _check_limits(work, actor.id, moved, confirmed=confirmed)
        places = queries.workplaces(sorted({task_id for task_id, _day in changed}))
        for (task_id, day), minutes in changed.items():
            place = _open(places.get(task_id))
            _set_cell(work, place, EntryData(actor.id, day, minutes), stored.get((task_id, day), []), today, now)
        return len(changed), work


def raise_blocker(
    project_id: int, task_id: int, text: str, *, actor: Actor, now: datetime, helper_id: int | None = None
) -> tuple[int, Work]:
    """Say what keeps a task from going on; its owner, the managers and whoever could help are told.

    Raises NotFound, RuleBroken without a sentence or for a person that there is not.
    """
    with transaction(actor, "blocker.raised") as work:
        place = _workplace(project_id, task_id)
        if helper_id is not None and work.session.get(Person, helper_id) is None:
            raise RuleBroken("blocker.helper", "There is no such person. Choose one of the list.", field="helper_id")
        row = Blocker(
            project_id=project_id,
            task_id=task_id,
            text=limits.check_text(text),
            raised_by_id=actor.id,
            helper_id=helper_id,
            raised_at=now,
            how="",
        )
        work.session.add(row)
        work.session.flush()
        managers = [each.person_id for each in staffing.members(project_id) if each.role == "manager"]
        _tell(work, "blocked", [place.owner_id, helper_id, *managers], place, row.text)
        return row.id, work


def resolve(project_id: int, blocker_id: int, how: str, *, actor: Actor, now: datetime) -> Work:
    """Say that it blocks no more, and how that came; who raised it and the owner are told. A second time is no harm."""
    with transaction(actor, "blocker.resolved") as work:
        row = work.session.get(Blocker, blocker_id)
        if row is None or row.project_id != project_id:
            raise NotFound
        place = _workplace(project_id, row.task_id)
        if row.resolved_at is not None:
            return work
        if len(how) > limits.TEXT_LIMIT:
            raise RuleBroken("blocker.long", "At most %(limit)s characters fit.", field="how", limit=limits.TEXT_LIMIT)
        row.resolved_at, row.resolved_by_id, row.how = now, actor.id, how.strip()
        _tell(work, "unblocked", [row.raised_by_id, place.owner_id], place, row.how)
        return work


def follow_removal(event: TasksRemoved, work: Work) -> None:
    """Tasks are about to go: their blockers go with them, time that was logged on them does not.

    Raises RuleBroken naming a task with time, so that no hours, and no cost, vanish from a report.
    """
    logged = queries.logged_on(event.task_ids)
    for name, minutes in logged.items():
        raise RuleBroken(
            "task.has_time",
            "%(amount)s are logged on “%(name)s”. Remove that time first, or leave the task and report it as done.",
            amount=amounts.amount_text(minutes),
            name=name,
        )
    for row in work.session.scalars(select(Blocker).where(Blocker.task_id.in_(event.task_ids))):
        work.session.delete(row)
    work.session.flush()


def _workplace(project_id: int, task_id: int) -> Workplace:
    """The task, in a project that takes time. Raises NotFound, RuleBroken."""
    place = queries.workplace(task_id)
    if place.project_id != project_id:
        raise NotFound
    return _open(place)


def _open(place: Workplace | None) -> Workplace:
    """The task, if there is one and its project takes time. Raises NotFound, RuleBroken."""
    if place is None:
        raise NotFound
    if place.state != State.ACTIVE:
        raise RuleBroken(
            "time.closed", "“%(project)s” is closed. It takes no more time and no blockers.", project=place.project
        )
    return place


def _check_person(work: Work, project_id: int, person_id: int) -> None:
    """Time is one's own, or that of somebody of the project who does not sign in."""
    if work.actor.id in (None, person_id):
        return
    if person_id in {id for id, _name in queries.without_sign_in(project_id)}:
        return
    person = work.session.get(Person, person_id)
    if person is None or person.email is None:
        raise RuleBroken(
            "time.stranger",
            "Time can be logged for people of this project. Choose one of the list.",
            field="person_id",
        )
    raise RuleBroken(
        "time.own",
        "%(name)s signs in and logs their own time. You can log for people without a sign-in.",
        field="person_id",
        name=person.name,
    )


def _check_entry(place: Workplace, data: EntryData, today: date) -> None:
    if place.type == "summary":
        raise RuleBroken(
            "time.summary", "“%(name)s” is a summary. Log the time on one of the tasks below it.", name=place.task
        )
    amounts.check(data.minutes)
    limits.check_day(data.day, today, place.start)


def _check_limits(work: Work, person_id: int, moved: Mapping[date, int], *, confirmed: bool) -> None:
    """What the days and weeks would come to; ``moved`` are the minutes more or less on each day, not stored yet."""
    work.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    already = queries.sums(person_id, moved)
    asked: list[limits.Doubt] = []
    for day, more in sorted(moved.items()):
        if more <= 0:
            continue
        limits.check_sum(day, already.get(day, 0), more)
        week = limits.days_of(limits.monday_of(day))
        in_week = sum(already.get(each, 0) + moved.get(each, 0) for each in week)
        grew = sum(moved.get(each, 0) for each in week) > 0
        asked += limits.doubts(day, already.get(day, 0) + more, in_week if grew else 0)
    limits.check_confirmed(asked, confirmed=confirmed)


def _stored(work: Work, person_id: int, days: list[date]) -> dict[tuple[int, date], list[TimeEntry]]:
    query = select(TimeEntry).where(TimeEntry.person_id == person_id, TimeEntry.day.in_(days)).order_by(TimeEntry.id)
    found: dict[tuple[int, date], list[TimeEntry]] = {}
    for row in work.session.scalars(query):
        found.setdefault((row.task_id, row.day), []).append(row)
    return found


def _sum(rows: list[TimeEntry]) -> int:
    return sum(row.minutes for row in rows)


def _set_cell(work: Work, place: Workplace, data: EntryData, rows: list[TimeEntry], today: date, now: datetime) -> None:
    if len(rows) > 1:
        raise RuleBroken(
            "time.several",
            "%(day)s has several entries on “%(name)s”. Change them one by one.",
            day=data.day.isoformat(),
            name=place.task,
        )
    if not data.minutes:
        work.session.delete(rows[0])
        return
    _check_entry(place, data, today)
    if rows:
        rows[0].minutes = data.minutes
    else:
        work.session.add(_entry(place, data, work.actor, now))


def _entry(place: Workplace, data: EntryData, actor: Actor, now: datetime) -> TimeEntry:
    return TimeEntry(
        project_id=place.project_id,
        task_id=place.task_id,
        person_id=data.person_id,
        day=data.day,
        minutes=data.minutes,
        note=limits.check_note(data.note),
        entered_by_id=actor.id,
        entered_at=now,
    )


def _get(work: Work, project_id: int, entry_id: int) -> TimeEntry:
    row = work.session.get(TimeEntry, entry_id)
    if row is None or row.project_id != project_id:
        raise NotFound
    return row


def _tell(work: Work, kind: str, people: list[int | None], place: Workplace, text: str) -> None:
    tell(
        work,
        kind,
        people,
        subject=f"task:{place.task_id}",
        label=place.task,
        scope=project_scope(place.project_id),
        text=text[:_TOLD],
    )
