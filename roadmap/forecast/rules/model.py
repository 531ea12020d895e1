"""What is forecast: a plan, what is known of its durations, and what may strike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roadmap.forecast.rules.shapes import Estimate
from roadmap.schedule.rules import Plan

DAY_MINUTES = 480
"""What a working day of an estimate or a risk is in working minutes."""


@dataclass(frozen=True, slots=True)
class Threat:
    """A risk that may strike: with its ``chance`` every task that it hits takes as many working days longer.

    A summary hands it to those of its tasks on which no other of them waits. Costs are whole cents.
    """

    id: int
    chance: float
    days_low: float
    days_high: float
    tasks: tuple[int, ...]
    cost_low: int = 0
    cost_high: int = 0


@dataclass(frozen=True, slots=True)
class Crew:
    """A role with the tasks that nobody else works on, and how many of it do: one more makes them so much shorter."""

    role: int
    people: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Model:
    """A plan with its estimates by task and its threats. ``goal`` is the go-live; without one the plan's end counts.

    ``twins`` are the tasks of a branch with the numbers of those that they stand for: chance treats both alike, so that
    a branch in which nothing changed ends in each run when its trunk does.
    """

    plan: Plan
    estimates: Mapping[int, Estimate] = field(default_factory=dict)
    threats: tuple[Threat, ...] = ()
    goal: int | None = None
    crews: tuple[Crew, ...] = ()
    twins: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Purse:
    """What a plan costs: at completion by its plan, and what is ``left`` of that for each task, in whole cents.

    What is left grows and shrinks with what a task takes. A risk's cost has ``digits`` after its whole units.
    """

    currency: str
    digits: int
    total: int
    left: Mapping[int, int] = field(default_factory=dict)
