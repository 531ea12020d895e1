"""Effort: work = duration x units, and which of the three gives way when one of the others changes.

The task says which stays ("fixed"); an effort-driven task keeps its work when somebody joins or leaves. These are the
rules that planning programs share since the first of them (MS Project's task types).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kernel.errors import RuleBroken
from roadmap.staffing.rules import MOST_UNITS

FULL = 100.0
"""A full day of one person, in percent."""


class Fixed(StrEnum):
    """What of a task stays as it is."""

    UNITS = "units"
    DURATION = "duration"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Booking:
    """Somebody on a task: ``units`` percent of a full day, ``work`` in minutes."""

    key: int
    units: float
    work: int


@dataclass(frozen=True, slots=True)
class Effort:
    """A task's duration in working minutes and who is on it; ``unbooked`` is work that nobody is on yet.

    >>> crew = Effort(2400, (Booking(1, 50.0, 1200),), Fixed.UNITS)
    >>> crew.work, resized(crew, 4800).work
    (1200, 2400)
    """

    minutes: int
    bookings: tuple[Booking, ...] = ()
    fixed: Fixed = Fixed.DURATION
    driven: bool = False
    unbooked: int | None = None

    @property
    def work(self) -> int | None:
        """The work of all, in minutes; None where nobody is on the task and nobody has said."""
        return sum(each.work for each in self.bookings) if self.bookings else self.unbooked

    @property
    def keeps_work(self) -> bool:
        """Whether the work stays when somebody joins or leaves."""
        return self.driven or self.fixed is Fixed.WORK


def check_units(units: float) -> None:
    """Raise RuleBroken for a share of a day with which no work gets done, or that nobody has."""
    if not 0 < units <= MOST_UNITS:
        raise RuleBroken(
            "assignment.units",
            "%(units)s %% of a day is not possible. Give more than 0 and at most %(most)s %%; 100 %% is one person.",
            field="units",
            units=f"{units:g}",
            most=f"{MOST_UNITS:g}",
        )


def joined(effort: Effort, key: int, units: float) -> Effort:
    """Somebody joins. Where the work stays, all share it by their units; else theirs comes on top.

    >>> crew = Effort(2400, (Booking(1, 100.0, 2400),), Fixed.UNITS, driven=True)
    >>> joined(crew, 2, 100.0).minutes
    1200
    """
    check_units(units)
    if not effort.bookings and effort.unbooked is not None:
        first = replace(effort, bookings=(Booking(key, units, effort.unbooked),), unbooked=None)
        return _fitted(first)
    work = round(effort.minutes * units / FULL)
    grown = replace(effort, bookings=(*effort.bookings, Booking(key, units, work)), unbooked=None)
    if not effort.bookings or not effort.keeps_work:
        return grown
    return _fitted(_shared(grown, effort.work or 0))


def left(effort: Effort, key: int) -> Effort:
    """Somebody leaves. Where the work stays, the others take it over; with nobody left it waits for somebody."""
    others = tuple(each for each in effort.bookings if each.key != key)
    if not others:
        return replace(effort, bookings=(), unbooked=effort.work)
    rest = replace(effort, bookings=others)
    return _fitted(_shared(rest, effort.work or 0) if effort.keeps_work else rest)


def with_units(effort: Effort, key: int, units: float) -> Effort:
    """Somebody gives another share of their day: the duration follows, or the work where the duration is fixed."""
    check_units(units)
    changed = _each(effort, lambda each: replace(each, units=units) if each.key == key else each)
    if effort.fixed is Fixed.DURATION:
        work = round(effort.minutes * units / FULL)
        return _each(changed, lambda each: replace(each, work=work) if each.key == key else each)
    return _stretched(changed)


def with_work(effort: Effort, key: int, work: int) -> Effort:
    """Somebody has more or less to do: the duration follows, or the units where the duration is fixed."""
    check_work(work)
    changed = _each(effort, lambda each: replace(each, work=work) if each.key == key else each)
    return _fitted(changed)


def with_total(effort: Effort, work: int) -> Effort:
    """All of the work becomes more or less; everybody's share of it stays."""
    check_work(work)
    if not effort.bookings:
        return replace(effort, unbooked=work)
    before = effort.work
    if not before:
        return _fitted(_shared(effort, work))
    parts = _parts([each.work for each in effort.bookings], work)
    bookings = tuple(replace(each, work=part) for each, part in zip(effort.bookings, parts, strict=True))
    return _fitted(replace(effort, bookings=bookings))


def resized(effort: Effort, minutes: int) -> Effort:
    """The task takes longer or shorter: the work follows, or the units where the work is fixed."""
    changed = replace(effort, minutes=minutes)
    if effort.fixed is Fixed.WORK:
        return _matched(changed)
    if not effort.minutes:
        return _each(changed, lambda each: replace(each, work=round(minutes * each.units / FULL)))
    return _each(changed, lambda each: replace(each, work=round(each.work * minutes / effort.minutes)))


def check_work(work: int) -> None:
    """Raise RuleBroken for less than no work."""
    if work < 0:
        raise RuleBroken("assignment.work", "Work can't be less than nothing. Give 0 or more.", field="work_minutes")


def _fitted(effort: Effort) -> Effort:
    """What gives way once the work is settled: the units where the duration is fixed, else the duration."""
    return _matched(effort) if effort.fixed is Fixed.DURATION else _stretched(effort)


def _stretched(effort: Effort) -> Effort:
    """The duration that the slowest of them needs."""
    needed = [round(each.work * FULL / each.units) for each in effort.bookings]
    return replace(effort, minutes=max(needed, default=effort.minutes))


def _matched(effort: Effort) -> Effort:
    """The units with which everybody is done in the duration; without a duration there is nothing to match."""
    if not effort.minutes:
        return effort
    return _each(effort, lambda each: replace(each, units=_units(each, effort.minutes)))


def _units(each: Booking, minutes: int) -> float:
    """Never none: whoever has nothing to do keeps the share that they had."""
    return round(each.work * FULL / minutes, 4) or each.units


def _shared(effort: Effort, work: int) -> Effort:
    """The work, shared among all by their units."""
    parts = _parts([each.units for each in effort.bookings], work)
    bookings = tuple(replace(each, work=part) for each, part in zip(effort.bookings, parts, strict=True))
    return replace(effort, bookings=bookings)


def _parts(weights: Sequence[float], total: int) -> list[int]:
    """Whole parts by weight that add up to the total: what rounding leaves goes to the last."""
    parts = [round(total * weight / sum(weights)) for weight in weights]
    parts[-1] += total - sum(parts)
    return parts


def _each(effort: Effort, change: Callable[[Booking], Booking]) -> Effort:
    return replace(effort, bookings=tuple(change(each) for each in effort.bookings))
