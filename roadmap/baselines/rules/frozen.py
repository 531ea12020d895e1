"""A frozen plan: its name, its working time as text, and the digest that proves that it is unchanged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from kernel.errors import RuleBroken
from kernel.worktime import Calendar, Period, Periods, Week

NAME_LIMIT, NOTE_LIMIT = 120, 2000
HIGHEST_NUMBER = 10
"""Other programs number their baselines from 0 to 10."""


class Proof(StrEnum):
    """What can be said about a baseline: it is as it was frozen, somebody altered it, or nothing proves either."""

    VERIFIED = "verified"
    ALTERED = "altered"
    UNVERIFIED = "unverified"


class Frozen(NamedTuple):
    """What a task was planned to be: its dates, its duration and work in working minutes, its cost or None."""

    start: datetime
    finish: datetime
    duration_minutes: int
    work_minutes: int
    cost_cents: int | None


def check_name(name: str, taken: Iterable[str]) -> str:
    """The name on one line. Raises RuleBroken when it is missing, too long, or another baseline has it."""
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("baseline.name", "Give the baseline a name, such as “Kick-off”.", field="name")
    if len(name) > NAME_LIMIT:
        raise RuleBroken("baseline.name_long", "At most %(limit)s characters fit.", field="name", limit=NAME_LIMIT)
    if name.casefold() in {each.casefold() for each in taken}:
        text = "There is a baseline “%(name)s” already. A baseline is never changed: give this one another name."
        raise RuleBroken("baseline.name_taken", text, field="name", name=name)
    return name


def check_note(note: str) -> str:
    """Why it was taken. Raises RuleBroken when it is too long."""
    if len(note.strip()) > NOTE_LIMIT:
        raise RuleBroken("baseline.note_long", "At most %(limit)s characters fit.", field="note", limit=NOTE_LIMIT)
    return note.strip()


def written(calendar: Calendar) -> dict[str, Any]:
    """A calendar's working time as JSON keeps it, holidays as days.

    >>> from kernel.worktime import Period
    >>> written(Calendar(((Period(540, 1020),),) + ((),) * 6))["week"][:2]
    [[[540, 1020]], []]
    """
    week = [_pairs(periods) for periods in calendar.week]
    return {"week": week, "days": {day.isoformat(): _pairs(each) for day, each in sorted(calendar.exceptions.items())}}


def read_back(kept: Mapping[str, Any]) -> Calendar:
    """The calendar that `written` wrote."""
    week: Week = tuple(_periods(day) for day in kept["week"])  # type: ignore[assignment]  # seven days were written
    return Calendar(week, {date.fromisoformat(day): _periods(each) for day, each in kept["days"].items()})


def digest(rows: Iterable[tuple[Any, ...]]) -> str:
    """A fingerprint of frozen rows: the same rows give the same, a changed one gives another."""
    text = json.dumps([[_plain(value) for value in row] for row in rows], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def proof(rows: Collection[str], head: Mapping[str, Any], kept: Mapping[str, Any] | None, *, intact: bool) -> Proof:
    """Hold a baseline against the trail: ``kept`` is what that says of its head.

    ``rows`` are the digests of its rows by each way that baselines were ever sealed: which of them it has, the trail
    holds. ``intact`` says whether the trail's own entry is as it was sealed.

    >>> proof(["c3", "a1"], {"digest": "a1"}, {"digest": "a1"}, intact=True).value
    'verified'
    >>> proof(["b2"], {"digest": "a1"}, {"digest": "a1"}, intact=True).value
    'altered'
    >>> proof(["c3", "a1"], {"digest": "a1"}, {"digest": "c3"}, intact=True).value
    'altered'
    >>> proof(["a1"], {"digest": "a1"}, None, intact=False).value
    'unverified'
    """
    if kept is None:
        return Proof.UNVERIFIED if head["digest"] in rows else Proof.ALTERED
    same = head["digest"] in rows and all(kept.get(name) == value for name, value in head.items())
    return Proof.VERIFIED if same and intact else Proof.ALTERED


def _pairs(periods: Periods) -> list[list[int]]:
    return [[each.start, each.end] for each in periods]


def _periods(pairs: Iterable[Iterable[int]]) -> Periods:
    return tuple(Period(*pair) for pair in pairs)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
