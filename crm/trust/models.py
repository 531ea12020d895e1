"""The tests of access that people keep, and the runs that are evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class PermissionCase(Base):
    """A question about access with the answer that it should have, kept by somebody.

    It is about a person or about a role; ``relation`` says whose record, ``record_id`` names one instead.
    """

    __tablename__ = "crm_permission_case"
    audit_label = "label"

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role_key: Mapped[str] = mapped_column(String(40), default="")
    action: Mapped[str] = mapped_column(String(20))
    object: Mapped[str] = mapped_column(String(40))
    relation: Mapped[str] = mapped_column(String(20), default="any")
    record_id: Mapped[int | None]
    field: Mapped[str] = mapped_column(String(40), default="")
    expected: Mapped[bool]
    label: Mapped[str] = mapped_column(String(300))
    added_by: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(Instant)


class PermissionRun(Base):
    """One run of all tests, kept as evidence: every answer as it was then, and which grants it was asked of.

    ``grants_digest`` is the version of the grants, teams, modules and roles held; ``results`` is a list of mappings.
    """

    __tablename__ = "crm_permission_run"
    audit_label = "summary"

    at: Mapped[datetime] = mapped_column(Instant, index=True)
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(200))
    cases: Mapped[int]
    failed: Mapped[int]
    compared: Mapped[int]
    agreed: Mapped[int]
    grants_digest: Mapped[str] = mapped_column(String(64))
    results: Mapped[list[Any]] = mapped_column(JSON)
