"""Money in files of MS Project: rates in units an hour there, costs in hundredths; here all is the smallest unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from roadmap.costs.rules.amounts import LARGEST
from roadmap.costs.rules.entries import EARLIEST
from roadmap.exchange.rules.entry import Entry
from roadmap.exchange.rules.plan_file import CostSeed, RateSeed
from roadmap.exchange.rules.xml import Node, rows

_OPEN, _LAST = "1984-01-01T00:00:00", "2049-12-31T23:59:00"
"""From when and until when MS Project lets a rate count that has no other before or after it."""
_HUNDREDTH = 100
TAGS = frozenset(
    {
        *("Cost", "FixedCost", "ActualCost", "RemainingCost", "OvertimeCost", "ActualOvertimeCost", "BudgetCost"),
        *("RemainingOvertimeCost", "CostVariance", "ACWP", "BCWS", "BCWP", "CV", "SV", "VAC"),
        *("StandardRate", "OvertimeRate", "CostPerUse", "Rates", "DefaultStandardRate", "DefaultOvertimeRate"),
    }
)
"""What tells money, wherever it stands."""


def without(node: Mapping[str, Any]) -> Node:
    """What a file said, without its money: for somebody who may not see costs.

    >>> without({"Cost": "100", "Baseline": [{"Number": "0", "Cost": "7"}], "Contact": "Ana"})
    {'Baseline': [{'Number': '0'}], 'Contact': 'Ana'}
    """
    return {tag: _bare(value) for tag, value in node.items() if tag not in TAGS}


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return without(value)
    return [_bare(each) for each in value] if isinstance(value, list) else value


def cents(entry: Entry, tag: str, digits: int) -> int | None:
    """A cost in the smallest unit of a currency with so many ``digits``; None where it is not said or 0."""
    found = entry.number(tag, None)
    if not found:
        return None
    if abs(found) > LARGEST * _HUNDREDTH:
        entry.warn(f"{tag} is more than can be kept; it was left out.")
        return None
    return round(found * 10**digits / _HUNDREDTH) or None


def rates(entry: Entry, key: str, digits: int) -> list[RateSeed]:
    """What an hour of a resource costs and from which day on; nothing where every rate is 0."""
    table = [Entry(node, entry.where, entry.tell) for node in rows(entry.node, "Rates", "Rate")]
    first = [part for part in table if part.whole("RateTable") == 0]
    found = {_day(part.node.get("RatesFrom")): _rate(part, digits) for part in first} or {None: _rate(entry, digits)}
    return [RateSeed(key, day, rate) for day, rate in found.items()] if any(found.values()) else []


def _rate(part: Entry, digits: int) -> int:
    found = part.number("StandardRate", None) or 0.0
    if not 0 <= found <= LARGEST:
        part.warn("A rate is less than nothing or more than can be kept; it was left out.")
        return 0
    return round(found * float(10**digits))


def _day(value: object) -> date | None:
    """When a rate begins; None for one that counts from the first day."""
    try:
        day = date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None
    return day if day >= EARLIEST else None


def rates_out(found: Iterable[tuple[date, int]], kept: Mapping[str, Any], digits: int) -> Node:
    """The rates of a resource as MS Project writes them: the first one, and a table where there are several."""
    known, table = list(found), rows(dict(kept), "Rates", "Rate")
    if not known:
        free = [each for each in table if str(each.get("RateTable", "0")).strip() not in ("", "0") or not _paid(each)]
        return ({"StandardRate": "0"} if "StandardRate" in kept else {}) | ({"Rates": {"Rate": free}} if free else {})
    node: Node = {"StandardRate": _units(known[0][1], digits)}
    if len(known) == 1 and not table:
        return node
    others = [each for each in table if str(each.get("RateTable", "0")).strip() not in ("", "0")]
    return node | {"Rates": {"Rate": [*_table(known, table, digits), *others]}}


def _table(known: list[tuple[date, int]], table: list[Node], digits: int) -> Iterator[Node]:
    kept = {str(each.get("RatesFrom"))[:10]: each for each in table if str(each.get("RateTable", "0")).strip() == "0"}
    ends = [f"{day - timedelta(days=1)}T23:59:00" for day, _rate in known[1:]]
    for place, ((day, rate), end) in enumerate(zip(known, [*ends, _LAST], strict=True)):
        begin = f"{day}T00:00:00" if place else _OPEN
        said = {"RatesFrom": begin, "RatesTo": end, "RateTable": "0", "StandardRate": _units(rate, digits)}
        yield {"StandardRateFormat": "2", **kept.get(begin[:10], {}), **said}


def _paid(rate: Node) -> bool:
    return _number(rate.get("StandardRate")) != 0


def brought(assignment: Mapping[str, Any], kind: str, resource: Mapping[str, Any], units: float) -> float:
    """The hundredths that an assignment costs besides its hours: material, a cost resource, or each use of somebody."""
    if kind != "work":
        return _number(assignment.get("Cost"))
    return _number(resource.get("CostPerUse")) * units / 100


def _number(value: object) -> float:
    try:
        found = float(str(value))
    except ValueError:
        return 0.0
    return found if abs(found) <= LARGEST * _HUNDREDTH else 0.0


def brought_cents(
    assignment: Mapping[str, Any], kind: str, resource: Mapping[str, Any], units: float, digits: int
) -> int:
    """The same in the smallest unit."""
    return round(brought(assignment, kind, resource, units) * float(10**digits) / _HUNDREDTH)


def costs(entry: Entry, key: str, phase: str | None, name: str, digits: int, *, is_parent: bool) -> Iterator[CostSeed]:
    """What a row costs besides hours, and what was spent on it; that of a summary belongs to its phase."""
    fixed = cents(entry, "FixedCost", digits)
    if fixed is not None:
        yield CostSeed(name, fixed, row=None if is_parent else key, phase=phase if is_parent else None)
    spent = None if is_parent else cents(entry, "ActualCost", digits)
    if spent is not None:
        yield CostSeed(name, spent, row=key, spent=True)


def hundredths(amount: int | None, digits: int) -> str:
    """An amount as MS Project writes costs; nothing for None.

    >>> hundredths(12345, 2), hundredths(100, 0), hundredths(1005, 3), hundredths(None, 2)
    ('12345', '10000', '100.5', '')
    """
    return "" if amount is None else _plain(amount * _HUNDREDTH, digits)


def _units(amount: int, digits: int) -> str:
    return _plain(amount, digits)


def _plain(amount: int, digits: int) -> str:
    """A whole number of smallest units as units of the currency, without noughts at the end."""
    whole, rest = divmod(abs(amount), 10**digits)
    text = f"{whole}.{rest:0{digits}}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"-{text}" if amount < 0 else text
