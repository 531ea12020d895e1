"""Costs and the baseline as the columns of a sheet say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.worktime import Calendar
from roadmap.baselines.rules.frozen import Frozen
from roadmap.costs.rules import amounts
from roadmap.exchange.rules.plan_file import BaselineSeed, CostSeed, Issue
from roadmap.tasks.rules.fields import LONGEST

NAME = "Baseline"


def amount(raw: Any, text: str, currency: str) -> int | None:
    """An amount of a cell in the smallest unit; a typed number is in units of the currency. Raises RuleBroken."""
    if not text:
        return None
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and abs(raw) <= amounts.LARGEST:
        return round(raw * float(10 ** amounts.digits_of(currency)))
    sign = -1 if text.startswith("-") else 1
    return sign * amounts.parse(text.removeprefix("-"), currency)


def costs(rows: list[Any], parents: Mapping[str, str | None]) -> Iterator[CostSeed]:
    """What tasks cost and have cost; summaries add up what stands below them."""
    holders = set(parents.values())
    for row in rows:
        for name, spent in (("cost", False), ("actual_cost", True)):
            if row.money.get(name) and row.key not in holders:
                yield CostSeed(row.name[:200], row.money[name], row=row.key, spent=spent)


def sums_that_differ(rows: list[Any], parents: Mapping[str, str | None]) -> Iterator[Issue]:
    """What summaries say that is not the sum of what stands below them."""
    holders = set(parents.values())
    for name in ("cost", "actual_cost"):
        sums: dict[str | None, int] = {}
        for row in reversed(rows):
            own = sums.get(row.key, 0) if row.key in holders else row.money.get(name) or 0
            sums[parents[row.key]] = sums.get(parents[row.key], 0) + own
            if row.key in holders and row.money.get(name) not in (None, own):
                what = f"The {name.replace('_', ' ')} of a summary is that of its tasks together; its own was left out."
                yield Issue(f"row {row.number}", what)


def baseline(rows: list[Any], calendar: Calendar) -> tuple[BaselineSeed, ...]:
    """The baseline of the rows that have its dates: working time between them stands for its work."""
    found: dict[str, Frozen] = {}
    for row in rows:
        start, finish = row.frozen.get("baseline_start"), row.frozen.get("baseline_finish")
        if start is not None and finish is not None and start <= finish:
            minutes = min(calendar.between(start, finish), LONGEST)
            found[row.key] = Frozen(start, finish, minutes, minutes, row.money.get("baseline_cost"))
    return (BaselineSeed(NAME, found, reference=True),) if found else ()
