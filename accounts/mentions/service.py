"""Hearing of comments: names become mentions, and those who are called or take part are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select

from accounts.notices import queries as notices
from accounts.notices.service import tell
from infra import subjects
from infra.comments.events import CommentAdded, CommentChanged
from infra.comments.models import Comment
from infra.comments.rules import MOST_MENTIONED, Mentions, mentions
from infra.subjects import Subject, label_for
from infra.transaction import Work
from kernel.actor import Actor

_EXCERPT = 160


def follow_comment(event: CommentAdded, work: Work) -> None:
    """Tell whoever is called by name, then those whose work it is or who commented before."""
    comment, subject = work.session.get_one(Comment, event.comment_id), subjects.resolve(event.subject)
    if subject is None:
        return
    audience = notices.audience(subject)
    called = _call(work, comment, subject, audience, set())
    before = work.session.scalars(
        select(Comment.author_id).where(Comment.subject == subject.key, Comment.id != comment.id).distinct()
    )
    part = ({*before, *subject.facts.owners} & audience.keys()) - set(called)
    _tell(work, "comment", [audience[each] for each in part], comment, subject)


def follow_rewording(event: CommentChanged, work: Work) -> None:
    """Find the names anew; only whoever was not called before is told."""
    comment, subject = work.session.get_one(Comment, event.comment_id), subjects.resolve(event.subject)
    if subject is not None:
        before = {place[2] for place in comment.mentions or ()}
        _call(work, comment, subject, notices.audience(subject), before)


def _call(
    work: Work, comment: Comment, subject: Subject, audience: dict[int, Actor], before: Collection[int]
) -> list[int]:
    found = mentions(comment.text, {number: (who.name, who.email) for number, who in audience.items()})
    comment.mentions = found.places
    _remark(work, found)
    new = [audience[each] for each in found.people if each not in before]
    _tell(work, "mentioned", new, comment, subject)
    return found.people


def _tell(work: Work, kind: str, people: Iterable[Actor], comment: Comment, subject: Subject) -> None:
    """Each is told of the subject by the name that they may know."""
    text = " ".join(comment.text.split())
    short = text if len(text) <= _EXCERPT else text[: _EXCERPT - 1].rstrip() + "…"
    called: dict[str, list[int]] = defaultdict(list)
    for each in people:
        called[label_for(subject, each)].append(each.id or 0)
    for label, ids in called.items():
        tell(work, kind, ids, subject=subject.key, label=label, scope=subject.scope, text=short)


def _remark(work: Work, found: Mentions) -> None:
    """What the author should know: the comment is kept either way."""
    for typed in found.unknown[:3]:
        text = "Nobody who sees this is called “%(name)s”, so nobody was told."
        work.remark("mentions.unknown", text, name=typed[:60])
    for typed, names in list(found.several.items())[:3]:
        text = "“%(name)s” may be %(names)s: write the whole name to tell one of them."
        work.remark("mentions.several", text, name=typed[:60], names=" / ".join(names[:4]))
    if found.left_out:
        work.remark("mentions.many", "One comment tells at most %(limit)s people.", limit=MOST_MENTIONED)
