"""What an allocation may be, and who may see and change them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow
from roadmap.staffing.rules import LARGEST_SHARE, outside, range_text

ALL = Visibility.ALL
NOTE_LIMIT = 300
AROUND = timedelta(days=365)
"""How far before a project's start or after its end an allocation may lie."""

GRANTS = (
    *allow("resources.see", administrator=ALL, manager=ALL, member=ALL, executive=ALL),
    *allow("resources.edit", administrator=ALL, manager=ALL),
    *allow("resources.survey", administrator=ALL, person=ALL),
)
"""Everybody may knock at the page across projects; it opens for whoever manages one."""


@dataclass(frozen=True, slots=True)
class Period:
    """An allocation's days, both included, its share of a full day, and who it is for in words."""

    first: date
    last: date
    percent: int
    role: str = ""
    person: str = ""

    def meets(self, other: Period) -> bool:
        """Whether any day lies in both."""
        return self.first <= other.last and other.first <= self.last


def check_allocation(wanted: Period, others: Iterable[Period], start: date, finish: date) -> None:
    """Raise RuleBroken for a share or days that make no sense, or days that the same person has in the same role.

    ``others`` are those of the same role and person; ``start`` and ``finish`` are the project's.
    """
    _check_percent(wanted.percent)
    if wanted.last < wanted.first:
        raise RuleBroken(
            "allocation.order",
            "The last day, %(last)s, lies before the first, %(first)s.",
            field="last",
            first=wanted.first.isoformat(),
            last=wanted.last.isoformat(),
        )
    _check_near("first", wanted.first, start, finish)
    _check_near("last", wanted.last, start, finish)
    clash = next((other for other in others if wanted.meets(other)), None)
    if clash is not None:
        raise RuleBroken(
            "allocation.overlap",
            "%(person)s is planned as %(role)s from %(first)s to %(last)s with %(percent)s %% already. Change that "
            "line, or choose other days.",
            field="first",
            person=clash.person or "Nobody yet",
            role=clash.role,
            first=clash.first.isoformat(),
            last=clash.last.isoformat(),
            percent=clash.percent,
        )


def _check_percent(percent: int) -> None:
    if not 1 <= percent <= LARGEST_SHARE:
        raise RuleBroken(
            "allocation.percent",
            "%(percent)s %% of a full day is not possible. Give 1 to 100 %%.",
            field="percent",
            percent=percent,
        )


def _check_near(field: str, day: date, start: date, finish: date) -> None:
    if not start - AROUND <= day <= finish + AROUND:
        raise RuleBroken(
            "allocation.range",
            "%(day)s lies more than a year outside the project, which runs from %(start)s to %(finish)s.",
            field=field,
            day=day.isoformat(),
            start=start.isoformat(),
            finish=finish.isoformat(),
        )


def range_words(percent: int, low: int | None, high: int | None) -> str:
    """What to say of a share that leaves the range of its role; empty where it does not.

    >>> range_words(80, 25, 50)
    'outside the usual 25-50 %'
    """
    return f"outside the usual {range_text(low, high)}" if outside(percent, low, high) else ""
