"""The tables of tags."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class Tag(Base):
    """A tag; ``key`` is its name in small letters, so that one word is one tag. ``colour`` is one of five pairs."""

    __tablename__ = "crm_tag"
    audit_scope = "crm"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    colour: Mapped[int] = mapped_column(default=1)


class Tagging(Base):
    """A record carries a tag."""

    __tablename__ = "crm_tagging"
    audit_label: ClassVar[str] = "object"
    audit_scope = "crm"

    tag_id: Mapped[int] = mapped_column(ForeignKey("crm_tag.id", ondelete="CASCADE"))
    object: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]

    __table_args__ = (
        UniqueConstraint("tag_id", "object", "record_id"),
        Index("ix_crm_tagging_object_record_id", "object", "record_id"),
    )
