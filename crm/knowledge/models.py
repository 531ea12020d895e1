"""Tables of the knowledge base: articles, how each read before, who they helped, and the words to find them by."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Instant


class Article(Base):
    """An article as it reads now. ``number`` counts its versions; ``review_on`` is when somebody looks at it again.

    ``audience`` is ``staff`` (everybody who signs in) or ``customers`` (everybody); ``ticket_id`` names the ticket that
    it was written from.
    """

    __tablename__ = "crm_article"
    audit_label = "title"
    audit_scope = "crm"
    __table_args__ = (Index("ix_crm_article_state_audience", "state", "audience"),)

    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(80), default="")
    audience: Mapped[str] = mapped_column(String(10), default="staff")
    state: Mapped[str] = mapped_column(String(10), default="draft")
    number: Mapped[int] = mapped_column(default=1)
    owner_id: Mapped[int | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("crm_ticket.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    review_on: Mapped[date | None]


class ArticleVersion(Base):
    """How an article read after somebody changed its words; ``note`` says why."""

    __tablename__ = "crm_article_version"
    audit_label = "number"
    audit_scope = "crm"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("crm_article.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)


class ArticleVote(Base):
    """Whether an article helped somebody: one answer a person, which may change."""

    __tablename__ = "crm_article_vote"
    audit_label = "helped"
    audit_scope = "crm"
    __table_args__ = (UniqueConstraint("article_id", "person_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("crm_article.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    helped: Mapped[bool]
    lacking: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(Instant)


class ArticleTicket(Base):
    """An article that answers a ticket."""

    __tablename__ = "crm_article_ticket"
    audit_label = "ticket_id"
    audit_scope = "crm"
    __table_args__ = (UniqueConstraint("article_id", "ticket_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("crm_article.id", ondelete="CASCADE"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("crm_ticket.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)


class ArticleDay(Base):
    """How often an article was opened on a day; nobody's name is kept."""

    __tablename__ = "crm_article_day"
    audited: ClassVar[bool] = False
    __table_args__ = (UniqueConstraint("article_id", "day"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("crm_article.id", ondelete="CASCADE"))
    day: Mapped[date]
    times: Mapped[int]


class ArticleWord(Base):
    """A word that an article is found by, and how much it says of it; made of the article again whenever it changes."""

    __tablename__ = "crm_article_word"
    audited: ClassVar[bool] = False
    __table_args__ = (Index("ix_crm_article_word_word", "word", "article_id", "weight"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("crm_article.id", ondelete="CASCADE"), index=True)
    word: Mapped[str] = mapped_column(String(40))
    weight: Mapped[int]
