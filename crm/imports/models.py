"""The tables of imports: each file with its counts, and what was wrong with a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Import(Base):
    """One file that is brought in: what it is, what its columns mean, how far it is, and what became of its rows.

    ``read`` = created + updated + unchanged + rejected once it is done. ``transactions`` are the trail's numbers of
    what it wrote, so that it can be taken back as a whole. ``beat_at`` is when its last batch was safe: whoever runs it
    may have been killed since.
    """

    __tablename__ = "crm_import"
    audit_label = "file_name"
    audit_scope = "crm"

    object: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    encoding: Mapped[str] = mapped_column(String(40), default="")
    delimiter: Mapped[str] = mapped_column(String(1), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    mode: Mapped[str] = mapped_column(String(10), default="full")
    state: Mapped[str] = mapped_column(String(10), default="draft", index=True)
    origin: Mapped[str] = mapped_column(String(12), default="imported")
    person_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    beat_at: Mapped[datetime | None] = mapped_column(Instant)
    rows: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    transactions: Mapped[list[Any]] = mapped_column(JSON, default=list)
    message: Mapped[str] = mapped_column(Text, default="")


class ImportProblem(Base):
    """Why a row was rejected: its number in the file, the column, what it held, and a sentence."""

    __tablename__ = "crm_import_problem"
    audited = False
    __table_args__ = (Index("ix_crm_import_problem_import_id_row", "import_id", "row"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("crm_import.id", ondelete="CASCADE"))
    row: Mapped[int]
    column: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(String(200))
    sentence: Mapped[str] = mapped_column(String(500))
