"""What one action would do to one record, and the choices that need no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from crm.automation.rules.parts import Do

PERSON, TEAM, ROLE = "person", "team", "role"


@dataclass(frozen=True, slots=True)
class Step:
    """What an action does to a record: ``what`` in words, ``why`` it is left undone (nothing: it is done).

    ``values`` are written to the record ``target`` (object and number); ``extra`` is what other actions need.
    ``idle``: it is so already, and nothing worth a word was left undone.
    """

    do: Do
    record_id: int
    what: str = ""
    why: str = ""
    target: tuple[str, int] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    idle: bool = False

    def kept(self) -> dict[str, str]:
        """As the log holds it."""
        return {"do": self.do.value, "what": self.what[:200], "why": self.why[:200]}


class Foreseen:
    """A record as it will be once the steps before are done."""

    def __init__(self, record: Any, changed: Mapping[str, Any]) -> None:
        """Lay the changed values over the record."""
        self._record, self._changed = record, changed

    def __getattr__(self, name: str) -> Any:
        """A value: the one that is to come, else the one that is there."""
        return self._changed[name] if name in self._changed else getattr(self._record, name)


def split(to: str) -> tuple[str, str]:
    """Whom an action names: a person, a team or a role.

    >>> split("team:3"), split("owner")
    (('team', '3'), ('owner', ''))
    """
    kind, _colon, key = to.partition(":")
    return kind, key


def next_of(people: Sequence[int], last: int | None) -> int:
    """Whose turn it is after somebody.

    >>> next_of([4, 7, 9], 7), next_of([4, 7, 9], 9), next_of([4, 7, 9], None), next_of([4, 9], 7)
    (9, 4, 4, 9)
    """
    return next((each for each in people if last is not None and each > last), people[0])


def least(people: Sequence[int], load: Mapping[int, int]) -> int:
    """Who has the least; of those who have as little as each other the first.

    >>> least([4, 7, 9], {4: 2, 9: 1})
    7
    """
    return min(people, key=lambda each: (load.get(each, 0), each))


def relative_day(text: str, today: date) -> date:
    """A day as an action names it: so many days from today ("+3"), or the day itself.

    >>> relative_day("+3", date(2026, 2, 18)), relative_day("2026-03-01", date(2026, 2, 18))
    (datetime.date(2026, 2, 21), datetime.date(2026, 3, 1))
    """
    if text[:1] in ("+", "-"):
        return today + timedelta(days=int(text))
    return date.fromisoformat(text)


def working_days_later(day: date, days: int) -> date:
    """So many days from Monday to Friday later; on a weekend it begins with Monday.

    >>> working_days_later(date(2026, 2, 20), 1), working_days_later(date(2026, 2, 18), 0)
    (datetime.date(2026, 2, 23), datetime.date(2026, 2, 18))
    """
    found = day
    while days or found.weekday() > 4:
        found += timedelta(days=1)
        if found.weekday() < 5 and days:
            days -= 1
    return found
