"""The files that somebody sent for a plan and has not decided about yet."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from sqlalchemy import select

from infra.database import db
from kernel.actor import Actor
from kernel.errors import NotFound
from roadmap.uploads.models import Upload

KEPT_FOR = timedelta(days=1)
"""How long a file waits for somebody to take it over."""
LOST = timedelta(minutes=10)
"""A file that is looked at for longer was forgotten by a process that ended."""
WORKING, READY, FAILED = "working", "ready", "failed"


def of(project_id: int, upload_id: int, actor: Actor) -> Upload:
    """A file that somebody sent. Raises NotFound for one of another person or another project."""
    row = db.session.get(Upload, upload_id)
    if row is None or row.project_id != project_id or row.person_id != actor.id:
        raise NotFound
    return row


def latest(project_id: int, actor: Actor, now: datetime) -> Upload | None:
    """The last file that somebody sent for a plan, while it is kept."""
    query = select(Upload).where(Upload.project_id == project_id, Upload.person_id == actor.id)
    recent = query.where(Upload.created_at > now - KEPT_FOR)
    return db.session.scalar(recent.order_by(Upload.id.desc()).limit(1))


def content_of(row: Upload) -> bytes:
    """The file as it was sent."""
    return zlib.decompress(row.content)


def state_of(upload_id: int) -> str | None:
    """Whether a file is still looked at; None for one that was thrown away."""
    return db.session.scalar(select(Upload.state).where(Upload.id == upload_id))


def is_lost(row: Upload, now: datetime) -> bool:
    """Whether whoever looked at a file ended without saying so."""
    return row.state == WORKING and now - row.begun_at > LOST


def row(upload_id: int) -> Upload | None:
    """A file by its number alone."""
    return db.session.get(Upload, upload_id)
