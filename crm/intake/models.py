"""Which record a row of a file is."""

from __future__ import annotations

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class SourceKey(Base):
    """The name that a source gives to a record: a row with this key is that record again."""

    __tablename__ = "crm_source_key"
    audited = False
    __table_args__ = (
        UniqueConstraint("object", "key"),
        Index("ix_crm_source_key_object_record_id", "object", "record_id"),
    )

    object: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    record_id: Mapped[int]
