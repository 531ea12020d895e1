"""Who works on a plan, and how much of it is open and late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from roadmap.standing.rules import standing
from roadmap.tasks.rules.states import FINISHED, is_late


class Owned(standing.Row, Protocol):
    """A row of the plan with its owner."""

    @property
    def owner_id(self) -> int | None: ...  # noqa: D102  # named in the table of tasks
    @property
    def owner(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Load:
    """A person's open tasks, and how many of them are late."""

    id: int
    name: str
    open: int
    late: int


def loads(rows: Iterable[Owned], today: date) -> list[Load]:
    """Everybody who owns unfinished work, who is late first, then who has most."""
    owned: dict[tuple[int, str], list[bool]] = {}
    for row in rows:
        if row.owner_id is not None and row.type != "summary" and row.percent < FINISHED:
            late = is_late(row.percent, row.finish, row.deadline, today)
            owned.setdefault((row.owner_id, row.owner), []).append(late)
    found = [Load(*key, len(flags), sum(flags)) for key, flags in owned.items()]
    return sorted(found, key=lambda load: (-load.late, -load.open, load.name, load.id))
