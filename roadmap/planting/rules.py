"""Rows and links of a plan as they are brought, by keys of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """A dependency between two keys; ``lag_unit`` says what the lag counts, as in the table of dependencies."""

    predecessor: str
    successor: str
    type: str = "FS"
    lag_minutes: int = 0
    lag_unit: str = "working"
    lag_percent: float | None = None
