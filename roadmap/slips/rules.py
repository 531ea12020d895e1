"""What slipped since the morning, however many times the plan was changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from roadmap.tasks.events import Later


@dataclass(frozen=True, slots=True)
class Slip:
    """A milestone that is later than it was in the morning."""

    id: int
    name: str
    was: date
    day: date

    @property
    def days(self) -> int:
        """By how many calendar days."""
        return (self.day - self.was).days


def origins(kept: str, later: Iterable[Later]) -> dict[int, date]:
    """Where each milestone stood before the first change of the day: what was kept counts before what is new.

    >>> origins("4:2026-03-02", [Later(4, date(2026, 3, 5), date(2026, 3, 6))])
    {4: datetime.date(2026, 3, 2)}
    """
    found = {each.task_id: each.was for each in later}
    for part in kept.split(";") if kept else ():
        number, _, day = part.partition(":")
        found[int(number)] = date.fromisoformat(day)
    return found


def written(found: Mapping[int, date]) -> str:
    """The same as a text, to be kept with the notice.

    >>> written({4: date(2026, 3, 2)})
    '4:2026-03-02'
    """
    return ";".join(f"{number}:{day.isoformat()}" for number, day in sorted(found.items()))


def slips(found: Mapping[int, date], now: Iterable[tuple[int, str, date]]) -> list[Slip]:
    """Milestones that stand later than they did, the largest slip first; ``now``: number, name and day of each."""
    later = [Slip(number, name, found[number], day) for number, name, day in now if day > found[number]]
    return sorted(later, key=lambda slip: (-slip.days, slip.day, slip.id))
