"""The dashboards: which figures each shows, and what it draws. A dashboard is a row in a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crm.objects.rules.catalogue import Module
from kernel.errors import NotFound


class Shape(StrEnum):
    """How a panel is drawn: a line by ISO week, ranked bars by segment, or a funnel of several figures."""

    WEEKS = "weeks"
    BARS = "bars"
    FUNNEL = "funnel"


class Part(StrEnum):
    """Which side of a figure a panel draws: its value, or the number that it is counted from."""

    VALUE = "value"
    N = "n"


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing: the figures (keys of KPIs) that it is made of, and by which segment."""

    title: str
    shape: Shape
    keys: tuple[str, ...]
    by: str = ""
    part: Part = Part.VALUE


@dataclass(frozen=True, slots=True)
class Table:
    """Several figures (keys of KPIs) beside each other, a row a segment."""

    title: str
    by: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard: its figures (keys of KPIs), the first of which is its answer, and its panels.

    It is there while any of its ``modules`` is on. ``campaigns``: it ends with the campaigns one by one.
    """

    key: str
    label: str
    figures: tuple[str, ...]
    panels: tuple[Panel, ...]
    modules: frozenset[Module]
    campaigns: bool = False
    tables: tuple[Table, ...] = ()


_SERVED = ("tickets", "open-tickets", "first-response", "resolution", "sla-met", "fcr")
"""The figures by which agents, queues and categories are told apart."""
_TABLE = (
    Board(
        "sales",
        "Sales performance",
        ("revenue", "win-rate", "deal-size", "sales-cycle", "pipeline", "weighted-pipeline"),
        (
            Panel("Revenue by week", Shape.WEEKS, ("revenue",)),
            Panel("Pipeline by stage", Shape.BARS, ("pipeline",), "stage_id"),
            Panel("Revenue by owner", Shape.BARS, ("revenue",), "owner_id"),
            Panel("Revenue by product line", Shape.BARS, ("revenue",), "product_line"),
            Panel("Win rate by source", Shape.BARS, ("win-rate",), "source"),
            Panel("Win rate by week", Shape.WEEKS, ("win-rate",)),
        ),
        frozenset({Module.SALES}),
    ),
    Board(
        "leads",
        "Lead generation",
        ("mql", "sql", "lead-conversion", "cost-per-lead"),
        (
            Panel("From lead to customer", Shape.FUNNEL, ("lead-conversion", "mql", "sql")),
            Panel("New leads by week", Shape.WEEKS, ("lead-conversion",), part=Part.N),
            Panel("New leads by source", Shape.BARS, ("lead-conversion",), "source", Part.N),
            Panel("Conversion by source", Shape.BARS, ("lead-conversion",), "source"),
            Panel("Conversion by region", Shape.BARS, ("lead-conversion",), "region"),
            Panel("Conversion by week", Shape.WEEKS, ("lead-conversion",)),
        ),
        frozenset({Module.SALES, Module.MARKETING}),
    ),
    Board(
        "campaigns",
        "Campaigns",
        ("campaign-roi", "click-through", "cost-per-lead", "mql"),
        (
            Panel("Qualified leads by campaign", Shape.BARS, ("mql",), "campaign_id"),
            Panel("Revenue by campaign", Shape.BARS, ("revenue",), "campaign_id"),
        ),
        frozenset({Module.MARKETING}),
        campaigns=True,
    ),
    Board(
        "service",
        "Customer service",
        ("sla-met", "tickets", "open-tickets", "first-response", "resolution", "fcr", "csat", "nps"),
        (
            Panel("Tickets by week", Shape.WEEKS, ("tickets",)),
            Panel("Service levels met by week", Shape.WEEKS, ("sla-met",)),
            Panel("Service levels met by promise", Shape.BARS, ("sla-met",), "measure"),
            Panel("Service levels met by priority", Shape.BARS, ("sla-met",), "priority"),
            Panel("Customer satisfaction by week", Shape.WEEKS, ("csat",)),
            Panel("Tickets by category", Shape.BARS, ("tickets",), "category"),
        ),
        frozenset({Module.SERVICE}),
        tables=(
            Table("By agent", "owner_id", (*_SERVED, "csat")),
            Table("By queue", "queue_id", _SERVED),
            Table("By category", "category", _SERVED),
        ),
    ),
    Board(
        "executive",
        "Executive",
        (
            "revenue",
            "weighted-pipeline",
            "win-rate",
            "lead-conversion",
            "weekly-active",
            "activity-timeliness",
            "data-completeness",
            "contact-creation",
        ),
        (
            Panel("Revenue by week", Shape.WEEKS, ("revenue",)),
            Panel("Revenue by team", Shape.BARS, ("revenue",), "team_id"),
            Panel("Logged within 24 hours by week", Shape.WEEKS, ("activity-timeliness",)),
            Panel("Logged within 24 hours by team", Shape.BARS, ("activity-timeliness",), "team_id"),
        ),
        frozenset(Module),
    ),
)
BOARDS: Mapping[str, Board] = {each.key: each for each in _TABLE}
"""Every dashboard by its key, in the order in which they are offered."""


def board(key: str) -> Board:
    """A dashboard by its key. Raises NotFound."""
    if key not in BOARDS:
        raise NotFound("There is no dashboard %(key)s; there are %(known)s.", key=key, known=", ".join(BOARDS))
    return BOARDS[key]


def is_on(one: Board, modules: frozenset[Module]) -> bool:
    """Whether a dashboard is there while these modules are on."""
    return bool(one.modules & modules)
