"""The table of saved views."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class SavedView(Base):
    """A wish that a person kept under a name: for one list (``page``) in one ``scope``, such as ``project:7``.

    ``query`` is the query string; a shared view is offered to everybody who may open that list there.
    """

    __tablename__ = "saved_view"

    person_id: Mapped[int]
    page: Mapped[str] = mapped_column(String(80))
    scope: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(2000), default="")
    shared: Mapped[bool] = mapped_column(default=False)
    is_default: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("person_id", "page", "scope", "name"),)

    @property
    def audit_scope(self) -> str:
        """A view's history belongs where its list does."""
        return self.scope
