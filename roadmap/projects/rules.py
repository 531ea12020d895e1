"""What holds of a project whatever stores it: its states, its weeks and days, what may be entered, who may do what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from kernel.errors import Conflict, RuleBroken
from kernel.permission import Visibility, allow

ALL = Visibility.ALL
ROLLOUT_DAYS = 90
WEEKS = 12
NAME_LIMIT = 200
TEXT_LIMIT = 20_000
MOST_SLACK = 100 * 480
"""The largest slack, in working minutes, below which tasks may count as critical: a hundred days."""
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)

GRANTS = (
    *allow("project.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("project.create", administrator=ALL, starter=ALL),
    *allow("project.edit", administrator=ALL, manager=ALL),
    *allow("project.archive", administrator=ALL, manager=ALL),
    *allow("comment.add", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("file.add", administrator=ALL, manager=ALL, member=ALL),
)
"""Whoever starts a roll-out becomes its manager (who may, the policy of signing in says); what others do in it, each
role says.
"""


class State(StrEnum):
    """Where a project stands in its life."""

    ACTIVE = "active"
    FINISHED = "finished"
    ARCHIVED = "archived"
    BRANCH = "branch"
    MERGED = "merged"
    THROWN_AWAY = "thrown away"


ROLL_OUTS = frozenset({State.ACTIVE, State.FINISHED, State.ARCHIVED})
"""The states of roll-outs. The others are those of branches: plans to try things on, which no list and no count
knows, since nobody works by them."""


@dataclass(frozen=True, slots=True)
class Window:
    """The weeks of a phase, counted from 1; None where a phase has no window."""

    name: str
    week_from: int | None
    week_to: int | None


def week_of(day: date, start: date) -> int:
    """The project's week that holds a day; weeks begin on the Monday of the start's week, which begins week 1.

    >>> week_of(date(2026, 1, 12), start=date(2026, 1, 5))
    2
    >>> week_of(date(2026, 1, 4), start=date(2026, 1, 5))
    0
    """
    return (day - monday_of(start)).days // 7 + 1


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def day_number(day: date, start: date) -> int:
    """Which day of the roll-out a day is, counted from 1; below 1 before the start, above 90 past the last.

    >>> day_number(date(2026, 2, 18), start=date(2026, 1, 5))
    45
    """
    return (day - start).days + 1


def wall_time(now: datetime, timezone: str) -> datetime:
    """A moment as the clocks of a zone show it, to the minute.

    >>> from datetime import UTC
    >>> wall_time(datetime(2026, 2, 18, 9, 10, 30, tzinfo=UTC), "Europe/Berlin")
    datetime.datetime(2026, 2, 18, 10, 10)
    """
    return now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, second=0, microsecond=0)


def phase_now(windows: Iterable[Window], week: int) -> str:
    """The phase that a week belongs to: of overlapping windows the one that began last, past the end the last one."""
    known = [each for each in windows if each.week_from is not None]
    begun = [each for each in known if (each.week_from or 0) <= week]
    running = [each for each in begun if each.week_to is None or week <= each.week_to]
    if begun:
        return (running or begun)[-1].name
    return known[0].name if known else ""


def check_name(name: str) -> str:
    """The name without surrounding blanks. Raises RuleBroken when it is missing or too long."""
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("project.name", "Give the project a name.", field="name")
    if len(name) > NAME_LIMIT:
        raise RuleBroken(
            "project.name_long",
            "The name has %(length)s characters; at most %(limit)s fit.",
            field="name",
            length=len(name),
            limit=NAME_LIMIT,
        )
    return name


def check_purpose(purpose: str) -> str:
    """The purpose as it is kept. Raises RuleBroken when it is too long."""
    if len(purpose) > TEXT_LIMIT:
        raise RuleBroken(
            "project.purpose_long",
            "The purpose has %(length)s characters; at most %(limit)s fit.",
            field="purpose",
            length=len(purpose),
            limit=TEXT_LIMIT,
        )
    return purpose.strip()


def check_dates(start: date, target: date | None) -> None:
    """Raise RuleBroken for a start outside the calendar's range or a target that is not after it."""
    for field, day in (("start", start), ("target_go_live", target)):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise RuleBroken(
                "project.date_range",
                "%(day)s is out of range. Dates lie between 1990 and 2199.",
                field=field,
                day=day.isoformat(),
            )
    if target is not None and target <= start:
        raise RuleBroken(
            "project.target_before_start",
            "The target go-live, %(target)s, has to come after the start, %(start)s.",
            field="target_go_live",
            target=target.isoformat(),
            start=start.isoformat(),
        )


def check_finish(start: date, finish_by: datetime | None) -> None:
    """Raise RuleBroken for a finish to plan back from that does not come after the start, or is out of range."""
    if finish_by is not None and not start < finish_by.date() <= LATEST:
        raise RuleBroken(
            "project.finish_by",
            "The plan can't be laid back from %(day)s: give a day after the start, %(start)s.",
            field="finish_by",
            day=finish_by.date().isoformat(),
            start=start.isoformat(),
        )


def check_open(state: str) -> None:
    """Raise RuleBroken when the project takes no more changes."""
    if state == State.ARCHIVED:
        raise RuleBroken("project.archived", "This project is archived. Take it out of the archive to change it.")
    if state == State.MERGED:
        raise RuleBroken("branch.merged", "This branch was merged: it can be read and takes no changes.")
    if state == State.THROWN_AWAY:
        raise RuleBroken("branch.thrown_away", "This branch was thrown away: it takes no changes.")


class Clash(Conflict):
    """Two people changed the same fields; ``conflicts`` holds what was shown, sent and is there."""

    def __init__(self, conflicts: Sequence[Any]) -> None:
        """Name the fields."""
        self.conflicts = tuple(conflicts)
        fields = [each.name for each in self.conflicts]
        text = "Someone else changed this meanwhile (%(fields)s). Compare both values and save again."
        super().__init__("stale", text, field=fields[0], fields=", ".join(name.replace("_", " ") for name in fields))
