"""What the address of a dashboard may say: a period, a team, a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from crm.dashboards.queries import Choice
from crm.dashboards.rules.periods import Period, period
from kernel.errors import RuleBroken

_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to look at; ``problem`` says what of it made no sense and was left out."""

    period: Period
    choice: Choice
    problem: RuleBroken | None = None


def asked(sent: Mapping[str, str], today: date, teams: frozenset[int], people: frozenset[int]) -> Asked:
    """The wish of an address. A team or a person whose figures one can't choose is left out, like one not there."""
    team, person = _number(sent.get("team", "")), _number(sent.get("person", ""))
    choice = Choice(team if team in teams else None, person if person in people else None)
    try:
        since, until = _day(sent.get("since", ""), "since"), _day(sent.get("until", ""), "until")
        return Asked(period(sent.get("period", ""), today, since, until), choice)
    except RuleBroken as problem:
        return Asked(period("", today), choice, problem)


def _day(text: str, field: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise RuleBroken("dashboards.day", "Write the day as 2026-03-03.", field=field) from error


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
