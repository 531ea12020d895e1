"""Facts about projects, and the question before one is closed."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event
from kernel.questions import Question


@dataclass(frozen=True, slots=True)
class ProjectCreated(Event):
    """A project came to be."""

    project_id: int


@dataclass(frozen=True, slots=True)
class ProjectFramed(Event):
    """What every date hangs on (start, calendar, status date) changed; ``days_later`` by how much the start moved."""

    project_id: int
    days_later: int = 0


@dataclass(frozen=True, slots=True)
class ProjectCopied(Event):
    """A project was copied: phases are there already, what else belongs to it is copied by who owns it."""

    source_id: int
    project_id: int
    days_later: int


@dataclass(frozen=True, slots=True)
class ProjectFinished(Event):
    """A project was closed as done."""

    project_id: int


@dataclass(frozen=True, slots=True)
class MayClose(Question):
    """May this project be finished?"""

    project_id: int
