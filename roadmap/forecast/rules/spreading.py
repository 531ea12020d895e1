"""Estimates for many tasks at once, from their durations and a rule such as -10 % / +30 %."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.errors import RuleBroken

LOWEST, HIGHEST = 95, 500
"""Percent below and above the duration that a rule may say."""


@dataclass(frozen=True, slots=True)
class Row:
    """A task as a rule finds it: its duration and its estimate of three points in working minutes, or None."""

    id: int
    name: str
    duration: int
    before: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Spread:
    """What a rule makes of a task."""

    row: Row
    after: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class SpreadRule:
    """Percent below and above the duration; ``every`` task, or only those without an estimate."""

    below: int = 10
    above: int = 30
    every: bool = False

    def check(self) -> None:
        """Raise RuleBroken for what is no rule."""
        if not 0 <= self.below <= LOWEST:
            text = "The best case lies between 0 and %(most)s %% below the duration."
            raise RuleBroken("forecast.below", text, field="below", most=LOWEST)
        if not 0 <= self.above <= HIGHEST:
            text = "The worst case lies between 0 and %(most)s %% above the duration."
            raise RuleBroken("forecast.above", text, field="above", most=HIGHEST)


def spread_over(rows: Iterable[Row], rule: SpreadRule) -> list[Spread]:
    """What a rule changes; tasks without a duration have nothing to spread. Raises RuleBroken for a bad rule.

    >>> spread_over([Row(1, "Train", 4800, None)], SpreadRule(10, 30))[0].after
    (4320, 4800, 6240)
    """
    rule.check()
    found = []
    for row in rows:
        after = (
            round(row.duration * (100 - rule.below) / 100),
            row.duration,
            round(row.duration * (100 + rule.above) / 100),
        )
        if row.duration and after != row.before and (rule.every or row.before is None):
            found.append(Spread(row, after))
    return found
