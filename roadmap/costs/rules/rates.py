"""What an hour costs: rates of roles and of persons, each from a day on until the next one begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from kernel.errors import RuleBroken

HOUR = 60
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """Cents an hour of a role, or of one person, from a day on."""

    id: int
    role_id: int | None
    person_id: int | None
    first_day: date
    cents: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes that somebody worked on one day, on a task of a role."""

    phase_id: int | None
    role_id: int | None
    person_id: int | None
    day: date
    minutes: int
    task_id: int | None = None


class Prices(Protocol):
    """Whatever knows what an hour costs."""

    @property
    def known(self) -> bool:
        """Whether any hour has a price."""

    def on(self, day: date, role_id: int | None, person_id: int | None) -> int | None:
        """Cents an hour on a day; None where nobody has said."""

    def changes(self, role_id: int | None, person_id: int | None) -> Sequence[date]:
        """The days on which that may change, in order."""


class RateTable:
    """The rates of a project. A person's own rate goes before that of the role."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        """Sort the rates by whom they are for."""
        self._of: dict[tuple[int | None, int | None], list[Rate]] = {}
        for each in sorted(rates, key=lambda rate: rate.first_day):
            self._of.setdefault((each.role_id, each.person_id), []).append(each)

    @property
    def known(self) -> bool:
        """Whether there is any rate."""
        return bool(self._of)

    def on(self, day: date, role_id: int | None, person_id: int | None) -> int | None:
        """Cents an hour on a day; None where neither the person nor the role has a rate by then."""
        own = self._last(None, person_id, day) if person_id is not None else None
        found = own or (self._last(role_id, None, day) if role_id is not None else None)
        return None if found is None else found.cents

    def changes(self, role_id: int | None, person_id: int | None) -> Sequence[date]:
        """The days on which a rate of the person or the role begins, in order."""
        own = self._of.get((None, person_id), []) if person_id is not None else []
        of_role = self._of.get((role_id, None), []) if role_id is not None else []
        return sorted(each.first_day for each in (*own, *of_role))

    def _last(self, role_id: int | None, person_id: int | None, day: date) -> Rate | None:
        found = self._of.get((role_id, person_id), [])
        place = bisect_right([each.first_day for each in found], day)
        return found[place - 1] if place else None


class Flat:
    """Every hour counts sixty: so the same sums give minutes of work instead of money."""

    known = True

    def on(self, _day: date, _role_id: int | None, _person_id: int | None) -> int | None:
        """One a minute."""
        return HOUR

    def changes(self, _role_id: int | None, _person_id: int | None) -> Sequence[date]:
        """It never changes."""
        return ()


def price(minutes: int, cents: int) -> int:
    """What minutes cost at cents an hour, rounded half up to a whole cent.

    >>> price(90, 8500), price(1, 100)
    (12750, 2)
    """
    return (minutes * cents + HOUR // 2) // HOUR


def check_past(before: Prices, after: Prices, hours: Iterable[Hours], first_day: date, today: date) -> None:
    """Raise RuleBroken where a rate would give hours another price that a report may have shown already.

    Hours without a price so far may get one. The sentence names the earliest day from which nothing changes.
    """
    changed = [each.day for each in hours if each.day < today and _differs(before, after, each)]
    if changed:
        raise RuleBroken(
            "rate.past",
            "Hours up to %(last)s were reported at another rate. The earliest day for this one is %(earliest)s.",
            field="first_day",
            first=first_day.isoformat(),
            last=max(changed).isoformat(),
            earliest=(max(changed) + DAY).isoformat(),
        )


def _differs(before: Prices, after: Prices, hours: Hours) -> bool:
    was = before.on(hours.day, hours.role_id, hours.person_id)
    return was is not None and was != after.on(hours.day, hours.role_id, hours.person_id)
