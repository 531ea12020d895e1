"""What a risk and a response hold, and which values make sense."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kernel.errors import RuleBroken

TITLE_LIMIT, TEXT_LIMIT, CATEGORY_LIMIT = 300, 20_000, 80
LATEST = date(2199, 12, 31)
MOST_DAYS, MOST_COST = 1_000, 1_000_000_000
LARGEST_APPETITE = 10_000


@dataclass(frozen=True, slots=True)
class RiskData:
    """What is written down about a risk. Days are working days that it would cost, costs whole units of money."""

    title: str
    description: str = ""
    cause: str = ""
    effect: str = ""
    category: str = ""
    phase_id: int | None = None
    owner_id: int | None = None
    trigger: str = ""
    probability: int | None = None
    impact: int | None = None
    target_probability: int | None = None
    target_impact: int | None = None
    review_on: date | None = None
    chance: int | None = None
    days_low: float | None = None
    days_high: float | None = None
    cost_low: int | None = None
    cost_high: int | None = None


@dataclass(frozen=True, slots=True)
class ResponseData:
    """What is to be done about a risk, by whom, by when."""

    kind: str
    text: str
    owner_id: int | None = None
    due: date | None = None


def check_title(title: str) -> str:
    """The title as it is kept. Raises RuleBroken for none and for one that is too long."""
    cleaned = " ".join(title.split())
    if not cleaned:
        raise RuleBroken("risk.title", "Say what may happen.", field="title")
    return check_text(cleaned, "title", TITLE_LIMIT)


def check_text(text: str, field: str, limit: int = TEXT_LIMIT) -> str:
    """A text as it is kept. Raises RuleBroken when it is too long."""
    if len(text) > limit:
        raise RuleBroken(
            "risk.text_long",
            "The text has %(length)s characters; at most %(limit)s fit.",
            field=field,
            length=len(text),
            limit=limit,
        )
    return text.strip()


def check_due(day: date | None, start: date, field: str = "due") -> None:
    """Raise RuleBroken for a day before the project's start, or beyond what a calendar holds."""
    if day is not None and day < start:
        raise RuleBroken(
            "risk.day_early",
            "The day lies before the start of the roll-out, %(start)s. Give a later one.",
            field=field,
            start=start.isoformat(),
        )
    if day is not None and day > LATEST:
        raise RuleBroken("risk.day_far", "Give a day before the year 2200.", field=field)


def check_owner(owner_id: int | None, people: Iterable[int]) -> None:
    """Raise RuleBroken for somebody who has no part in the project; ``people`` are those who have."""
    if owner_id is not None and owner_id not in set(people):
        raise RuleBroken("risk.owner", "Choose somebody of this project's team.", field="owner_id")


def check_chance(chance: int | None) -> None:
    """Raise RuleBroken for a chance that is none: percent run from 0 to 100."""
    if chance is not None and not 0 <= chance <= 100:  # percent
        raise RuleBroken("risk.chance", "A chance runs from 0 to 100 %%.", field="chance")


def check_range(low: float | None, high: float | None, most: float, field: str) -> None:
    """Raise RuleBroken for half a range, one below zero or out of reason, and one that runs backwards."""
    if (low is None) != (high is None):
        raise RuleBroken("risk.range_half", "Give both ends of the range, or neither.", field=field)
    if low is None or high is None:
        return
    if not 0 <= low <= most or not 0 <= high <= most:
        raise RuleBroken("risk.range", "The range runs from 0 to at most %(most)s.", field=field, most=f"{most:,.0f}")
    if low > high:
        raise RuleBroken("risk.range_order", "The range runs from the smaller value to the larger.", field=field)


def check_appetite(limit: int | None) -> int:
    """The exposure that a project bears. Raises RuleBroken for none, and for one that is out of reason."""
    if limit is None or not 0 <= limit <= LARGEST_APPETITE:
        raise RuleBroken(
            "risk.appetite", "The appetite runs from 0 to %(most)s points.", field="appetite", most=LARGEST_APPETITE
        )
    return limit


def range_text(low: float | None, high: float | None, unit: str = "d") -> str:
    """A range in a few signs; empty where none was given.

    >>> range_text(5.0, 9.0), range_text(2, 2), range_text(0.5, 1), range_text(None, None)
    ('5–9 d', '2 d', '0.5–1 d', '')
    """
    if low is None or high is None:
        return ""
    return f"{low:g} {unit}" if low == high else f"{low:g}–{high:g} {unit}"
