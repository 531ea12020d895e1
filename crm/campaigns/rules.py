"""Members of campaigns and their figures: what each is, and when it is unknown rather than nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from crm.rates.rules import Total
from kernel.errors import RuleBroken

STATUSES: Mapping[str, str] = {
    "targeted": "Targeted",
    "sent": "Sent",
    "opened": "Opened",
    "clicked": "Clicked",
    "responded": "Responded",
}
"""How far a member came; each includes those before it."""
MOST = 5000
"""Members that one action adds or changes."""
COUNTS = ("reach", "impressions", "opens", "clicks")
LARGEST = 2_000_000_000
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Window:
    """Days from the first to the last, both included; None is open."""

    first: date | None = None
    last: date | None = None

    def instants(self, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
        """The same as moments: from the first, before the second."""
        start = datetime.combine(self.first, time(), zone) if self.first else None
        end = datetime.combine(self.last + timedelta(days=1), time(), zone) if self.last else None
        return start, end


@dataclass(frozen=True, slots=True)
class DayData:
    """Figures of a day; None is unknown."""

    day: date
    counts: Mapping[str, int | None]
    cost: Decimal | None
    proof: str = ""


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    """What a campaign cost and brought, in the base currency. None is unknown, never 0.

    ``members`` by the furthest status that they came to. Revenue: won deals that name the campaign, and those that name
    none and came of a lead that does; each deal whole and once. ``cost`` None: not entered, or hidden from the reader.
    """

    id: int
    name: str
    state: str
    members: Mapping[str, int] = field(default_factory=dict)
    reach: int | None = None
    impressions: int | None = None
    opens: int | None = None
    clicks: int | None = None
    cost: Total | None = None
    leads: int = 0
    conversions: int = 0
    won: int = 0
    revenue: Total = field(default_factory=Total)

    def reached(self, status: str) -> int:
        """How many members came at least so far."""
        order = list(STATUSES)
        return sum(self.members.get(each, 0) for each in order[order.index(status) :])

    @property
    def cost_known(self) -> Decimal | None:
        """The cost, where all of it is known in the base currency."""
        return self.cost.amount if self.cost is not None and self.cost.whole else None

    @property
    def cost_per_lead(self) -> Decimal | None:
        """Cost / leads; unknown without either."""
        if self.cost_known is None or not self.leads:
            return None
        return (self.cost_known / self.leads).quantize(CENT)

    @property
    def click_through(self) -> float | None:
        """Clicks / impressions in percent; unknown without either."""
        if self.clicks is None or not self.impressions:
            return None
        return 100 * self.clicks / self.impressions

    @property
    def conversion(self) -> float | None:
        """Leads that converted, in percent of all leads of the campaign."""
        return 100 * self.conversions / self.leads if self.leads else None

    @property
    def roi(self) -> float | None:
        """(revenue - cost) / cost in percent; unknown while the cost is 0 or missing or revenue lacks a rate."""
        if not self.cost_known or not self.revenue.whole:
            return None
        return float(100 * (self.revenue.amount - self.cost_known) / self.cost_known)


def further(now: str, wanted: str) -> str:
    """The further of two statuses: who clicked has opened, whatever is told later.

    >>> further("clicked", "sent"), further("sent", "opened")
    ('clicked', 'opened')
    """
    order = list(STATUSES)
    return max(now, wanted, key=order.index)


def check_status(status: str) -> str:
    """A status that there is. Raises RuleBroken."""
    if status not in STATUSES:
        raise RuleBroken("crm.member_status", "Choose targeted, sent, opened, clicked or responded.", field="status")
    return status


def check_many(count: int) -> None:
    """Raise RuleBroken for nothing at all, or more than one action does."""
    if not count:
        raise RuleBroken("crm.member_none", "Nobody was chosen.")
    if count > MOST:
        raise RuleBroken(
            "crm.member_many", "%(count)d are more than %(most)d at once. Choose fewer.", count=count, most=MOST
        )


def read_count(value: Any, key: str) -> int | None:
    """A whole number from a form or a file; nothing typed is unknown. Raises RuleBroken.

    >>> read_count(" 1200 ", "reach"), read_count("", "reach")
    (1200, None)
    """
    text = "" if value is None else str(value).strip()
    text = text.removesuffix(".0")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:12]) > LARGEST or len(text) > len(str(LARGEST)):
        raise RuleBroken(
            "crm.count", "“%(typed)s” is no count. Write a whole number like 1200.", field=key, typed=text[:40]
        )
    return int(text)


def check_day(data: DayData, today: date) -> None:
    """Raise RuleBroken for a day that has not come, or one about which nothing is said."""
    if data.day > today:
        raise RuleBroken("crm.day_ahead", "That day has not come yet.", field="day")
    if data.cost is None and all(value is None for value in data.counts.values()):
        raise RuleBroken("crm.day_empty", "Write at least one figure.", field="reach")
