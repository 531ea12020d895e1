"""Facts about the plan, and the question before a milestone is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kernel.events import Event
from kernel.questions import Question


@dataclass(frozen=True, slots=True)
class TaskFinished(Event):
    """A task was reported as done."""

    project_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class MilestoneReached(Event):
    """A milestone was completed; nothing stood in its way."""

    project_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class TasksRemoved(Event):
    """Tasks are about to go; told while their rows still exist, so that what hangs on them can let go."""

    project_id: int
    task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TasksResized(Event):
    """Tasks were given another duration or another effort; ``before`` holds both as they were, in minutes, by task."""

    project_id: int
    before: Mapping[int, tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Later:
    """A milestone that moved to a later day."""

    task_id: int
    was: date
    day: date


@dataclass(frozen=True, slots=True)
class PlanRescheduled(Event):
    """The stored dates of a project were brought up to date, and tasks came, went, moved or count by other days.

    A report of progress that moves nothing is not told. ``later`` are the milestones that moved to later days.
    """

    project_id: int
    later: tuple[Later, ...] = ()


@dataclass(frozen=True, slots=True)
class MayComplete(Question):
    """May this milestone be completed?"""

    milestone_id: int
