"""The people of a deal."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class DealContact(Base):
    """A contact has a part in a deal: ``part`` is one of the rules' PARTS."""

    __tablename__ = "crm_deal_contact"
    audit_label = "part"
    audit_scope = "crm"
    __table_args__ = (UniqueConstraint("opportunity_id", "contact_id"),)

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("crm_opportunity.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("crm_contact.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(20), default="")
