"""Tables of templates of one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class OwnTemplate(Base):
    """A template that somebody saved. Who may use it: its owner and administrators, or everybody once ``shared``."""

    __tablename__ = "own_template"

    key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)


class OwnTemplateVersion(Base):
    """What a template held at one time: never changed, followed by the next. ``sections`` are those of its files."""

    __tablename__ = "own_template_version"
    audit_label: ClassVar[str] = "note"
    secret: ClassVar[frozenset[str]] = frozenset({"sections"})

    template_id: Mapped[int] = mapped_column(ForeignKey("own_template.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), default="")
    elements: Mapped[int]
    sections: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("template_id", "number"),)
