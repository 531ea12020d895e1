"""The tables of web forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class WebForm(Base):
    """A form that anybody may fill in who has its address; ``token`` is the part of it that nobody guesses.

    ``asked``: fields as [key, whether required]; ``fixed``: values that every lead gets. ``framed_by``: the
    websites that may show it as a part of their pages, a space between them.
    """

    __tablename__ = "crm_web_form"
    audit_scope = "crm"

    token: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(200), default="")
    intro: Mapped[str] = mapped_column(Text, default="")
    thanks: Mapped[str] = mapped_column(Text, default="")
    next_page: Mapped[str] = mapped_column(String(500), default="")
    asked: Mapped[list[Any]] = mapped_column(JSON)
    fixed: Mapped[dict[str, Any]] = mapped_column(JSON)
    purpose: Mapped[str] = mapped_column(String(40), default="")
    wording: Mapped[str] = mapped_column(Text, default="")
    consent_needed: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    active: Mapped[bool] = mapped_column(default=True)
    framed_by: Mapped[str] = mapped_column(Text, default="")


class FormEntry(Base):
    """Something that was sent to a form: what became of it, and why. The visitor's address is kept as a hash only."""

    __tablename__ = "crm_form_entry"
    audited = False
    __table_args__ = (
        Index("ix_crm_form_entry_form_id_at", "form_id", "at"),
        Index("ix_crm_form_entry_form_id_email", "form_id", "email", "at"),
    )

    form_id: Mapped[int] = mapped_column(ForeignKey("crm_web_form.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    came: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(64), default="")
    lead_id: Mapped[int | None]
