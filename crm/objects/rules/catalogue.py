"""Every object of the CRM with its fields: the one table that forms, lists, files, permissions and figures read.

A field that is added here appears in all of them; its column stands in ``crm/records/models.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from crm.objects.rules import choices
from crm.objects.rules.checks import Check
from crm.objects.rules.fields import Field, Kind, Mark
from kernel.errors import NotFound


class Module(StrEnum):
    """What can be switched on and off as a whole."""

    SALES = "sales"
    MARKETING = "marketing"
    SERVICE = "service"


Layout = tuple[tuple[str, tuple[str, ...]], ...]
"""Sections, each with its title and the keys of its fields."""


@dataclass(frozen=True, eq=False)
class ObjectType:
    """One kind of record. ``plural`` is its place in addresses; it is there while any of its ``modules`` is on.
    ``checks`` are rules over several fields, ``layouts`` how the fields stand for a role, or for everybody.

    Two are the same only where they are one: what follows from one is kept with it.
    """

    key: str
    plural: str
    label: str
    label_plural: str
    icon: str
    modules: frozenset[Module]
    fields: tuple[Field, ...]
    makers_own: bool = True
    checks: tuple[Check, ...] = ()
    layouts: tuple[tuple[str, Layout], ...] = ()

    def field(self, key: str) -> Field:
        """A field by its key. Raises NotFound."""
        found = self._by_key.get(key)
        if found is None:
            raise NotFound("There is no field %(key)s here.", key=key)
        return found

    def has(self, key: str) -> bool:
        """Whether there is such a field."""
        return key in self._by_key

    @cached_property
    def _by_key(self) -> Mapping[str, Field]:
        return {each.key: each for each in self.fields}

    def layout_for(self, roles: Iterable[str]) -> Layout:
        """How the fields stand for somebody with these roles; nothing where they stand as they ship."""
        known = dict(self.layouts)
        return next((known[each] for each in sorted(set(roles)) if each in known), known.get("", ()))

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The keys of the fields that this organisation does not use."""
        return frozenset(each.key for each in self.fields if each.hidden)

    @cached_property
    def own(self) -> tuple[Field, ...]:
        """The fields of one's own."""
        return tuple(each for each in self.fields if each.own)

    @property
    def written(self) -> tuple[Field, ...]:
        """The fields that people fill in."""
        return tuple(each for each in self.fields if each.written and not each.hidden)

    @property
    def counted(self) -> tuple[Field, ...]:
        """The fields that count for completeness."""
        return tuple(each for each in self.fields if each.counts and not each.hidden)


_EVERY = frozenset(Module)
_SALES = frozenset({Module.SALES})
_MARKETING = frozenset({Module.MARKETING})
_SERVICE = frozenset({Module.SERVICE})
_SELLING = frozenset({Module.SALES, Module.MARKETING})

_OWNER = (
    Field("owner_id", "Owner", Kind.PERSON, required=True, listed=True),
    Field("team_id", "Team", Kind.TEAM),
)
_KEPT = (
    Field("origin", "Came by", Kind.CHOICE, choices=choices.ORIGINS, written=False),
    Field("created_at", "Created", Kind.MOMENT, written=False),
    Field("changed_at", "Changed", Kind.MOMENT, written=False),
)
_PLACE = (
    Field("street", "Street"),
    Field("postcode", "Postcode", longest=20),
    Field("city", "City", longest=120),
    Field("country", "Country", Kind.COUNTRY, longest=2),
)
_PERSON_NAME = (
    Field("first_name", "First name", mark=Mark.PERSONAL, longest=120),
    Field("last_name", "Last name", needed=True, mark=Mark.PERSONAL, longest=120),
    Field("name", "Name", mark=Mark.PERSONAL, written=False, listed=True),
)

LEAD = ObjectType(
    "lead",
    "leads",
    "Lead",
    "Leads",
    "flag",
    _SELLING,
    (
        *_PERSON_NAME,
        Field("company", "Company", required=True, listed=True),
        Field("title", "Job title"),
        Field("email", "E-mail", Kind.EMAIL, required=True, mark=Mark.PERSONAL, longest=254, listed=True),
        Field("phone", "Phone", Kind.PHONE, mark=Mark.PERSONAL, longest=40),
        Field("status", "Status", Kind.CHOICE, needed=True, choices=choices.LEAD_STATUSES, listed=True),
        Field("source", "Source", Kind.CHOICE, required=True, choices=choices.SOURCES, listed=True),
        Field("rating", "Rating", Kind.CHOICE, choices=choices.RATINGS),
        Field("region", "Region", Kind.CHOICE, required=True, choices=choices.REGIONS),
        Field("country", "Country", Kind.COUNTRY, longest=2),
        Field("industry", "Industry", Kind.CHOICE, choices=choices.INDUSTRIES),
        Field("product_interest", "Interested in"),
        Field("value", "Expected value", Kind.MONEY),
        Field("campaign_id", "Campaign", Kind.RECORD, target="campaign"),
        Field("next_step", "Next step"),
        Field("next_step_on", "Next step on", Kind.DATE),
        Field("disqualified_reason", "Why disqualified"),
        Field("description", "Description", Kind.LONG, longest=10_000),
        *_OWNER,
        Field("mql_at", "Marketing qualified at", Kind.MOMENT, written=False),
        Field("sql_at", "Sales qualified at", Kind.MOMENT, written=False),
        Field("converted_at", "Converted at", Kind.MOMENT, written=False),
        Field("account_id", "Became the account", Kind.RECORD, target="account", written=False),
        Field("contact_id", "Became the contact", Kind.RECORD, target="contact", written=False),
        Field("opportunity_id", "Became the opportunity", Kind.RECORD, target="opportunity", written=False),
        *_KEPT,
    ),
)
ACCOUNT = ObjectType(
    "account",
    "accounts",
    "Account",
    "Accounts",
    "globe",
    _EVERY,
    (
        Field("name", "Name", needed=True, listed=True),
        Field("kind", "Kind", Kind.CHOICE, required=True, choices=choices.ACCOUNT_KINDS, listed=True),
        Field("industry", "Industry", Kind.CHOICE, required=True, choices=choices.INDUSTRIES, listed=True),
        Field("region", "Region", Kind.CHOICE, choices=choices.REGIONS),
        Field("parent_id", "Part of", Kind.RECORD, target="account"),
        Field("phone", "Phone", Kind.PHONE, required=True, longest=40),
        Field("email", "E-mail", Kind.EMAIL, longest=254),
        Field("website", "Website", Kind.LINK),
        *_PLACE,
        Field("employees", "Employees", Kind.NUMBER),
        Field("revenue", "Yearly revenue", Kind.MONEY),
        Field("tax_number", "Tax number", mark=Mark.SENSITIVE, longest=60),
        Field("description", "Description", Kind.LONG, longest=10_000),
        *_OWNER,
        *_KEPT,
    ),
)
CONTACT = ObjectType(
    "contact",
    "contacts",
    "Contact",
    "Contacts",
    "people",
    _EVERY,
    (
        *_PERSON_NAME,
        Field("account_id", "Account", Kind.RECORD, required=True, target="account", listed=True),
        Field("title", "Job title", required=True, listed=True),
        Field("department", "Department", longest=120),
        Field("email", "E-mail", Kind.EMAIL, required=True, mark=Mark.PERSONAL, longest=254, listed=True),
        Field("phone", "Phone", Kind.PHONE, required=True, mark=Mark.PERSONAL, longest=40, listed=True),
        Field("private_phone", "Private phone", Kind.PHONE, mark=Mark.SENSITIVE, longest=40),
        Field("birth_date", "Birth date", Kind.DATE, mark=Mark.SENSITIVE),
        *_PLACE,
        Field("source", "Source", Kind.CHOICE, choices=choices.SOURCES),
        Field("description", "Description", Kind.LONG, longest=10_000),
        *_OWNER,
        *_KEPT,
    ),
)
OPPORTUNITY = ObjectType(
    "opportunity",
    "opportunities",
    "Opportunity",
    "Opportunities",
    "coins",
    _SALES,
    (
        Field("name", "Name", needed=True, listed=True),
        Field("account_id", "Account", Kind.RECORD, required=True, target="account", listed=True),
        Field("contact_id", "Contact", Kind.RECORD, target="contact"),
        Field("stage_id", "Stage", Kind.RECORD, needed=True, target="stage", listed=True),
        Field("amount", "Amount", Kind.MONEY, required=True, listed=True),
        Field("currency", "Currency", Kind.CURRENCY, needed=True, longest=3),
        Field("probability", "Likely", Kind.PERCENT, help="Empty: as likely as its stage says."),
        Field("closes_on", "Close date", Kind.DATE, required=True, listed=True),
        Field("source", "Source", Kind.CHOICE, choices=choices.SOURCES),
        Field("campaign_id", "Campaign", Kind.RECORD, target="campaign"),
        Field("product_line", "Product line", required=True),
        Field("next_step", "Next step"),
        Field("next_step_on", "Next step on", Kind.DATE),
        Field("lost_reason", "Why lost", Kind.CHOICE, choices=choices.LOST_REASONS),
        Field("lost_to", "Lost to"),
        Field("description", "Description", Kind.LONG, longest=10_000),
        *_OWNER,
        Field("lead_id", "From the lead", Kind.RECORD, target="lead", written=False),
        Field("closed_at", "Closed at", Kind.MOMENT, written=False),
        *_KEPT,
    ),
)
ACTIVITY = ObjectType(
    "activity",
    "activities",
    "Activity",
    "Activities",
    "comment",
    _EVERY,
    (
        Field("name", "Subject", needed=True, listed=True),
        Field("kind", "Kind", Kind.CHOICE, needed=True, choices=choices.ACTIVITY_KINDS, listed=True),
        Field("state", "State", Kind.CHOICE, needed=True, choices=choices.ACTIVITY_STATES, listed=True),
        Field("direction", "By whom", Kind.CHOICE, choices=choices.DIRECTIONS),
        Field("due_at", "Planned for", Kind.MOMENT, listed=True),
        Field("occurred_at", "Happened", Kind.MOMENT, listed=True),
        Field("minutes", "Minutes", Kind.NUMBER),
        Field("outcome", "Outcome"),
        Field("description", "What was said", Kind.LONG, longest=10_000),
        Field("account_id", "Account", Kind.RECORD, target="account", listed=True),
        Field("contact_id", "Contact", Kind.RECORD, target="contact"),
        Field("lead_id", "Lead", Kind.RECORD, target="lead"),
        Field("opportunity_id", "Opportunity", Kind.RECORD, target="opportunity"),
        Field("campaign_id", "Campaign", Kind.RECORD, target="campaign"),
        Field("ticket_id", "Ticket", Kind.RECORD, target="ticket"),
        *_OWNER,
        *_KEPT,
    ),
)
CAMPAIGN = ObjectType(
    "campaign",
    "campaigns",
    "Campaign",
    "Campaigns",
    "mail",
    _MARKETING,
    (
        Field("name", "Name", needed=True, listed=True),
        Field("kind", "Kind", Kind.CHOICE, required=True, choices=choices.CAMPAIGN_KINDS, listed=True),
        Field("state", "State", Kind.CHOICE, needed=True, choices=choices.CAMPAIGN_STATES, listed=True),
        Field("starts_on", "Starts", Kind.DATE, required=True, listed=True),
        Field("ends_on", "Ends", Kind.DATE, listed=True),
        Field("budget", "Budget", Kind.MONEY, required=True),
        Field("currency", "Currency", Kind.CURRENCY, needed=True, longest=3),
        Field("audience", "Audience"),
        Field("description", "Description", Kind.LONG, longest=10_000),
        *_OWNER,
        *_KEPT,
    ),
)
PRODUCT = ObjectType(
    "product",
    "products",
    "Product",
    "Products",
    "template",
    _SALES,
    (
        Field("name", "Name", needed=True, listed=True),
        Field("code", "Code", required=True, longest=60, listed=True),
        Field("line", "Product line", required=True, longest=120, listed=True),
        Field("price", "Price", Kind.MONEY, required=True, listed=True),
        Field("currency", "Currency", Kind.CURRENCY, needed=True, longest=3),
        Field("active", "On sale", Kind.FLAG, listed=True),
        Field("description", "Description", Kind.LONG, longest=10_000),
        *_KEPT,
    ),
    makers_own=False,
)

TICKET = ObjectType(
    "ticket",
    "tickets",
    "Ticket",
    "Tickets",
    "support",
    _SERVICE,
    (
        Field("name", "Subject", needed=True, listed=True),
        Field("queue_id", "Queue", Kind.RECORD, needed=True, target="queue", listed=True),
        Field("kind", "Kind", Kind.CHOICE, needed=True, choices=choices.TICKET_KINDS),
        Field("state", "State", Kind.CHOICE, needed=True, choices=choices.TICKET_STATES, listed=True),
        Field("severity", "Severity", Kind.CHOICE, needed=True, choices=choices.SEVERITIES),
        Field("impact", "Who is held up", Kind.CHOICE, needed=True, choices=choices.IMPACTS),
        Field("priority", "Priority", Kind.CHOICE, choices=choices.PRIORITIES, written=False, listed=True),
        Field("category", "Category", Kind.CHOICE, required=True, choices=choices.TICKET_CATEGORIES),
        Field("channel", "Came in by", Kind.CHOICE, needed=True, choices=choices.CHANNELS),
        Field("account_id", "Account", Kind.RECORD, target="account", listed=True),
        Field("contact_id", "Contact", Kind.RECORD, target="contact"),
        Field("requester_id", "Colleague who asks", Kind.PERSON),
        Field("requester_name", "Name of who asks", mark=Mark.PERSONAL),
        Field("requester_email", "Address of who asks", Kind.EMAIL, mark=Mark.PERSONAL, longest=254),
        Field("description", "What happened", Kind.LONG, longest=10_000),
        Field("workaround", "Workaround", Kind.LONG, longest=10_000),
        Field("root_cause", "Root cause", Kind.LONG, longest=10_000),
        Field("resolution", "What solved it", Kind.LONG, longest=10_000),
        Field("lessons", "Lessons learned", Kind.LONG, longest=10_000),
        Field("problem_id", "Problem behind it", Kind.RECORD, target="ticket"),
        Field("one_touch_excluded", "No first contact could solve it", Kind.FLAG),
        Field("owner_id", "Agent", Kind.PERSON, listed=True),
        Field("team_id", "Team", Kind.TEAM),
        Field("reported_page", "Reported on the page", written=False),
        Field("browser", "Browser", written=False),
        Field("first_response_at", "First answer", Kind.MOMENT, written=False),
        Field("respond_by", "First answer due", Kind.MOMENT, written=False, listed=True),
        Field("resolve_by", "Solution due", Kind.MOMENT, written=False, listed=True),
        Field("resolved_at", "Resolved at", Kind.MOMENT, written=False),
        Field("verified_at", "Verified at", Kind.MOMENT, written=False),
        Field("closed_at", "Closed at", Kind.MOMENT, written=False),
        Field("reopened", "Times reopened", Kind.NUMBER, written=False),
        Field("touches", "Answers until solved", Kind.NUMBER, written=False),
        Field("satisfaction", "Satisfaction, 1 to 5", Kind.NUMBER, written=False),
        *_KEPT,
    ),
    makers_own=False,
)


class Catalogue(Mapping[str, ObjectType]):
    """Every object by its key: as shipped, or as a connected source says that they are here and now."""

    def __init__(self, shipped: Mapping[str, ObjectType]) -> None:
        """Begin as shipped."""
        self.shipped = shipped
        self._ask: Callable[[], Mapping[str, ObjectType] | None] = lambda: None

    def connect(self, source: Callable[[], Mapping[str, ObjectType] | None]) -> None:
        """From now on ask ``source``; where it gives None things are as shipped."""
        self._ask = source

    def _now(self) -> Mapping[str, ObjectType]:
        return self._ask() or self.shipped

    def __getitem__(self, key: str) -> ObjectType:
        return self._now()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.shipped)

    def __len__(self) -> int:
        return len(self.shipped)

    def __contains__(self, key: object) -> bool:
        return key in self.shipped


OBJECTS = Catalogue(
    {each.key: each for each in (LEAD, ACCOUNT, CONTACT, OPPORTUNITY, ACTIVITY, CAMPAIGN, PRODUCT, TICKET)}
)
"""Every object by its key, in the order in which people meet them, with the fields of one's own."""


def object_of(key: str) -> ObjectType:
    """An object by its key or its plural. Raises NotFound.

    >>> object_of("opportunities").key
    'opportunity'
    """
    found = OBJECTS.get(key) or next((each for each in OBJECTS.values() if each.plural == key), None)
    if found is None:
        raise NotFound("There is no object %(key)s; there are %(known)s.", key=key, known=", ".join(OBJECTS))
    return found
