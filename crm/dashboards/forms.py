"""What the address of a dashboard may say: a period, a team, a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from crm.counts.rules.periods import Period, period, read_period
from crm.dashboards.queries import Choice
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
        return Asked(read_period(sent, today), choice)
    except RuleBroken as problem:
        return Asked(period("", today), choice, problem)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
