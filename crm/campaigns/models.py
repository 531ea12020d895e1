"""The tables of campaigns: members, and figures by day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Amount, Base, Instant


class CampaignMember(Base):
    """A lead or a contact whom a campaign addresses; ``status`` is the furthest that they came, ``status_at`` when."""

    __tablename__ = "crm_campaign_member"
    audit_label = "status"
    audit_scope = "crm"
    __table_args__ = (
        UniqueConstraint("campaign_id", "lead_id"),
        UniqueConstraint("campaign_id", "contact_id"),
        Index("ix_crm_campaign_member_campaign_id_status", "campaign_id", "status"),
        Index("ix_crm_campaign_member_lead_id", "lead_id"),
        Index("ix_crm_campaign_member_contact_id", "contact_id"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("crm_campaign.id", ondelete="CASCADE"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("crm_lead.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm_contact.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(12), default="targeted")
    status_at: Mapped[datetime] = mapped_column(Instant)
    added_at: Mapped[datetime] = mapped_column(Instant)
    added_by: Mapped[int | None]


class CampaignDay(Base):
    """What a campaign did on a day, entered or imported by somebody; ``proof`` says where it stands. None: unknown."""

    __tablename__ = "crm_campaign_day"
    audit_label = "day"
    audit_scope = "crm"
    __table_args__ = (UniqueConstraint("campaign_id", "day"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("crm_campaign.id", ondelete="CASCADE"))
    day: Mapped[date]
    reach: Mapped[int | None]
    impressions: Mapped[int | None]
    opens: Mapped[int | None]
    clicks: Mapped[int | None]
    cost: Mapped[Decimal | None] = mapped_column(Amount)
    proof: Mapped[str] = mapped_column(String(200), default="")
    person_id: Mapped[int | None]
    entered_at: Mapped[datetime] = mapped_column(Instant)
