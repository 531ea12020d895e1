"""A stored plan as it leaves: all that a file can say of it, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kernel.worktime import Calendar
from roadmap.baselines.rules.frozen import HIGHEST_NUMBER, Frozen


@dataclass(frozen=True, slots=True)
class OutCalendar:
    """A calendar with its holidays laid out; ``names`` says why a day differs, ``own_days`` differ for themselves."""

    id: int
    name: str
    time: Calendar
    names: Mapping[date, str] = field(default_factory=dict)
    own_days: Sequence[date] = ()
    country: str = ""
    subdivision: str = ""


@dataclass(frozen=True, slots=True)
class OutResource:
    """Somebody or something that works: a role, or a person who owns tasks without a role.

    ``calendar`` is the number of one of the plan's calendars, ``own_time`` the working time of somebody who is not
    always there.
    """

    key: str
    name: str
    kind: str = "work"
    max_units: float = 100.0
    calendar: int | None = None
    own_time: Calendar | None = None
    email: str = ""
    uid: str | None = None
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutAssignment:
    """Who works on a task, by the key of the resource; not ``given`` where it follows from the owner or the role."""

    task_id: int
    resource: str
    units: float
    work_minutes: int | None = None
    done_minutes: int = 0
    delay_minutes: int = 0
    uid: str | None = None
    kept: Mapping[str, Any] = field(default_factory=dict)
    given: bool = True


@dataclass(frozen=True, slots=True)
class OutTie:
    """A dependency."""

    predecessor_id: int
    successor_id: int
    type: str
    lag_minutes: int
    lag_unit: str
    lag_percent: float | None


@dataclass(frozen=True, slots=True)
class OutCost:
    """Money that hangs on no hours: of a task, of a phase (by its number in the database), or of the whole plan."""

    name: str
    day: date
    cents: int
    task_id: int | None = None
    phase_id: int | None = None
    spent: bool = False


@dataclass(frozen=True, slots=True)
class OutBaseline:
    """A frozen plan by the numbers of its tasks; ``number`` is what a file of MS Project called it."""

    name: str
    day: date
    rows: Mapping[int, Frozen]
    number: int | None = None
    reference: bool = False
    note: str = ""


def by_number(baselines: Sequence[OutBaseline]) -> dict[int, OutBaseline]:
    """The baselines by a number of MS Project, which keeps eleven: that of their file, else the next that is free.

    The one that counts goes first, and is 0 where it came with no number.
    """
    found: dict[int, OutBaseline] = {}
    waiting = sorted(baselines, key=lambda each: (not each.reference, each.number is None))
    for each in waiting:
        wanted = [] if each.number is None else [each.number]
        free = [number for number in (*wanted, *range(HIGHEST_NUMBER + 1)) if number not in found]
        if free:
            found[free[0]] = each
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Everything of a plan.

    ``project`` and each of the ``tasks`` hold columns of their tables, tasks in the order of the tree with their dates.
    Money is in the smallest unit, of which ``digits`` say the size, and empty for whoever may not see it: ``costs`` and
    ``spent`` by task with what hangs on hours, ``entries`` what was entered, ``rates`` an hour by the key of the
    resource and from which day on. ``calendars_kept`` says that the calendars are still those of the file that the
    plan came from.
    """

    project: Mapping[str, Any]
    start: datetime
    finish: datetime
    calendars: Sequence[OutCalendar]
    resources: Sequence[OutResource]
    tasks: Sequence[Mapping[str, Any]]
    ties: Sequence[OutTie]
    assignments: Sequence[OutAssignment]
    baselines: Sequence[OutBaseline] = ()
    costs: Mapping[int, int | None] = field(default_factory=dict)
    spent: Mapping[int, int] = field(default_factory=dict)
    entries: Sequence[OutCost] = ()
    rates: Mapping[str, Sequence[tuple[date, int]]] = field(default_factory=dict)
    digits: int = 2
    money: bool = True
    calendars_kept: bool = False

    @property
    def reference(self) -> Mapping[int, Frozen]:
        """The rows of the baseline to compare with."""
        return next((each.rows for each in self.baselines if each.reference), {})
