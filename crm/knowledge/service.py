"""Writing articles, publishing and retiring them, saying whether they helped, and tying them to tickets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from accounts.notices import service as notices
from crm.access.queries import access_of
from crm.knowledge import queries
from crm.knowledge.models import Article, ArticleDay, ArticleTicket, ArticleVersion, ArticleVote, ArticleWord
from crm.knowledge.rules import articles as rules
from crm.knowledge.rules import finding
from crm.knowledge.rules.articles import ArticleData, State
from crm.objects.rules.catalogue import TICKET
from crm.records import queries as records
from infra.transaction import Work, transaction
from infra.undo import Undone
from kernel.actor import INSTANCE, SYSTEM, Actor
from kernel.errors import Conflict, NotFound, RuleBroken

UNDOABLE = {
    "article.begun": "crm.knowledge",
    "article.changed": "crm.knowledge",
    "article.published": "crm.knowledge",
    "article.retired": "crm.knowledge",
    "article.restored": "crm.knowledge",
    "article.reviewed": "crm.knowledge",
    "article.removed": "crm.knowledge",
    "article.linked": "crm.use",
    "article.unlinked": "crm.use",
}
"""What can be taken back, and the permission that this needs."""


def begin(data: ArticleData, *, actor: Actor, now: datetime, ticket_id: int | None = None) -> tuple[int, Work]:
    """Begin an article as a draft, perhaps from a ticket that the actor sees; its number. Raises RuleBroken."""
    wanted = rules.check_article(data)
    with transaction(actor, "article.begun", at=now) as work:
        if ticket_id is not None:
            records.get(access_of(actor), TICKET, ticket_id)
        row = Article(owner_id=actor.id, created_at=now, changed_at=now, number=1, ticket_id=ticket_id)
        _fill(row, wanted)
        work.session.add(row)
        work.session.flush()
        work.session.add(_version(row, wanted.note, actor, now))
        if ticket_id is not None:
            work.session.add(ArticleTicket(article_id=row.id, ticket_id=ticket_id, by_id=actor.id, at=now))
        work.session.flush()
        _index(work, row)
    return row.id, work


def change(article_id: int, number: int, data: ArticleData, *, actor: Actor, now: datetime) -> Work:
    """Change an article; other words make another version. ``number`` is the version that was read.

    Raises NotFound, RuleBroken, Conflict where somebody wrote another version meanwhile.
    """
    wanted = rules.check_article(data)
    with transaction(actor, "article.changed", at=now) as work:
        row = _held(work, article_id)
        if row.number != number:
            raise Conflict(
                "knowledge.changed",
                "Somebody wrote version %(number)d meanwhile. Your words are kept here: compare, then save again.",
                number=row.number,
            )
        if State(row.state) is State.PUBLISHED:
            rules.check_publish(wanted.body)
        _write(work, row, wanted, actor, now)
    return work


def restore(article_id: int, number: int, *, actor: Actor, now: datetime) -> Work:
    """Let an older version hold again, as a new one. Raises NotFound."""
    with transaction(actor, "article.restored", at=now) as work:
        row = _held(work, article_id)
        mine = ArticleVersion.article_id == article_id, ArticleVersion.number == number
        was = work.session.scalar(select(ArticleVersion).where(*mine))
        if was is None:
            raise NotFound
        note = f"Version {number} again"
        data = ArticleData(was.title, was.body, was.summary, row.category, rules.Audience(row.audience), note)
        _write(work, row, data, actor, now)
    return work


def _write(work: Work, row: Article, data: ArticleData, actor: Actor, now: datetime) -> None:
    other = (row.title, row.summary, row.body) != (data.title, data.summary, data.body)
    _fill(row, data)
    row.changed_at = now
    if other:
        row.number += 1
        work.session.add(_version(row, data.note, actor, now))
    work.session.flush()
    _index(work, row)


def publish(article_id: int, *, actor: Actor, now: datetime, today: date) -> Work:
    """Let everybody read an article whom it is for. Raises NotFound, RuleBroken for an empty one."""
    with transaction(actor, "article.published", at=now) as work:
        row = _held(work, article_id)
        rules.check_publish(row.body)
        row.state, row.published_at, row.review_on = State.PUBLISHED.value, now, rules.review_on(today)
    return work


def retire(article_id: int, *, actor: Actor) -> Work:
    """Take an article from its readers; it stays where it was linked, for who writes articles. Raises NotFound."""
    with transaction(actor, "article.retired") as work:
        row = _held(work, article_id)
        if row.state != State.PUBLISHED.value:
            raise RuleBroken("knowledge.not_published", "Only a published article can be retired.")
        row.state = State.RETIRED.value
    return work


def review(article_id: int, *, actor: Actor, today: date) -> Work:
    """Say that an article still holds; half a year later somebody looks again. Raises NotFound."""
    with transaction(actor, "article.reviewed") as work:
        _held(work, article_id).review_on = rules.review_on(today)
    return work


def remove(article_id: int, *, actor: Actor) -> Work:
    """Remove a draft that was never read. Raises NotFound, RuleBroken for one that was published."""
    with transaction(actor, "article.removed") as work:
        row = _held(work, article_id)
        if row.state != State.DRAFT.value or row.published_at is not None:
            raise RuleBroken("knowledge.read", "It was published: retire it, so that links to it lead somewhere.")
        work.bulk_delete(ArticleTicket, [ArticleTicket.article_id == article_id])
        work.bulk_delete(ArticleVersion, [ArticleVersion.article_id == article_id])
        work.session.delete(row)
    return work


def vote(article_id: int, *, helped: bool, lacking: str = "", actor: Actor, now: datetime) -> None:
    """Say whether an article helped; who says it again changes their mind. Raises NotFound, RuleBroken."""
    said = " ".join(lacking.split())
    if len(said) > rules.LACKING:
        raise RuleBroken("knowledge.long", "At most %(most)d characters fit.", field="lacking", most=rules.LACKING)
    with transaction(actor, "article.voted", at=now) as work:
        queries.article(article_id, queries.reader_of(actor))
        row = queries.vote_of(article_id, actor.id)
        if row is None:
            row = ArticleVote(article_id=article_id, person_id=actor.id)
            work.session.add(row)
        row.helped, row.lacking, row.at = helped, "" if helped else said, now


def count_view(article_id: int, today: date) -> None:
    """Count that an article was opened; nobody's name is kept."""
    with transaction(SYSTEM, "article.opened") as work:
        make: Any = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
        first = make(ArticleDay).values(article_id=article_id, day=today, times=1)
        again = {"times": ArticleDay.times + 1}
        work.session.execute(first.on_conflict_do_update(index_elements=["article_id", "day"], set_=again))


def link(article_id: int, ticket_id: int, *, actor: Actor, now: datetime) -> Work:
    """Say that an article answers a ticket; both have to be seen by the actor. Raises NotFound."""
    with transaction(actor, "article.linked", at=now) as work:
        queries.article(article_id, queries.reader_of(actor))
        records.get(access_of(actor), TICKET, ticket_id)
        mine = ArticleTicket.article_id == article_id, ArticleTicket.ticket_id == ticket_id
        if work.session.scalar(select(ArticleTicket.id).where(*mine)) is None:
            work.session.add(ArticleTicket(article_id=article_id, ticket_id=ticket_id, by_id=actor.id, at=now))
    return work


def unlink(article_id: int, ticket_id: int, *, actor: Actor) -> Work:
    """Say that it does not. Raises NotFound."""
    with transaction(actor, "article.unlinked") as work:
        records.get(access_of(actor), TICKET, ticket_id)
        mine = ArticleTicket.article_id == article_id, ArticleTicket.ticket_id == ticket_id
        row = work.session.scalar(select(ArticleTicket).where(*mine))
        if row is None:
            raise NotFound
        work.session.delete(row)
    return work


def remind(actor: Actor, now: datetime, today: date) -> int:
    """Tell owners which of their articles nobody has looked at for half a year, once a month; how many."""
    stale = queries.due(today)
    with transaction(actor, "article.reminded", at=now) as work:
        for each in stale:
            notices.tell(
                work, "article_review", [each.owner_id], subject=f"{queries.KIND}:{each.id}", label=each.title,
                scope=INSTANCE, once=f"article:{each.id}:{today:%Y-%m}",
            )  # fmt: skip
    return len(stale)


def follow_undo(event: Undone, work: Work) -> None:
    """Articles that an undo brought back or changed are found by their words again."""
    for number in queries.numbers(event.subjects):
        row = work.session.get(Article, number)
        if row is not None:
            _index(work, row)


def _fill(row: Article, data: ArticleData) -> None:
    row.title, row.summary, row.body = data.title, data.summary, data.body
    row.category, row.audience = data.category, data.audience.value


def _version(row: Article, note: str, actor: Actor, now: datetime) -> ArticleVersion:
    return ArticleVersion(
        article_id=row.id, number=row.number, title=row.title, summary=row.summary, body=row.body, note=note,
        by_id=actor.id, at=now,
    )  # fmt: skip


def _index(work: Work, row: Article) -> None:
    words = finding.weights(row.title, row.summary, row.category, row.body)
    mine = delete(ArticleWord).where(ArticleWord.article_id == row.id)
    work.session.execute(mine.execution_options(synchronize_session=False))
    rows = [{"article_id": row.id, "word": word, "weight": weight} for word, weight in words.items()]
    work.bulk_insert(ArticleWord, rows)


def _held(work: Work, article_id: int) -> Article:
    found = work.session.scalar(select(Article).where(Article.id == article_id).with_for_update())
    if found is None:
        raise NotFound
    return found
