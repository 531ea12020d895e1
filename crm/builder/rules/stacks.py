"""Bars in parts: a group cut by the second group, where both are parts of one whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

MOST = 4
"""So many parts have a colour of their own; all others share one."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its colour (0 is that of all others), where it begins and how wide it is, in percent."""

    colour: int
    start: float
    width: float
    value: Decimal


def chief(totals: Mapping[str, Decimal | None]) -> dict[str, int]:
    """The colours of the largest groups, by their keys, in the order in which they come.

    >>> chief({"a": Decimal(1), "b": Decimal(5), "c": None, "d": Decimal(2), "e": Decimal(3)})
    {'a': 1, 'b': 2, 'd': 3, 'e': 4}
    """
    largest = set(sorted(totals, key=lambda each: -(totals[each] or Decimal(0)))[:MOST])
    return {key: at for at, key in enumerate((each for each in totals if each in largest), start=1)}


def by_colour(values: Mapping[str, Decimal | None], colours: Mapping[str, int], colour: int) -> Decimal | None:
    """What the groups of one colour come to; unknown where nothing is known of any.

    >>> found = {"a": Decimal(1), "b": Decimal(5), "c": Decimal(2), "d": None}
    >>> by_colour(found, {"b": 1, "d": 2}, 0), by_colour(found, {"b": 1, "d": 2}, 2)
    (Decimal('3'), None)
    """
    known = [value for key, value in values.items() if colours.get(key, 0) == colour and value is not None]
    return sum(known, Decimal(0)) if known else None


def parts(bars: Sequence[Mapping[str, Decimal | None]], colours: Mapping[str, int]) -> list[list[Part]]:
    """The parts of each bar side by side in the order of their colours, all others last; nothing has no width.

    >>> (one,) = parts([{"a": Decimal(1), "b": Decimal(3)}], {"b": 1})
    >>> [(each.colour, each.start, each.width) for each in one]
    [(1, 0.0, 75.0), (0, 75.0, 25.0)]
    """
    sums = [_by_colour(each, colours) for each in bars]
    longest = max((sum(each.values()) for each in sums), default=0)
    return [_parts(each, Decimal(longest)) for each in sums]


def _by_colour(values: Mapping[str, Decimal | None], colours: Mapping[str, int]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for key, value in values.items():
        colour = colours.get(key, 0)
        found[colour] = found.get(colour, Decimal(0)) + max(value or Decimal(0), Decimal(0))
    return found


def _parts(sums: Mapping[int, Decimal], longest: Decimal) -> list[Part]:
    found: list[Part] = []
    start = 0.0
    for colour in sorted(sums, key=lambda each: each or MOST + 1):
        width = float(100 * sums[colour] / longest) if longest else 0.0
        if width:
            found.append(Part(colour, start, width, sums[colour]))
            start += width
    return found
