"""Where everything lies on the ruler, in percent of its width; texts are given by whoever knows how to write dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 90
NEAR = 11.0
"""Labels whose middles lie closer than this, in percent, would run into each other."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A day worth a label; of two that are too close the one with the higher rank keeps its words."""

    day: date
    kind: str
    text: str
    rank: int


@dataclass(frozen=True, slots=True)
class Ruler:
    """Ticks as (place, kind) with kind day, day-on, week or week-on; labels as (place, kind, text)."""

    ticks: tuple[tuple[float, str], ...]
    labels: tuple[tuple[float, str, str], ...]


def place(day: date, start: date, length: int = DAYS) -> float:
    """Where a day lies, 0 to 100; days outside stick to the ends.

    >>> place(date(2026, 2, 19), date(2026, 1, 5))
    50.0
    """
    return round(100 * min(max((day - start).days, 0), length) / length, 2)


def draw(start: date, today: date, marks: Iterable[Mark], ends: tuple[str, str], length: int = DAYS) -> Ruler:
    """The ruler of a roll-out: a tick a day, longer on Mondays, past ones on; ``ends`` are the words at both ends."""
    days = [start + timedelta(days=number) for number in range(length + 1)]
    ticks = tuple((place(day, start, length), _kind(day, today)) for day in days)
    inside = list(dict.fromkeys(mark for mark in marks if 0 <= (mark.day - start).days <= length))
    kept = _apart(inside, start, length)
    labels = [(place(mark.day, start, length), mark.kind, mark.text if mark in kept else "") for mark in inside]
    taken = [at for at, _kind_, text in labels if text]
    first = "" if any(at < NEAR for at in taken) else ends[0]
    last = "" if any(at > 100 - NEAR for at in taken) else ends[1]
    return Ruler(ticks, ((0.0, "start", first), *sorted(labels), (100.0, "finish", last)))


def _kind(day: date, today: date) -> str:
    name = "week" if day.weekday() == 0 else "day"
    return f"{name}-on" if day < today else name


def _apart(marks: Sequence[Mark], start: date, length: int) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: -mark.rank):
        at = place(mark.day, start, length)
        if all(abs(at - place(other.day, start, length)) >= NEAR for other in kept):
            kept.append(mark)
    return kept
