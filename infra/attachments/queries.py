"""Reading attachments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from infra.attachments.models import Attachment
from infra.database import db
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as a page shows it; ``size`` in bytes; ``mine``: the reader added it and may delete it."""

    id: int
    name: str
    size: int
    content_type: str
    author_id: int | None
    author_name: str
    at: datetime
    mine: bool


def of_subject(subject: str, reader: Actor) -> list[Attached]:
    """The files on a subject, oldest first; the caller has made sure that the reader may see the subject."""
    found = db.session.scalars(select(Attachment).where(Attachment.subject == subject).order_by(Attachment.id))
    return [
        Attached(
            row.id,
            row.name,
            row.size,
            row.content_type,
            row.author_id,
            row.author_name,
            row.created_at,
            reader.id is not None and row.author_id == reader.id,
        )
        for row in found
    ]


def count_of(subjects: Iterable[str]) -> dict[str, int]:
    """How many files each subject has; subjects without any are left out."""
    wanted = Attachment.subject.in_(list(subjects))
    counted = select(Attachment.subject, func.count()).where(wanted).group_by(Attachment.subject)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def named_digests() -> set[str]:
    """The hash of every content that a row names."""
    return set(db.session.scalars(select(Attachment.digest).distinct()))
