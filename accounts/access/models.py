"""The table of memberships."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class Membership(Base):
    """A person holds a role in a scope: ``instance``, or a key that the scope's owner gives, such as ``project:7``."""

    __tablename__ = "membership"
    audit_label = "role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(60), index=True)

    __table_args__ = (UniqueConstraint("person_id", "role", "scope"),)

    @property
    def audit_scope(self) -> str:
        """A change of membership belongs to the history of the scope."""
        return "" if self.scope == "instance" else self.scope
