"""Adding, reading and deleting files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import puremagic

from infra import subjects
from infra.attachments import queries, rules, store
from infra.attachments.models import Attachment
from infra.database import db
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import Actor
from kernel.errors import NotFound, Refused

UNDOABLE = {"file.added": "file.add", "file.deleted": "file.add"}
"""What can be taken back, and the permission that this needs."""
KEPT_FILES = "kept_files"
"""Functions of other rooms that keep contents in the same folder: the digests that they still name."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file to hand out."""

    path: Path
    name: str
    content_type: str


def add_file(subject_key: str, name: str, stream: BinaryIO, *, actor: Actor) -> tuple[int, Work]:
    """Attach a file to a subject; gives its number. The bytes are safe on the disk before the row is written.

    Raises NotFound, Refused, TooLarge, or RuleBroken for a content that can't be attached.
    """
    subject = subjects.find(subject_key, actor)
    subjects.demand(actor, subject.attach, subject)
    name, settings = rules.safe_name(name), wires().settings
    rules.content_type(name, _peek(stream), None)
    stored = store.put(settings.files_dir, stream, settings.max_upload, wires().clock())
    with transaction(actor, "file.added") as work:
        attachment = Attachment(
            subject=subject.key,
            scope=subject.scope,
            name=name,
            digest=stored.digest,
            size=stored.size,
            content_type=rules.content_type(name, stored.head, _guess(stored.head)),
            author_id=actor.id,
            author_name=actor.name,
            created_at=work.at,
        )
        work.session.add(attachment)
        work.session.flush()
    return attachment.id, work


def open_file(attachment_id: int, *, actor: Actor) -> Download:
    """A file for whoever may see its subject. Raises NotFound."""
    attachment = _seen(attachment_id, actor)
    path = store.path_of(wires().settings.files_dir, attachment.digest)
    if not path.exists():
        raise NotFound("The content of this file is missing on the server. Tell your administrator.")
    return Download(path, attachment.name, attachment.content_type)


def subject_of(attachment_id: int, *, actor: Actor) -> subjects.Subject:
    """What a file is attached to. Raises NotFound."""
    return subjects.find(_seen(attachment_id, actor).subject, actor)


def delete_file(attachment_id: int, *, actor: Actor) -> Work:
    """Delete a file that one added oneself; it can be undone, because the content is kept for a day."""
    with transaction(actor, "file.deleted") as work:
        attachment = _seen(attachment_id, actor)
        subject = subjects.find(attachment.subject, actor)
        subjects.demand(actor, subject.attach, subject)
        if actor.id is None or attachment.author_id != actor.id:
            raise Refused("Only whoever added a file can delete it.")
        digest, folder = attachment.digest, wires().settings.files_dir
        work.session.delete(attachment)
        store.touch(folder, digest, work.at)
    return work


def remove_orphans(_actor: Actor, now: datetime) -> int:
    """Remove contents that no row names any more; how many. Called by the timetable."""
    elsewhere = {digest for kept in wires().extras.get(KEPT_FILES, ()) for digest in kept()}
    return store.remove_orphans(wires().settings.files_dir, queries.named_digests() | elsewhere, now)


def _seen(attachment_id: int, actor: Actor) -> Attachment:
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is None:
        raise NotFound
    subjects.find(attachment.subject, actor)
    return attachment


def _peek(stream: BinaryIO) -> bytes:
    head = stream.read(store.HEAD)
    stream.seek(0)
    return head


def _guess(head: bytes) -> str | None:
    try:
        return puremagic.magic_string(head)[0].mime_type or None
    except (puremagic.PureError, ValueError, IndexError):
        return None
