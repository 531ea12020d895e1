"""Allocations from a template's weeks and back, and the copy of a project's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from infra.transaction import Work
from roadmap.projects.events import ProjectCopied
from roadmap.projects.rules import monday_of, week_of
from roadmap.staffing import queries as staffing
from roadmap.staffing.models import Allocation, ProjectRole

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PeriodSeed:
    """The share of a role in some weeks of a project, counted from 1, both ends included."""

    week_from: int
    week_to: int
    percent: int


def plant(
    project_id: int,
    start: date,
    seeds: Mapping[str, Iterable[PeriodSeed]],
    roles: Mapping[str, int],
    people: Mapping[str, int],
    work: Work,
) -> None:
    """Allocate whoever fills each role, or a placeholder, in the weeks of the template; all by the keys of roles."""
    for key, periods in seeds.items():
        for seed in periods:
            first, last = days_of(seed, start)
            row = Allocation(project_id=project_id, role_id=roles[key], person_id=people.get(key), note="")
            row.first, row.last, row.percent = first, last, seed.percent
            work.session.add(row)
    work.session.flush()


def days_of(seed: PeriodSeed, start: date) -> tuple[date, date]:
    """First and last day of a period; none lies before the project's start, and a week ends on its Friday
    (one that begins after it, on its Sunday).

    >>> days_of(PeriodSeed(1, 2, 50), date(2026, 1, 7))
    (datetime.date(2026, 1, 7), datetime.date(2026, 1, 16))
    """
    monday = monday_of(start)
    first = max(start, monday + (seed.week_from - 1) * _WEEK)
    friday = monday + seed.week_to * _WEEK - timedelta(days=3)
    return first, friday if friday >= first else friday + timedelta(days=2)


def harvest(project_id: int, start: date, work: Work) -> dict[str, list[PeriodSeed]]:
    """The weeks of each role by its key, as a template has them: the largest share that anybody has there."""
    query = (
        select(ProjectRole.key, Allocation.first, Allocation.last, Allocation.percent)
        .join(ProjectRole, ProjectRole.id == Allocation.role_id)
        .where(Allocation.project_id == project_id)
    )
    shares: dict[str, dict[int, int]] = {}
    for key, first, last, percent in work.session.execute(query):
        weeks = shares.setdefault(key, {})
        for week in range(max(1, week_of(first, start)), week_of(last, start) + 1):
            weeks[week] = max(percent, weeks.get(week, 0))
    return {key: periods_of(weeks) for key, weeks in shares.items()}


def periods_of(weeks: Mapping[int, int]) -> list[PeriodSeed]:
    """Weeks in a row with the same share, as periods.

    >>> periods_of({1: 50, 2: 50, 4: 80})
    [PeriodSeed(week_from=1, week_to=2, percent=50), PeriodSeed(week_from=4, week_to=4, percent=80)]
    """
    found: list[PeriodSeed] = []
    for week, percent in sorted(weeks.items()):
        last = found[-1] if found else None
        if last is not None and last.week_to == week - 1 and last.percent == percent:
            found[-1] = replace(last, week_to=week)
        else:
            found.append(PeriodSeed(week, week, percent))
    return found


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """Copy the allocations of a copied project, as many days later; roles are found again by their keys."""
    roles, later = staffing.twins(event.source_id, event.project_id), timedelta(days=event.days_later)
    rows = work.session.scalars(select(Allocation).where(Allocation.project_id == event.source_id))
    for row in rows.all():
        copied = Allocation(project_id=event.project_id, role_id=roles[row.role_id], person_id=row.person_id)
        copied.first, copied.last = row.first + later, row.last + later
        copied.percent, copied.note = row.percent, row.note
        work.session.add(copied)
