"""When somebody signed in, which feature a page belongs to, and who may see whose use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kernel.errors import RuleBroken

PAUSE = timedelta(minutes=30)
"""The first request after so long without one is a sign-in: people stay signed in for weeks."""
SHORTEST_KEPT, USUALLY_KEPT, LONGEST_KEPT = 35, 400, 1100
"""Days: less than 35 would take away the month that stickiness is counted over."""
FEATURES: tuple[tuple[str, str, str], ...] = (
    ("/crm/leads", "leads", "Leads"),
    ("/crm/accounts", "accounts", "Accounts"),
    ("/crm/contacts", "contacts", "Contacts"),
    ("/crm/opportunities", "opportunities", "Opportunities"),
    ("/crm/pipeline", "pipeline", "Pipeline board"),
    ("/crm/activities", "activities", "Activities"),
    ("/crm/calendar", "calendar", "Calendar"),
    ("/crm/campaigns", "campaigns", "Campaigns"),
    ("/crm/products", "products", "Products"),
    ("/crm/imports", "imports", "Imports"),
    ("/crm/quality", "quality", "Data quality"),
    ("/crm/duplicates", "duplicates", "Duplicates"),
    ("/crm/merge", "duplicates", "Duplicates"),
    ("/crm/kpis", "kpis", "KPIs"),
    ("/crm/dashboards", "dashboards", "Dashboards"),
    ("/crm/search", "search", "Search"),
    ("/crm/bin", "bin", "Recycle bin"),
    ("/crm/setup", "setup", "CRM setup"),
    ("/crm", "home", "CRM home"),
    ("/projects", "projects", "Roll-outs"),
    ("/portfolio", "projects", "Roll-outs"),
    ("/my-work", "my-work", "My work"),
    ("/search", "search", "Search"),
)
"""Where an address begins, and the feature that it belongs to; the first that fits counts."""
LABELS: Mapping[str, str] = {key: label for _start, key, label in FEATURES} | {"other": "Everything else"}
PERSONS, GROUPS = "persons", "groups"
VISIBLE = {
    PERSONS: "Whoever reads usage sees the people that they are responsible for by name",
    GROUPS: "Nobody sees people by name: only teams of five and more",
}
"""Who may see whose use."""
SMALLEST_GROUP = 5


@dataclass(frozen=True, slots=True)
class Policy:
    """How long use is kept, and whether people are shown by name."""

    days: int = USUALLY_KEPT
    visible: str = PERSONS


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody was here from one request to another, with no pause of 30 minutes between."""

    first: datetime
    last: datetime


def feature_of(path: str) -> str:
    """The feature that an address belongs to.

    >>> feature_of("/crm/leads/12"), feature_of("/crm"), feature_of("/admin/people"), feature_of("/crm/leadership")
    ('leads', 'home', 'other', 'home')
    """
    for start, key, _label in FEATURES:
        if path == start or path.startswith(f"{start}/"):
            return key
    return "other"


def stays(parts: Iterable[Stay]) -> list[Stay]:
    """Stays with no pause of 30 minutes between them made into one, in their order.

    >>> at = datetime(2026, 2, 18, 9)
    >>> minutes = lambda a, b: Stay(at + timedelta(minutes=a), at + timedelta(minutes=b))
    >>> [each.first.minute for each in stays([minutes(0, 10), minutes(39, 39), minutes(9, 12)])]
    [0]
    >>> len(stays([minutes(0, 10), minutes(40, 41)]))
    2
    """
    found: list[Stay] = []
    for each in sorted(parts, key=lambda stay: stay.first):
        if found and each.first - found[-1].last < PAUSE:
            found[-1] = Stay(found[-1].first, max(found[-1].last, each.last))
        else:
            found.append(each)
    return found


def check_policy(days: int | None, visible: str) -> Policy:
    """A policy that may hold. Raises RuleBroken."""
    if days is None or not SHORTEST_KEPT <= days <= LONGEST_KEPT:
        raise RuleBroken(
            "usage.days",
            "Keep use for %(least)d to %(most)d days.",
            field="days",
            least=SHORTEST_KEPT,
            most=LONGEST_KEPT,
        )
    if visible not in VISIBLE:
        raise RuleBroken("usage.visible", "Choose who is shown.", field="visible")
    return Policy(days, visible)
