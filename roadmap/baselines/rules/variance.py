"""How two frozen plans differ, task by task: what came, what went, and what moved, took longer or cost more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kernel.worktime import Calendar
from roadmap.baselines.rules.frozen import Frozen


class Change(StrEnum):
    """What became of a task."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Named:
    """A row of one of the two plans."""

    id: int
    wbs: str
    type: str
    name: str
    phase: str
    frozen: Frozen


@dataclass(frozen=True, slots=True)
class Variance:
    """A task in both plans; None where one has it not. Days are working days, below 0 is earlier or less."""

    id: int
    wbs: str
    type: str
    name: str
    phase: str
    before: Frozen | None
    after: Frozen | None
    start_days: int | None
    finish_days: int | None

    @property
    def change(self) -> Change:
        """New, gone, changed or the same."""
        if self.before is None:
            return Change.NEW
        if self.after is None:
            return Change.GONE
        return Change.SAME if self.before == self.after else Change.CHANGED

    @property
    def duration_minutes(self) -> int | None:
        """How much longer it takes."""
        return _less(_of(self.after, "duration_minutes"), _of(self.before, "duration_minutes"))

    @property
    def work_minutes(self) -> int | None:
        """How much more work it is."""
        return _less(_of(self.after, "work_minutes"), _of(self.before, "work_minutes"))

    @property
    def cost_cents(self) -> int | None:
        """How much more it costs."""
        return _less(_of(self.after, "cost_cents"), _of(self.before, "cost_cents"))


def compare(before: Sequence[Named], after: Sequence[Named], calendar: Calendar) -> list[Variance]:
    """Every task of both plans in the order of the later one; each that is gone follows the row before it."""
    was, now = {each.id: each for each in before}, {each.id: each for each in after}
    order = [each.id for each in after]
    previous: int | None = None
    for each in before:
        if each.id not in now:
            order.insert(order.index(previous) + 1 if previous is not None else 0, each.id)
        previous = each.id
    return [_variance(was.get(id), now.get(id), calendar) for id in order]


def _variance(before: Named | None, after: Named | None, calendar: Calendar) -> Variance:
    named = after or before
    assert named is not None  # one of both has every task
    was, now = before.frozen if before else None, after.frozen if after else None
    return Variance(
        named.id,
        named.wbs,
        named.type,
        named.name,
        named.phase,
        was,
        now,
        _days(was.start, now.start, calendar) if was and now else None,
        _days(was.finish, now.finish, calendar) if was and now else None,
    )


def _days(before: datetime, after: datetime, calendar: Calendar) -> int:
    return calendar.days_between(before.date(), after.date())


def _of(frozen: Frozen | None, name: str) -> int | None:
    return None if frozen is None else getattr(frozen, name)


def _less(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before
