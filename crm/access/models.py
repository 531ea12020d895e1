"""The tables of access: roles that differ from the shipped ones, who holds which, and shared records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.database import Base, Instant


class CrmRole(Base):
    """A role of one's own, or a shipped one that was altered; a shipped role without a row is as shipped."""

    __tablename__ = "crm_role"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(300), default="")

    grants: Mapped[list[CrmGrant]] = relationship(
        back_populates="role", cascade="all, delete-orphan", order_by="CrmGrant.id", lazy="selectin"
    )


class CrmGrant(Base):
    """One grant of a role; ``fields`` None is every field, else the keys that it reaches."""

    __tablename__ = "crm_grant"
    audit_label = "object"

    role_id: Mapped[int] = mapped_column(ForeignKey("crm_role.id", ondelete="CASCADE"))
    object: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    visibility: Mapped[int]
    fields: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))

    role: Mapped[CrmRole] = relationship(back_populates="grants")

    __table_args__ = (UniqueConstraint("role_id", "object", "action"),)


class CrmHolder(Base):
    """A person holds a role of the CRM, named by its key."""

    __tablename__ = "crm_holder"
    audit_label = "role_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role_key: Mapped[str] = mapped_column(String(40), index=True)

    __table_args__ = (UniqueConstraint("person_id", "role_key"),)


class RecordShare(Base):
    """One record that is shared with a person or a team, to read or to edit: it counts as their own for that.

    ``until`` is when that ends; None: when somebody takes it back.
    """

    __tablename__ = "record_share"
    audit_label = "object"

    object: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    may_edit: Mapped[bool] = mapped_column(default=False)
    shared_by: Mapped[int | None]
    shared_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("person_id", "object", "record_id"),
        UniqueConstraint("team_id", "object", "record_id"),
    )


class ModuleSwitch(Base):
    """A module that was switched off or on again; without a row it is on."""

    __tablename__ = "module_switch"
    audit_label = "module"

    module: Mapped[str] = mapped_column(String(20), unique=True)
    on: Mapped[bool] = mapped_column(default=True)
