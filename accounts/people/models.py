"""Tables of people and companies."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.database import Base, Instant


class Company(Base):
    """An organisation that people belong to: one's own, a vendor, a customer."""

    __tablename__ = "company"

    name: Mapped[str] = mapped_column(String(200), unique=True)


class Person(Base):
    """Somebody who works in a roll-out. Without an e-mail address they cannot sign in.

    ``fs_uniquifier`` is what a session refers to: a new one signs the person out everywhere.
    """

    __tablename__ = "person"
    secret: ClassVar[frozenset[str]] = frozenset({"password", "fs_uniquifier"})

    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    created_at: Mapped[datetime] = mapped_column(Instant)

    company: Mapped[Company | None] = relationship(lazy="joined")
