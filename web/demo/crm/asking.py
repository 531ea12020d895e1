"""What people ask of the CRM: reports that they built, some of them shared, two of them sent by mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from crm.builder import service as reports
from crm.builder.rules.rhythm import Every, Form, Rhythm
from crm.builder.rules.sharing import Shared
from crm.reporting.rules.definition import Chart, Definition, Group, Measure
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Built:
    """A report: who built it, what it is called and for, what it asks, who finds it, and to whom it is sent."""

    who: str
    name: str
    purpose: str
    asked: Definition
    shared: Shared = Shared.NOBODY
    rhythm: Rhythm | None = None
    readers: tuple[str, ...] = ()


BUILT: tuple[Built, ...] = (
    Built(
        "jonas",
        "Open pipeline by stage and owner",
        "For the talk on Monday: who has what, and how far it is.",
        Definition(
            "opportunity",
            (Group("stage_id"), Group("owner_id")),
            Measure.SUM,
            "amount",
            "open=yes",
            columns=("name", "account_id", "stage_id", "amount", "closes_on", "owner_id"),
        ),
        Shared.EVERYBODY,
        Rhythm(Every.WEEK, 0, "07:30", Form.PDF),
        ("jonas", "lotte", "beatrix"),
    ),
    Built(
        "nadia",
        "New leads by week",
        "How much each week brings, and from where.",
        Definition(
            "lead",
            (Group("created_at", "week"), Group("source")),
            period_field="created_at",
            period="90-days",
            chart=Chart.LINE,
        ),
        Shared.EVERYBODY,
    ),
    Built(
        "oskar",
        "My open leads that nobody plans to call",
        "",
        Definition(
            "lead",
            (Group("status"),),
            filters="status=new&status=contacted&status=mql&status=sql&stepless=yes",
            columns=("name", "company", "status", "source", "created_at"),
        ),
    ),
    Built(
        "leila",
        "Tickets by category and priority",
        "What people need help with, for the morning round.",
        Definition(
            "ticket",
            (Group("category"), Group("priority")),
            period_field="created_at",
            period="30-days",
            columns=("name", "queue_id", "state", "priority", "owner_id"),
        ),
        Shared.TEAM,
        Rhythm(Every.DAY, 0, "08:15", Form.XLSX),
        ("leila",),
    ),
    Built(
        "beatrix",
        "Customers by region and industry",
        "Where we are at home.",
        Definition("account", (Group("region"), Group("industry")), filters="kind=customer"),
        Shared.EVERYBODY,
    ),
)
"""Reports in the order in which they were built."""


def play(actor: Callable[[str], Actor], ids: Mapping[str, int], now: datetime) -> None:
    """Build them, and have some sent from the next turn on."""
    for each in BUILT:
        who = actor(each.who)
        number, _work = reports.build(each.name, each.purpose, each.asked, each.shared.value, actor=who, now=now)
        if each.rhythm is not None:
            reports.schedule(number, each.rhythm, [ids[key] for key in each.readers], actor=who, now=now)
