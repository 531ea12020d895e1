"""A table that finds records by values of one's own fields."""

from __future__ import annotations

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from crm.values.rules import FOUND
from infra.database import Base


class FieldValue(Base):
    """A value of one's own field, to find its record by: a text in small letters (a digest where it is sealed), a
    number, or a day as text. Several choices have a row each. ``words`` are those of a text
    that the search reads, folded. Rebuilt by ``roadmap crm fields rebuild``.
    """

    __tablename__ = "crm_field_value"
    audited = False
    __table_args__ = (
        *(
            Index(
                f"ix_crm_field_value_{each}",
                *("field_id", each, "record_id"),
                sqlite_where=text(f"{each} IS NOT NULL"),
                postgresql_where=text(f"{each} IS NOT NULL"),
            )
            for each in ("text", "number")
        ),
        Index("ix_crm_field_value_record", "record_id", "field_id"),
    )

    field_id: Mapped[int]
    record_id: Mapped[int]
    text: Mapped[str | None] = mapped_column(String(FOUND))
    number: Mapped[float | None]
    words: Mapped[str | None] = mapped_column(Text)
