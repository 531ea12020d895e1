"""The lists of the CRM without a database: how a field is listed, the order that each begins with, and the tabs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from crm.objects.rules.fields import Kind
from crm.queues.rules import OPEN as OPEN_TICKETS

QUIET_DAYS = 14
"""So many days without an activity make a record quiet."""
FIRST_ORDER: Mapping[str, str] = {
    "lead": "-created_at",
    "account": "name",
    "contact": "name",
    "opportunity": "-closes_on",
    "activity": "-occurred_at",
    "campaign": "-starts_on",
    "product": "name",
    "ticket": "-created_at",
}
"""The order in which the list of each object begins; an index serves it."""
OPEN_LEADS = ("new", "contacted", "mql", "sql")
LISTED_AS: Mapping[Kind, str] = {
    Kind.NUMBER: "number",
    Kind.DECIMAL: "number",
    Kind.PERCENT: "number",
    Kind.MONEY: "number",
    Kind.DATE: "date",
    Kind.MOMENT: "date",
    Kind.CHOICE: "choice",
    Kind.MULTI: "choice",
    Kind.FLAG: "flag",
    Kind.PERSON: "person",
    Kind.TEAM: "person",
}
"""How a kind of field is filtered; all others by the text that they contain."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A view that ships: its name and its conditions, ``needs`` the columns that it asks for."""

    label: str
    conditions: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        """The conditions as a query string."""
        return urlencode(self.conditions or (("view", "all"),))

    @property
    def needs(self) -> frozenset[str]:
        """The keys of the columns that are filtered by."""
        ends = ("_from", "_to", "_min", "_max")
        return frozenset(
            next((key.removesuffix(end) for end in ends if key.endswith(end)), key)
            for key, _value in self.conditions
            if key != "sort"
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a list: their number and the numbers of their team and the teams below it."""

    person_id: int | None
    team_ids: tuple[int, ...] = ()


def tabs(kind: str, reader: Reader, today: date) -> tuple[Tab, ...]:
    """The views that ship with the list of an object, for this reader on this day.

    >>> [each.label for each in tabs("product", Reader(4), date(2026, 2, 18))]
    ['All', 'On sale']
    """
    monday = today - timedelta(days=today.weekday())
    mine = Tab("Mine", (("owner_id", str(reader.person_id)),))
    team = Tab("My team's", tuple(("team_id", str(each)) for each in reader.team_ids))
    new = Tab("Created this week", (("created_at_from", monday.isoformat()),))
    whose = (mine, *((team,) if reader.team_ids else ()))
    return (Tab("All"), *_TABS[kind](whose, new, today))


def _lead(whose: tuple[Tab, ...], new: Tab, _today: date) -> tuple[Tab, ...]:
    still = tuple(("status", each) for each in OPEN_LEADS)
    return (
        *whose,
        new,
        Tab("Open", still),
        Tab("No next step", (*still, ("stepless", "yes"))),
        Tab("Quiet for 14 days", (*still, ("quiet", "yes"))),
    )


def _account(whose: tuple[Tab, ...], new: Tab, _today: date) -> tuple[Tab, ...]:
    return (*whose, new, Tab("Customers", (("kind", "customer"),)), Tab("Quiet for 14 days", (("quiet", "yes"),)))


def _contact(whose: tuple[Tab, ...], new: Tab, _today: date) -> tuple[Tab, ...]:
    return (*whose, new)


def _opportunity(whose: tuple[Tab, ...], new: Tab, today: date) -> tuple[Tab, ...]:
    first = today.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    still = (("open", "yes"),)
    month = (*still, ("closes_on_from", first.isoformat()), ("closes_on_to", last.isoformat()))
    ahead = ("sort", "closes_on")
    return (
        Tab("Open", (*still, ahead)),
        *(Tab(each.label, (*each.conditions, *still, ahead)) for each in whose),
        Tab("Closing this month", (*month, ahead)),
        Tab("No next step", (*still, ("stepless", "yes"), ahead)),
        Tab("Quiet for 14 days", (*still, ("quiet", "yes"), ahead)),
        new,
    )


def _activity(whose: tuple[Tab, ...], _new: Tab, today: date) -> tuple[Tab, ...]:
    monday, planned = today - timedelta(days=today.weekday()), ("state", "planned")
    mine = whose[0].conditions
    ahead = ("sort", "due_at")
    return (
        *whose,
        Tab("Mine, planned", (*mine, planned, ahead)),
        Tab("Overdue", (*mine, planned, ("due_at_to", (today - timedelta(days=1)).isoformat()), ahead)),
        Tab("Done this week", (("state", "done"), ("occurred_at_from", monday.isoformat()))),
    )


def _campaign(whose: tuple[Tab, ...], _new: Tab, _today: date) -> tuple[Tab, ...]:
    return (Tab("Running", (("state", "running"),)), Tab("Planned", (("state", "planned"),)), *whose)


def _product(_whose: tuple[Tab, ...], _new: Tab, _today: date) -> tuple[Tab, ...]:
    return (Tab("On sale", (("active", "yes"),)),)


def _ticket(whose: tuple[Tab, ...], new: Tab, _today: date) -> tuple[Tab, ...]:
    still, due = tuple(("state", each) for each in OPEN_TICKETS), ("sort", "resolve_by")
    return (
        Tab("Open", (*still, due)),
        *(Tab(each.label, (*each.conditions, *still, due)) for each in whose),
        Tab("Waiting for the requester", (("state", "waiting"),)),
        Tab("Resolved, not verified", (("state", "resolved"),)),
        new,
    )


_TABS = {
    "lead": _lead,
    "account": _account,
    "contact": _contact,
    "opportunity": _opportunity,
    "activity": _activity,
    "campaign": _campaign,
    "product": _product,
    "ticket": _ticket,
}
EMPTY: Mapping[str, str] = {
    "lead": "A lead is somebody who may become a customer. Enter the first one, or bring a list of them in.",
    "account": "An account is an organisation you do business with. Contacts, deals and what was said hang on it.",
    "contact": "A contact is somebody at an account: whom you call, write to and meet.",
    "opportunity": "An opportunity is a deal that may be won. It has an amount, a stage and a day on which it closes.",
    "activity": "Calls, e-mails, meetings and tasks stand here once somebody plans one or writes one down.",
    "campaign": "A campaign is what is done to win leads: a mailing, an event, a webinar.",
    "product": "Products are what deals are about. With a price each, amounts add up by themselves.",
    "ticket": "A ticket is something that somebody needs help with. It waits in a queue until somebody takes it.",
}
"""What an empty list teaches."""
