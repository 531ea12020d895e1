"""What the products of a deal add up to, whose part is what, and how long a deal stayed where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from kernel.errors import RuleBroken

PARTS: Mapping[str, str] = {
    "decides": "Decides",
    "procurement": "Procurement",
    "influences": "Influences",
    "uses": "Will use it",
    "supports": "Supports us",
    "blocks": "Is against it",
}
"""What somebody has to do with a deal."""
CENT = Decimal("0.01")
WHOLE, NAME_LIMIT, MOST = 100, 200, 200
LARGEST = Decimal(10**12)


@dataclass(frozen=True, slots=True)
class LineData:
    """A product in a deal; ``discount`` in percent."""

    product_id: int | None
    name: str
    quantity: Decimal
    price: Decimal
    discount: int = 0

    @property
    def total(self) -> Decimal:
        """Quantity times price less the discount, rounded to the cent, half a cent up.

        >>> LineData(None, "Cell", Decimal(3), Decimal("9.99"), 10).total
        Decimal('26.97')
        """
        return (self.quantity * self.price * (WHOLE - self.discount) / WHOLE).quantize(CENT, ROUND_HALF_UP)


def total(lines: Iterable[LineData]) -> Decimal:
    """What the lines add up to."""
    return sum((each.total for each in lines), Decimal(0))


def follows(amount: Decimal | None, lines: Sequence[LineData]) -> bool:
    """Whether a deal's amount follows its lines: it is what they add up to, or neither is there yet.

    >>> follows(None, []), follows(Decimal(5), []), follows(Decimal(0), [])
    (True, False, False)
    """
    return amount is None if not lines else amount == total(lines)


def check(line: LineData) -> LineData:
    """A line that may be kept. Raises RuleBroken."""
    name = " ".join(line.name.split())
    if not name or len(name) > NAME_LIMIT:
        raise RuleBroken("crm.line_name", "Choose a product, or write a name.", field="name")
    if not 0 < line.quantity <= LARGEST:
        raise RuleBroken("crm.line_quantity", "Write a quantity above 0.", field="quantity")
    if not 0 <= line.discount <= WHOLE:
        raise RuleBroken("crm.line_discount", "A discount is 0 to 100 percent.", field="discount")
    if line.total > LARGEST:
        raise RuleBroken("crm.line_large", "That is more than can be kept.", field="price")
    return LineData(line.product_id, name, line.quantity, line.price, line.discount)


def check_part(part: str) -> str:
    """A part that there is, or none. Raises RuleBroken."""
    if part and part not in PARTS:
        raise RuleBroken("crm.part", "Choose what they have to do with the deal.", field="part")
    return part


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a deal was in a stage; ``back``: it came from a later one. The last one is not over."""

    stage_id: int
    since: datetime
    until: datetime | None
    person_id: int | None
    back: bool

    def days(self, now: datetime) -> int:
        """Whole days, those of the stage that it is in until now."""
        return max(((self.until or now) - self.since).days, 0)


def stays(changes: Sequence[tuple[int, datetime, int | None]], order: Mapping[int, int]) -> list[Stay]:
    """The stages that a deal went through, from its changes (stage, when, by whom) in their order."""
    found = []
    for place, (stage_id, since, person_id) in enumerate(changes):
        until = changes[place + 1][1] if place + 1 < len(changes) else None
        back = place > 0 and order.get(stage_id, 0) < order.get(changes[place - 1][0], 0)
        found.append(Stay(stage_id, since, until, person_id, back))
    return found
