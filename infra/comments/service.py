"""Writing comments: anybody who may comment on the subject adds; only the author changes or deletes."""

from __future__ import annotations

from infra import subjects
from infra.comments.events import CommentAdded, CommentChanged
from infra.comments.models import Comment
from infra.comments.rules import clean_text
from infra.database import db
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import Actor
from kernel.errors import NotFound, Refused

UNDOABLE = {"comment.added": "comment.add", "comment.changed": "comment.add", "comment.deleted": "comment.add"}
"""What can be taken back, and the permission that this needs."""


def add_comment(subject_key: str, text: str, *, actor: Actor) -> Work:
    """Say something about a subject. Raises NotFound, Refused, or RuleBroken for an empty or too long text."""
    with transaction(actor, "comment.added") as work:
        subject = subjects.find(subject_key, actor)
        subjects.demand(actor, subject.comment, subject)
        comment = Comment(
            subject=subject.key,
            scope=subject.scope,
            author_id=actor.id,
            author_name=actor.name,
            text=clean_text(text, wires().settings.max_note),
            created_at=work.at,
        )
        work.session.add(comment)
        work.session.flush()
        work.emit(CommentAdded(comment.id, subject.key, subject.scope))
    return work


def change_comment(comment_id: int, text: str, *, actor: Actor) -> Work:
    """Change what one said oneself."""
    with transaction(actor, "comment.changed") as work:
        comment = _own(comment_id, actor)
        cleaned = clean_text(text, wires().settings.max_note)
        if cleaned != comment.text:
            comment.text, comment.edited_at = cleaned, work.at
            work.emit(CommentChanged(comment.id, comment.subject, comment.scope))
    return work


def delete_comment(comment_id: int, *, actor: Actor) -> Work:
    """Take back what one said oneself; it can be undone."""
    with transaction(actor, "comment.deleted") as work:
        work.session.delete(_own(comment_id, actor))
    return work


def find_own(comment_id: int, *, actor: Actor) -> Comment:
    """A comment that the actor may change. Raises NotFound or Refused."""
    return _own(comment_id, actor)


def _own(comment_id: int, actor: Actor) -> Comment:
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        raise NotFound
    subject = subjects.find(comment.subject, actor)
    subjects.demand(actor, subject.comment, subject)
    if actor.id is None or comment.author_id != actor.id:
        raise Refused("Only the author can change a comment.")
    return comment
