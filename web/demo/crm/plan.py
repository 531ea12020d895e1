"""What is planned to come into the CRM: records that name each other by their place, and what happens to them later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LINKS: Mapping[str, str] = {
    "account_id": "account",
    "contact_id": "contact",
    "lead_id": "lead",
    "opportunity_id": "opportunity",
    "campaign_id": "campaign",
    "parent_id": "account",
}
"""Fields that name another record; in a plan they hold its place among the records of its object, from 1."""


@dataclass(slots=True)
class Planned:
    """One record. ``who`` owns it and writes it down at ``at``; ``events`` are what changes later, in order of time.

    ``place`` is its place among the records of its object, from 1. ``lines`` are the products of a deal.
    """

    kind: str
    place: int
    who: str
    at: datetime
    values: dict[str, Any]
    events: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    origin: str = "entered"

    def until(self, at: datetime) -> dict[str, Any]:
        """What it holds at a moment."""
        held = dict(self.values)
        for when, values in self.events:
            if when < at:
                held |= values
        return held


class Plan:
    """Every record that is planned, by object, in the order in which they were planned.

    ``named`` are the names that are taken at an account; ``twins`` the places of contacts that are one.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.records: dict[str, list[Planned]] = {}
        self.named: set[tuple[int, str, str]] = set()
        self.twins: list[tuple[int, int]] = []

    def add(self, kind: str, who: str, at: datetime, /, **values: Any) -> Planned:
        """Plan one more record."""
        rows = self.records.setdefault(kind, [])
        made = Planned(kind, len(rows) + 1, who, at, values)
        rows.append(made)
        return made

    def of(self, kind: str) -> list[Planned]:
        """The records of an object."""
        return self.records.setdefault(kind, [])
