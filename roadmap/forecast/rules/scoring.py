"""How good kept forecasts were, once what they forecast has happened.

Hit rate of P50 and P80: how often it came by that moment; a good forecaster has 50 and 80 percent. Brier score (Brier
1950): the mean of (chance - what happened, 1 or 0)², 0 is perfect, 0.25 is a coin. Pinball loss (Koenker and Bassett
1978): working days beside the quantile, those on its wrong side weighing 0.5 to 0.5 for P50 and 0.8 to 0.2 for P80.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kernel.worktime import Calendar
from roadmap.forecast.rules.model import DAY_MINUTES

LEAST = 10
"""With fewer forecasts nobody can tell a good forecaster from a lucky one."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A milestone that a forecast of ``day`` foresaw, and the moment at which it was reached."""

    task: int
    name: str
    day: date
    p50: datetime
    p80: datetime
    target: date | None
    chance: float | None
    reached: datetime

    @property
    def by_p50(self) -> bool:
        """Whether it came by P50."""
        return self.reached <= self.p50

    @property
    def by_p80(self) -> bool:
        """Whether it came by P80."""
        return self.reached <= self.p80


@dataclass(frozen=True, slots=True)
class Score:
    """Of ``n`` forecasts; ``brier`` is None where none had a target. Pinball losses are in working days."""

    n: int
    hits_p50: int
    hits_p80: int
    brier: float | None
    brier_n: int
    pinball_p50: float
    pinball_p80: float


def score(found: Sequence[Settled], calendar: Calendar) -> Score | None:
    """Score forecasts against what happened; None while nothing has."""
    if not found:
        return None
    chances = [
        (each.chance, each.reached.date() <= each.target)
        for each in found
        if each.chance is not None and each.target is not None
    ]
    return Score(
        n=len(found),
        hits_p50=sum(each.by_p50 for each in found),
        hits_p80=sum(each.by_p80 for each in found),
        brier=sum((chance - kept) ** 2 for chance, kept in chances) / len(chances) if chances else None,
        brier_n=len(chances),
        pinball_p50=sum(pinball(each.p50, each.reached, 0.5, calendar) for each in found) / len(found),
        pinball_p80=sum(pinball(each.p80, each.reached, 0.8, calendar) for each in found) / len(found),
    )


def pinball(said: datetime, reached: datetime, share: float, calendar: Calendar) -> float:
    """The loss of one quantile in working days: later than said weighs ``share``, earlier the rest."""
    days = calendar.between(said, reached) / DAY_MINUTES
    return share * days if days > 0 else (share - 1) * days
