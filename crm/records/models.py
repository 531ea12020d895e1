"""The tables of the records. Columns carry the keys of the catalogue's fields."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, case, text
from sqlalchemy.orm import Mapped, mapped_column

from crm.objects.models import LIVE, Named, Place, Record, author_index, live_indexes
from infra.database import Amount, Base, Instant
from infra.sealed import SealedText


class Account(Record, Place, Base):
    """An organisation that one does business with; ``parent_id`` is the organisation that it is part of."""

    __tablename__ = "crm_account"
    __table_args__ = (
        author_index("crm_account"),
        *live_indexes(
            "crm_account", "name", "owner_id, name", "team_id, name", "parent_id", "changed_at", "created_at"
        ),
    )

    kind: Mapped[str] = mapped_column(String(20), default="")
    industry: Mapped[str] = mapped_column(String(20), default="")
    region: Mapped[str] = mapped_column(String(20), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("crm_account.id"))
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    employees: Mapped[int | None]
    revenue: Mapped[Decimal | None] = mapped_column(Amount)
    tax_number: Mapped[str | None] = mapped_column(SealedText)
    description: Mapped[str] = mapped_column(Text, default="")


class Contact(Named, Record, Place, Base):
    """Somebody at an account."""

    __tablename__ = "crm_contact"
    __table_args__ = (
        author_index("crm_contact"),
        *live_indexes(
            "crm_contact",
            "name",
            "owner_id, name",
            "team_id, name",
            "account_id, name",
            "email",
            "changed_at",
            "created_at, id, origin",
        ),
    )

    account_id: Mapped[int | None] = mapped_column(ForeignKey("crm_account.id"))
    title: Mapped[str] = mapped_column(String(200), default="")
    department: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    private_phone: Mapped[str | None] = mapped_column(SealedText)
    birth_date: Mapped[str | None] = mapped_column(SealedText)
    source: Mapped[str] = mapped_column(String(20), default="")
    description: Mapped[str] = mapped_column(Text, default="")


class Campaign(Record, Base):
    """Something that is done to win leads; its reach, clicks and costs stand in the room of campaigns."""

    __tablename__ = "crm_campaign"
    __table_args__ = live_indexes("crm_campaign", "name", "starts_on")

    kind: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(20), default="planned")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    budget: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    audience: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")


class Stage(Base):
    """A stage of the pipeline; ``outcome`` is open, won or lost, ``probability`` in percent."""

    __tablename__ = "crm_stage"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    probability: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10), default="open")
    active: Mapped[bool] = mapped_column(default=True)


class Opportunity(Record, Base):
    """A deal that may be won. ``amount`` is in ``currency``; ``outcome`` and ``closed_at`` follow its stage."""

    __tablename__ = "crm_opportunity"
    __table_args__ = (
        author_index("crm_opportunity"),
        *live_indexes(
            "crm_opportunity",
            "name",
            "owner_id, name",
            "team_id, name",
            "closes_on",
            "amount",
            "owner_id, closes_on",
            "team_id, closes_on",
            "account_id, closes_on",
            "contact_id",
            "stage_id, closes_on",
            "outcome, closed_at",
            "outcome, closes_on",
            "created_at",
        ),
        Index("ix_crm_opportunity_campaign_id", "campaign_id"),
        # The board is read from this index alone: sums by stage, and the first deals of each.
        Index(
            "ix_crm_opportunity_board",
            *("outcome", "stage_id", "closes_on", "id", "owner_id", "team_id"),
            *("currency", "amount", "probability", "next_step_on"),
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    account_id: Mapped[int | None] = mapped_column(ForeignKey("crm_account.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm_contact.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("crm_lead.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("crm_campaign.id"))
    stage_id: Mapped[int] = mapped_column(ForeignKey("crm_stage.id"))
    outcome: Mapped[str] = mapped_column(String(10), default="open")
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    probability: Mapped[int | None]
    closes_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    source: Mapped[str] = mapped_column(String(20), default="")
    product_line: Mapped[str] = mapped_column(String(200), default="")
    next_step: Mapped[str] = mapped_column(String(200), default="")
    next_step_on: Mapped[date | None]
    lost_reason: Mapped[str] = mapped_column(String(20), default="")
    lost_to: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")


class Lead(Named, Record, Base):
    """Somebody who may become a customer. ``mql_at`` and ``sql_at`` are when a status was first reached."""

    __tablename__ = "crm_lead"
    __table_args__ = (
        author_index("crm_lead"),
        *live_indexes(
            "crm_lead",
            "name",
            "owner_id, name",
            "team_id, name",
            "owner_id, created_at",
            "team_id, created_at",
            "status, created_at",
            "created_at, id, converted_at",
            "email",
            "mql_at",
            "sql_at",
            "converted_at",
        ),
        Index("ix_crm_lead_campaign_id", "campaign_id"),
    )

    company: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    status: Mapped[str] = mapped_column(String(20), default="new")
    source: Mapped[str] = mapped_column(String(20), default="")
    rating: Mapped[str] = mapped_column(String(10), default="")
    region: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    industry: Mapped[str] = mapped_column(String(20), default="")
    product_interest: Mapped[str] = mapped_column(String(200), default="")
    value: Mapped[Decimal | None] = mapped_column(Amount)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("crm_campaign.id"))
    next_step: Mapped[str] = mapped_column(String(200), default="")
    next_step_on: Mapped[date | None]
    disqualified_reason: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    mql_at: Mapped[datetime | None] = mapped_column(Instant)
    sql_at: Mapped[datetime | None] = mapped_column(Instant)
    converted_at: Mapped[datetime | None] = mapped_column(Instant)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("crm_account.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm_contact.id"))
    opportunity_id: Mapped[int | None]


class Activity(Record, Base):
    """A call, mail, meeting or task, planned for ``due_at``.

    ``occurred_at`` is when it happened, ``created_at`` when it was logged: two facts, and their distance is a figure.
    """

    __tablename__ = "crm_activity"
    __table_args__ = (
        author_index("crm_activity"),
        *live_indexes(
            "crm_activity",
            "occurred_at",
            "created_at",
            "due_at",
            "team_id, due_at",
            "owner_id, occurred_at",
            "team_id, occurred_at",
            "account_id, occurred_at",
            "contact_id, occurred_at",
            "owner_id, due_at",
        ),
        # Few activities are about one of these: the others are not in its index.
        *(
            Index(
                f"ix_crm_activity_{about}_occurred_at",
                *(about, "occurred_at"),
                sqlite_where=text(f"deleted_at IS NULL AND {about} IS NOT NULL"),
                postgresql_where=text(f"deleted_at IS NULL AND {about} IS NOT NULL"),
            )
            for about in ("lead_id", "opportunity_id", "campaign_id", "ticket_id")
        ),
    )

    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="done")
    direction: Mapped[str] = mapped_column(String(5), default="")
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    occurred_at: Mapped[datetime | None] = mapped_column(Instant)
    minutes: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("crm_account.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm_contact.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("crm_lead.id"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("crm_opportunity.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("crm_campaign.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("crm_ticket.id"))


class Product(Record, Base):
    """Something that is sold; it belongs to nobody."""

    __tablename__ = "crm_product"
    __table_args__ = live_indexes("crm_product", "name", "line")

    code: Mapped[str] = mapped_column(String(60), default="")
    line: Mapped[str] = mapped_column(String(120), default="")
    price: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    active: Mapped[bool] = mapped_column(default=True)
    description: Mapped[str] = mapped_column(Text, default="")


class StageChange(Base):
    """A deal went from one stage to another (from none when it began), with what it was worth then."""

    __tablename__ = "crm_stage_change"
    audit_label = "at"
    audit_scope = "crm"
    __table_args__ = (Index("ix_crm_stage_change_opportunity_id_at", "opportunity_id", "at"),)

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("crm_opportunity.id", ondelete="CASCADE"))
    from_id: Mapped[int | None] = mapped_column(ForeignKey("crm_stage.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("crm_stage.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[int | None]
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    probability: Mapped[int]


class OpportunityLine(Base):
    """A product in a deal: so many, at a price each, with a discount in percent, in the deal's currency."""

    __tablename__ = "crm_opportunity_line"
    audit_label = "name"
    audit_scope = "crm"

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("crm_opportunity.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("crm_product.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[Decimal] = mapped_column(Amount)
    price: Mapped[Decimal] = mapped_column(Amount)
    discount: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)


_OPEN = text("deleted_at IS NULL AND resolved_at IS NULL")
_UNANSWERED = text("deleted_at IS NULL AND resolved_at IS NULL AND first_response_at IS NULL")


class Ticket(Record, Base):
    """Something that somebody needs help with. ``priority`` follows from ``severity`` and ``impact``.

    ``respond_by`` and ``resolve_by`` are kept by the service clocks; ``touches`` are public answers until it
    was solved.
    """

    __tablename__ = "crm_ticket"
    derived = frozenset({"respond_by", "resolve_by"})
    __table_args__ = (
        *live_indexes(
            "crm_ticket",
            *("name", "created_at", "state, resolve_by", "owner_id, resolve_by", "team_id, resolve_by"),
            *("queue_id, state", "account_id, created_at", "contact_id, created_at", "requester_id, created_at"),
            *("resolved_at", "respond_by", "requester_email"),
        ),
        Index("ix_crm_ticket_problem_id", "problem_id"),
        # The help desk is read from these: its sums, the answers that are due next, and the solutions.
        Index(
            "ix_crm_ticket_clock",
            *("resolve_by", "first_response_at", "respond_by", "id"),
            *("state", "owner_id", "team_id", "queue_id", "priority"),
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_crm_ticket_unanswered", "respond_by", "id", sqlite_where=_UNANSWERED, postgresql_where=_UNANSWERED),
    )

    queue_id: Mapped[int] = mapped_column(ForeignKey("crm_queue.id"))
    kind: Mapped[str] = mapped_column(String(12), default="question")
    state: Mapped[str] = mapped_column(String(12), default="new")
    severity: Mapped[str] = mapped_column(String(12), default="medium")
    impact: Mapped[str] = mapped_column(String(12), default="person")
    priority: Mapped[str] = mapped_column(String(12), default="low")
    category: Mapped[str] = mapped_column(String(20), default="")
    channel: Mapped[str] = mapped_column(String(10), default="page")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("crm_account.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm_contact.id"))
    requester_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    requester_name: Mapped[str] = mapped_column(String(200), default="")
    requester_email: Mapped[str] = mapped_column(String(254), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    workaround: Mapped[str] = mapped_column(Text, default="")
    root_cause: Mapped[str] = mapped_column(Text, default="")
    resolution: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("crm_ticket.id"))
    one_touch_excluded: Mapped[bool] = mapped_column(default=False)
    reported_page: Mapped[str] = mapped_column(String(200), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    first_response_at: Mapped[datetime | None] = mapped_column(Instant)
    respond_by: Mapped[datetime | None] = mapped_column(Instant)
    resolve_by: Mapped[datetime | None] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    reopened: Mapped[int] = mapped_column(default=0)
    touches: Mapped[int] = mapped_column(default=0)
    satisfaction: Mapped[int | None]


NEXT_DUE = case(
    (Ticket.first_response_at.is_(None) & Ticket.respond_by.is_not(None), Ticket.respond_by),
    else_=Ticket.resolve_by,
)
"""When the next promise about a ticket ends: the first answer as long as there is none, else the solution."""

TABLES: dict[str, type[Any]] = {
    "lead": Lead,
    "account": Account,
    "contact": Contact,
    "opportunity": Opportunity,
    "activity": Activity,
    "campaign": Campaign,
    "product": Product,
    "ticket": Ticket,
}
"""The table of each object of the catalogue."""

for _table in TABLES.values():
    Index(
        f"ix_{_table.__tablename__}_deleted_at",
        _table.deleted_at,
        sqlite_where=text("deleted_at IS NOT NULL"),
        postgresql_where=text("deleted_at IS NOT NULL"),
    )
