"""A plan as a file holds it, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class RowSeed:
    """A row as a file or another plan has it, in tree order; ``parent`` is the key of a row before it.

    ``values`` are fields of a task, such as ``type``, ``duration_minutes``, ``role_id``, ``deadline``.
    """

    key: str
    name: str
    parent: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TieSeed:
    """A dependency between two keys; the lag is working minutes."""

    predecessor: str
    successor: str
    type: str = "FS"
    lag_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong or was not understood, where (a row, a column), and what would be right."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class CalendarSeed:
    """A working calendar as a document has it; days off and extra work by ISO day."""

    name: str
    week: list[list[list[int]]]
    country: str = ""
    subdivision: str = ""
    exceptions: tuple[tuple[date, str, list[list[int]]], ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseSeed:
    """A phase by the key of its summary row."""

    key: str
    number: int
    name: str
    week_from: int | None = None
    week_to: int | None = None


@dataclass(frozen=True, slots=True)
class PlanFile:
    """Everything that was read. ``resources`` maps a row's key to the name of who or what does it."""

    rows: tuple[RowSeed, ...]
    ties: tuple[TieSeed, ...] = ()
    resources: Mapping[str, str] = field(default_factory=dict)
    phases: tuple[PhaseSeed, ...] = ()
    name: str = ""
    start: date | None = None
    status_date: date | None = None
    calendar: CalendarSeed | None = None
    shares: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()
