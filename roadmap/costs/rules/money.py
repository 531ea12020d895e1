"""What a project costs at a day, as it is told: in money and in days of work, whole and by phase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from roadmap.costs.rules.figures import Line


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Hours that no rate covers: whose, in which role, how many minutes, since which day."""

    person: str
    role: str
    minutes: int
    since: date


@dataclass(frozen=True, slots=True)
class Money:
    """What a project costs at the end of a day, in the smallest unit of its currency; None where unknown.

    ``days`` is the same in minutes of work: the budget of a project that counts no money. ``budgeted`` says whether
    anybody entered a rate, a budget or a cost.
    """

    project_id: int
    as_of: date
    currency: str
    digits: int
    budgeted: bool
    total: Line
    phases: tuple[Line, ...]
    days: Line
    days_by_phase: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]

    @property
    def budget(self) -> int | None:
        """What may be spent."""
        return self.total.budget

    @property
    def actual(self) -> int | None:
        """What was spent."""
        return self.total.actual

    @property
    def planned_to_date(self) -> int | None:
        """What was planned to be spent by now."""
        return self.total.planned_to_date

    @property
    def forecast(self) -> int | None:
        """What it will have cost in the end."""
        return self.total.forecast

    @property
    def variance(self) -> int | None:
        """What is left of the budget in the end; below 0 it is not enough."""
        return self.total.variance

    @property
    def by_phase(self) -> tuple[Line, ...]:
        """The same by phase, and last what belongs to none."""
        return self.phases
