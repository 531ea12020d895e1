"""Reading comments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from infra import subjects
from infra.comments.models import Comment
from infra.comments.rules import in_parts
from infra.database import db
from infra.subjects import Subject
from kernel.actor import Actor

LABEL_LIMIT = 80
"""How much of a comment names it."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as a page shows it. ``mine``: the reader wrote it and may change or delete it.

    ``parts`` are the text in pieces, each with whether it is somebody's name.
    """

    id: int
    author_id: int | None
    author_name: str
    initials: str
    text: str
    at: datetime
    edited_at: datetime | None
    mine: bool
    parts: tuple[tuple[str, bool], ...] = ()


def of_subject(subject: str, reader: Actor, limit: int = 500) -> list[Said]:
    """The comments on a subject, oldest first; the caller has made sure that the reader may see the subject."""
    newest = select(Comment).where(Comment.subject == subject).order_by(Comment.id.desc()).limit(limit)
    return [_said(comment, reader) for comment in reversed(db.session.scalars(newest).all())]


def count_of(subjects: Iterable[str]) -> dict[str, int]:
    """How many comments each subject has; subjects without any are left out."""
    counted = select(Comment.subject, func.count()).where(Comment.subject.in_(list(subjects))).group_by(Comment.subject)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def subject(number: int) -> Subject | None:
    """A comment as something that others refer to: seen by whoever sees what it is about; nobody comments on it."""
    comment = db.session.get(Comment, number)
    about = subjects.resolve(comment.subject) if comment else None
    if comment is None or about is None:
        return None
    words = " ".join(comment.text.split())
    label = words if len(words) <= LABEL_LIMIT else f"{words[:LABEL_LIMIT].rstrip()}…"
    address = f"{about.address}#comment-{number}"
    return replace(about, key=f"comment:{number}", label=label, address=address, comment="", attach="")


def _said(comment: Comment, reader: Actor) -> Said:
    return Said(
        comment.id,
        comment.author_id,
        comment.author_name,
        Actor(comment.author_id, comment.author_name).initials,
        comment.text,
        comment.created_at,
        comment.edited_at,
        reader.id is not None and comment.author_id == reader.id,
        in_parts(comment.text, comment.mentions),
    )
