"""Rules over several fields: what must not be so, as conditions that are joined, and the message that says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from crm.objects.rules.fields import BETWEEN, Kind

IS, IS_NOT, EMPTY, FILLED = "is", "is not", "empty", "filled"
ABOVE, BELOW, AT_LEAST, AT_MOST, CONTAINS = "above", "below", "at least", "at most", "contains"
COMPARATORS: Mapping[str, str] = {
    IS: "is",
    IS_NOT: "is not",
    EMPTY: "is empty",
    FILLED: "is filled in",
    ABOVE: "is more than",
    BELOW: "is less than",
    AT_LEAST: "is at least",
    AT_MOST: "is at most",
    CONTAINS: "contains",
}
"""How a value is compared, in words."""
ALONE = frozenset({EMPTY, FILLED})
"""What needs nothing to compare with."""
_OPPOSITE = {IS: IS_NOT, EMPTY: FILLED, ABOVE: AT_MOST, BELOW: AT_LEAST}
OPPOSITE: Mapping[str, str] = _OPPOSITE | {other: one for one, other in _OPPOSITE.items()}
_MIRRORED = {ABOVE: BELOW, BELOW: ABOVE, AT_LEAST: AT_MOST, AT_MOST: AT_LEAST}
ORDERED = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.DECIMAL, Kind.MONEY, Kind.DATE, Kind.MOMENT, Kind.TIME})
"""Kinds of which one value is more than another."""
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """A field compared with a value (typed), or with the ``other`` field."""

    field: str
    how: str
    value: Any = None
    other: str = ""

    def holds(self, values: Values) -> bool:
        """Whether it is so. Nothing is more or less than nothing.

        >>> Condition("amount", "above", Decimal(5)).holds({"amount": Decimal(7)})
        True
        """
        found = values.get(self.field)
        if self.how in ALONE:
            return _is_empty(found) is (self.how == EMPTY)
        wanted = values.get(self.other) if self.other else self.value
        if self.how == IS_NOT:
            return not _same(found, wanted)
        return not _is_empty(found) and not _is_empty(wanted) and _HOLDS[self.how](found, wanted)

    def opposite(self) -> Condition | None:
        """What holds exactly where this does not; None where no single condition says it, as it may be empty, too."""
        exact = self.how in ALONE or (self.how in (IS, IS_NOT) and not self.other)
        return replace(self, how=OPPOSITE[self.how]) if exact else None


@dataclass(frozen=True, slots=True)
class Check:
    """A record is refused with ``message`` where all of the conditions hold, or ``any`` of them."""

    id: int
    name: str
    message: str
    any: bool
    conditions: tuple[Condition, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The keys of all fields that it looks at."""
        return frozenset(key for each in self.conditions for key in (each.field, each.other) if key)

    def refuses(self, values: Values) -> bool:
        """Whether a record with these values is refused."""
        found = (each.holds(values) for each in self.conditions)
        return any(found) if self.any else all(found)


def broken(checks: Iterable[Check], values: Values, before: Values | None) -> Check | None:
    """The first rule that a record breaks; one that it broken before, by fields that stay as they are, is none."""
    for each in checks:
        if each.refuses(values):
            untouched = before is not None and all(before.get(key) == values.get(key) for key in each.fields)
            if not untouched:
                return each
    return None


def never(conditions: Iterable[Condition]) -> bool:
    """Whether conditions can never hold together.

    >>> never([Condition("a", "above", 5), Condition("a", "below", 3)])
    True
    >>> never([Condition("a", "above", 5), Condition("b", "below", 3)])
    False
    """
    known = list(conditions)
    return any(_impossible(each) for each in known) or any(_contradict(*each) for each in combinations(known, 2))


def always(conditions: Iterable[Condition]) -> bool:
    """Whether one of some conditions always holds, so that no record could be kept."""
    opposites = [each.opposite() for each in conditions]
    return never(each for each in opposites if each is not None)


def _impossible(one: Condition) -> bool:
    return bool(one.other) and one.other == one.field and one.how in (IS_NOT, ABOVE, BELOW)


def _contradict(one: Condition, two: Condition) -> bool:
    if one.other and one.other == two.field and two.other == one.field:
        two = Condition(one.field, _MIRRORED.get(two.how, two.how), None, one.other)
    if one.field != two.field or (one.other != two.other and not {one.how, two.how} & ALONE):
        return False
    hows = {one.how, two.how}
    if EMPTY in hows:
        return bool(hows - {EMPTY, IS_NOT})
    if one.other or FILLED in hows:
        return OPPOSITE.get(one.how) == two.how or (hows <= {ABOVE, BELOW, IS} and len(hows) > 1)
    return _values_contradict(one, two)


def _values_contradict(one: Condition, two: Condition) -> bool:
    """Two comparisons of one field with values: an exact one is tried against the other, two bounds against each
    other.
    """
    for exact, other in ((one, two), (two, one)):
        if exact.how == IS:
            return not other.holds({exact.field: exact.value})
    low = next((each for each in (one, two) if each.how in (ABOVE, AT_LEAST)), None)
    high = next((each for each in (one, two) if each.how in (BELOW, AT_MOST)), None)
    if low is None or high is None:
        return False
    apart = low.value > high.value
    return bool(apart or (low.value == high.value and (low.how == ABOVE or high.how == BELOW)))


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value is False


def _same(one: Any, other: Any) -> bool:
    if _is_empty(one) or _is_empty(other):
        return _is_empty(one) and _is_empty(other)
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return bool(one == other)


def _contains(one: Any, other: Any) -> bool:
    if BETWEEN in str(one) and str(other) in str(one).split(BETWEEN):
        return True
    return str(other).casefold() in str(one).casefold()


_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    IS: _same,
    ABOVE: lambda one, other: bool(one > other),
    BELOW: lambda one, other: bool(one < other),
    AT_LEAST: lambda one, other: bool(one >= other),
    AT_MOST: lambda one, other: bool(one <= other),
    CONTAINS: _contains,
}


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return str(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value
