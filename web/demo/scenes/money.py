"""Time and money: everybody fills in the week on Friday, rates and budgets stand from the start, work is blocked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from roadmap.costs import queries as money
from roadmap.costs import service as costs
from roadmap.costs.rules.entries import Kind
from roadmap.costs.service import CostData, RateData
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as plans
from roadmap.tasks.queries import TaskRow
from roadmap.timesheet import queries as waiting
from roadmap.timesheet import service as timesheet
from roadmap.timesheet.service import EntryData
from web.demo.cast import PLAYERS, ROLLOUTS
from web.demo.stage import Stage

FRIDAY = 4
QUARTER, WORKDAY = 15, 480
PACES = (104, 112, 97, 116, 106)
"""How long tasks take in percent of their planned effort, taken in turn."""
SLOWER, SLOWER_FROM = 32, 21
"""By how much of their effort tasks take longer that begin this many days after the start, or later."""
RATES = {
    "project-manager": 9200,
    "crm-administrator": 7800,
    "data-migration-specialist": 8400,
    "training-coordinator": 6900,
    "end-users": 5200,
}
"""Cents an hour by role."""
NEW_RATE_AFTER, NEW_RATE = timedelta(days=28), 8800
"""The data specialist's rate rises after four weeks."""


@dataclass(frozen=True, slots=True)
class Spent:
    """A cost of the first roll-out: on which day, counted from its start, in which phase (0 for none)."""

    day: int
    kind: Kind
    name: str
    phase: int
    cents: int


BUDGETS = (6_900_00, 14_900_00, 17_800_00, 12_200_00, 20_500_00, 12_000_00, 3_000_00)
"""What each phase of the first roll-out may cost; the rest of 96,000 is for the whole project."""
RESERVE = 8_700_00
COSTS = (
    Spent(2, Kind.FIXED, "Travel to the kick-off", 1, 800_00),
    Spent(2, Kind.EXPENSE, "Travel to the kick-off in Aarhus", 1, 862_40),
    Spent(11, Kind.FIXED, "Address check", 2, 640_00),
    Spent(11, Kind.EXPENSE, "Address check, one month", 2, 640_00),
    Spent(24, Kind.FIXED, "Vendor days, as offered", 3, 1_500_00),
    Spent(24, Kind.EXPENSE, "Vendor days for the accounting link", 3, 3_120_00),
    Spent(37, Kind.FIXED, "Workshop material", 5, 420_00),
    Spent(37, Kind.EXPENSE, "Workshop material in four languages", 5, 418_75),
    Spent(63, Kind.FIXED, "Licences for the pilot group", 3, 2_400_00),
    Spent(63, Kind.FIXED, "Subtitles for the tutorials", 5, 1_150_00),
    Spent(63, Kind.FIXED, "Room and catering for the launch day", 6, 1_800_00),
)
"""Fixed costs are planned on the first day for theirs; expenses are entered when they come."""
RESOLVED = (
    "connect-systems",
    "tobias",
    "The accounting system refuses invoices whose country has three letters.",
    "A rule in the mapping turns DNK into DK; the vendor confirmed it.",
)
OPEN = ("train-champions", "samira", "Two champions are on leave until Monday, and their team lead names nobody else.")


def scene(stage: Stage, day: date) -> None:
    """What happens on a day."""
    first = stage.rollout is ROLLOUTS[0]
    if day == stage.start:
        _set_up(stage)
        if first:
            _budget(stage)
    last = max(each for each in _days_before(stage.today) if each.weekday() <= FRIDAY)
    if day.weekday() == FRIDAY or day == last:
        rows = plans.rows(stage.project_id, day)
        _fill_week(stage, day, rows)
    if first:
        _spend(stage, day)
        _block(stage, day)


def _set_up(stage: Stage) -> None:
    today = stage.clock.on(stage.start, time(11, 20)).date()
    roles = {role.key: role.id for role in staffing.roles(stage.project_id)}
    for key, cents in RATES.items():
        costs.set_rate(stage.project_id, RateData(today, cents, roles[key]), actor=stage.manager, today=today)
    later = RateData(today + NEW_RATE_AFTER, NEW_RATE, roles["data-migration-specialist"])
    costs.set_rate(stage.project_id, later, actor=stage.manager, today=today)


def _budget(stage: Stage) -> None:
    phases = [phase_id for phase_id in money.phase_names(stage.project_id) if phase_id is not None]
    wanted: dict[int | None, int | None] = dict(zip(phases, BUDGETS, strict=False))
    costs.set_budgets(stage.project_id, wanted | {None: RESERVE}, actor=stage.manager)


def _spend(stage: Stage, day: date) -> None:
    phases = [phase_id for phase_id in money.phase_names(stage.project_id) if phase_id is not None]
    for each in COSTS:
        entered = each.day if each.kind is Kind.EXPENSE else 0
        if entered != stage.day_of(day):
            continue
        on = stage.start + timedelta(days=each.day)
        data = CostData(each.name, on, each.cents, phases[each.phase - 1] if each.phase else None)
        now = stage.clock.on(day, time(15, 50))
        costs.add_cost(stage.project_id, each.kind, data, actor=stage.manager, today=day, now=now)


def _fill_week(stage: Stage, day: date, rows: list[TaskRow]) -> None:
    """Everybody logs the days since Monday; the manager does so for those who don't sign in."""
    silent = {stage.ids[player.key] for player in PLAYERS if not player.signs_in}
    fillers = {role.id: role.person_id for role in staffing.roles(stage.project_id)}
    days = [day - timedelta(days=back) for back in range(day.weekday(), -1, -1)]
    by_person: dict[int, dict[tuple[int, date], int]] = {}
    for row in rows:
        person_id = row.owner_id or fillers.get(row.role_id or 0)
        if person_id is not None and row.type == "task":
            cells = by_person.setdefault(person_id, {})
            cells.update({(row.id, on): minutes for on, minutes in _worked(stage, row, days) if on >= stage.start})
    for person_id, cells in sorted(by_person.items()):
        fitted = _fitted(cells, waiting.sums(person_id, days))
        now = stage.clock.on(day, time(15, 55))
        if person_id in silent:
            for (task_id, on), minutes in fitted.items():
                data = EntryData(person_id, on, minutes)
                timesheet.log(stage.project_id, task_id, data, actor=stage.manager, today=day, now=now)
        elif fitted:
            key = next(key for key, id in stage.ids.items() if id == person_id)
            timesheet.save_week(fitted, actor=stage.actor(key), today=day, now=now)


def _worked(stage: Stage, row: TaskRow, days: list[date]) -> Iterator[tuple[date, int]]:
    """The days on which somebody works on a task that has begun, and for how long: its effort evenly over its days."""
    if row.actual_start is None:
        return
    begun, ended = row.actual_start.date(), (row.actual_finish or row.finish).date()
    effort = row.work_minutes if row.work_minutes is not None else row.duration_minutes
    pace = PACES[row.id % len(PACES)] + SLOWER * (stage.day_of(begun) >= SLOWER_FROM)
    planned = sum((begun + timedelta(days=each)).weekday() <= FRIDAY for each in range((ended - begun).days + 1))
    for on in days:
        if begun <= on <= ended:
            yield on, effort * pace // 100 // max(planned, 1)


def _fitted(cells: dict[tuple[int, date], int], already: dict[date, int]) -> dict[tuple[int, date], int]:
    """The same in quarters of an hour, and no day longer than a working day over all roll-outs."""
    sums: dict[date, int] = {}
    for (_task, on), minutes in cells.items():
        sums[on] = sums.get(on, 0) + minutes
    left = {on: max(min(WORKDAY - already.get(on, 0), minutes), 0) for on, minutes in sums.items()}
    rounded = {
        (task_id, on): minutes * left[on] // sums[on] // QUARTER * QUARTER if sums[on] else 0
        for (task_id, on), minutes in cells.items()
    }
    return {key: minutes for key, minutes in rounded.items() if minutes}


def _block(stage: Stage, day: date) -> None:
    """One thing blocked for two days in the fifth week; another since yesterday."""
    key, who, text, how = RESOLVED
    monday = stage.start + timedelta(days=28)
    if day in (monday, monday + timedelta(days=2)):
        task_id = _task(stage, key, day)
        if day == monday:
            now = stage.clock.on(day, time(10, 40))
            timesheet.raise_blocker(stage.project_id, task_id, text, actor=stage.actor(who), now=now)
        else:
            now = stage.clock.on(day, time(16, 5))
            blocked = waiting.blockers(stage.project_id)[0]
            timesheet.resolve(stage.project_id, blocked.id, how, actor=stage.manager, now=now)
    if day == max(each for each in _days_before(stage.today) if each.weekday() <= FRIDAY):
        key, who, text = OPEN
        now = stage.clock.on(day, time(14, 45))
        timesheet.raise_blocker(
            stage.project_id,
            _task(stage, key, day),
            text,
            helper_id=stage.ids["leila"],
            actor=stage.actor(who),
            now=now,
        )


def _task(stage: Stage, key: str, day: date) -> int:
    return next(row.id for row in plans.rows(stage.project_id, day) if row.key == key)


def _days_before(today: date) -> list[date]:
    return [today - timedelta(days=back) for back in (1, 2, 3)]
