"""What the tables of all records have in common."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from infra.database import Instant

LIVE = text("deleted_at IS NULL")
"""The condition of the indexes that lists use: what lies in the recycle bin is in none of them."""


class Record:
    """What every record has: whose it is, where it came from, and whether it lies in the recycle bin.

    ``origin`` is one of the catalogue's ORIGINS; ``merged_into_id`` leads from a merged record to the one that stays.
    """

    audit_scope = "crm"

    name: Mapped[str] = mapped_column(String(250))
    origin: Mapped[str] = mapped_column(String(12), default="entered")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_by: Mapped[int | None]
    merged_into_id: Mapped[int | None]

    @declared_attr
    def owner_id(self) -> Mapped[int | None]:
        """Whose record it is."""
        return mapped_column(ForeignKey("person.id"))

    @declared_attr
    def team_id(self) -> Mapped[int | None]:
        """The team that it belongs to: that of the owner when they got it."""
        return mapped_column(ForeignKey("team.id"))


def live_indexes(table: str, *columns: str) -> tuple[Index, ...]:
    """Partial indexes over live rows; each column, or columns joined by commas, gives one."""
    return tuple(
        Index(
            f"ix_{table}_{'_'.join(part.strip() for part in each.split(','))}",
            *(part.strip() for part in each.split(",")),
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        )
        for each in columns
    )


class Place:
    """Where somebody is found."""

    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2), default="")


class Named:
    """Somebody's name in parts; ``name`` is made of both."""

    first_name: Mapped[str] = mapped_column(String(120), default="")
    last_name: Mapped[str] = mapped_column(String(120))
