"""Articles within what a reader may see, found by their words; their versions, votes, views and tickets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true

from accounts.people.models import Person
from crm.access.queries import access_of, modules_on
from crm.access.rules import Access
from crm.knowledge.models import Article, ArticleDay, ArticleTicket, ArticleVersion, ArticleVote, ArticleWord
from crm.knowledge.rules import articles as rules
from crm.knowledge.rules import finding
from crm.knowledge.rules.articles import Audience, State, Votes
from crm.knowledge.rules.finding import Found
from crm.objects.rules.catalogue import TICKET, Module
from crm.records import queries as records
from infra.database import db
from infra.memo import remembered
from infra.subjects import Subject
from kernel.actor import INSTANCE, Actor
from kernel.errors import NotFound

VIEWED = timedelta(days=90)
"""Views are counted over so many days."""
KIND = "crm_article"
SUGGESTED, SHOWN = 4, 50


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: who writes articles sees all, who signs in the published ones, a visitor those for customers."""

    writes: bool = False
    signed_in: bool = True

    @property
    def sees(self) -> ColumnElement[bool]:
        """The condition for the articles that they may read."""
        if self.writes:
            return true()
        published = Article.state == State.PUBLISHED.value
        return published if self.signed_in else and_(published, Article.audience == Audience.CUSTOMERS.value)


VISITOR = Reader(signed_in=False)


@dataclass(frozen=True, slots=True)
class Row:
    """An article as it is listed. ``stale`` says why it needs another look; ``views`` are those of the last 90 days."""

    id: int
    title: str
    summary: str
    category: str
    audience: Audience
    state: State
    number: int
    owner_id: int | None
    owner: str
    changed_on: date
    review_on: date | None
    votes: Votes
    views: int
    tickets: int
    stale: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found."""

    id: int
    title: str
    summary: str
    category: str
    state: State


@dataclass(frozen=True, slots=True)
class Version:
    """A version with who wrote it."""

    number: int
    title: str
    summary: str
    body: str
    note: str
    by: str
    at: Any


@remembered
def reader_of(actor: Actor) -> Reader:
    """What somebody who signed in may read."""
    return Reader(writes="knowledge" in access_of(actor).functions())


def is_on() -> bool:
    """Whether the module is there that articles belong to."""
    return Module.SERVICE in modules_on()


def article(article_id: int, reader: Reader) -> Article:
    """An article that the reader may see. Raises NotFound."""
    found = db.session.scalar(select(Article).where(Article.id == article_id, reader.sees))
    if found is None:
        raise NotFound
    return found


def rows(today: date) -> list[Row]:
    """Every article for who looks after them, by title: one statement."""
    since = today - VIEWED
    yes, no = (
        func.coalesce(func.sum(case((ArticleVote.helped.is_(helped), 1), else_=0)), 0) for helped in (True, False)
    )
    voted = select(ArticleVote.article_id, yes.label("yes"), no.label("no")).group_by(ArticleVote.article_id).subquery()
    viewed = (
        select(ArticleDay.article_id, func.sum(ArticleDay.times).label("views"))
        .where(ArticleDay.day > since)
        .group_by(ArticleDay.article_id)
        .subquery()
    )
    linked = (
        select(ArticleTicket.article_id, func.count().label("tickets")).group_by(ArticleTicket.article_id).subquery()
    )
    query = (
        select(Article, func.coalesce(Person.name, ""), voted.c.yes, voted.c.no, viewed.c.views, linked.c.tickets)
        .outerjoin(Person, Person.id == Article.owner_id)
        .outerjoin(voted, voted.c.article_id == Article.id)
        .outerjoin(viewed, viewed.c.article_id == Article.id)
        .outerjoin(linked, linked.c.article_id == Article.id)
        .order_by(func.lower(Article.title), Article.id)
    )
    return [_row(each, today) for each in db.session.execute(query)]


def _row(found: Any, today: date) -> Row:
    each, owner, yes, no, views, tickets = found
    votes, state = Votes(yes or 0, no or 0), State(each.state)
    return Row(
        each.id,
        each.title,
        each.summary,
        each.category,
        Audience(each.audience),
        state,
        each.number,
        each.owner_id,
        owner,
        each.changed_at.date(),
        each.review_on,
        votes,
        views or 0,
        tickets or 0,
        rules.why_stale(state, each.review_on, votes, today),
    )


def shelf(reader: Reader, category: str = "") -> list[Hit]:
    """The published articles that a reader may see, by category and title: one statement."""
    query = _hits(reader).where(Article.state == State.PUBLISHED.value)
    if category:
        query = query.where(Article.category == category)
    order = func.lower(Article.category), func.lower(Article.title), Article.id
    return [_hit(each) for each in db.session.execute(query.order_by(*order))]


def categories() -> list[str]:
    """The categories that articles have."""
    query = select(Article.category).where(Article.category != "").distinct().order_by(Article.category)
    return list(db.session.scalars(query))


def search(text: str, reader: Reader) -> list[Hit]:
    """The articles that hold every word that is looked for, the best first; a slip of one letter is forgiven."""
    words = finding.wanted(text)
    found = _ranked(words, reader, every=True, most=SHOWN)
    if found or not words:
        return found
    meant = _meant(words)
    return _ranked(meant, reader, every=True, most=SHOWN) if meant != words else []


def suggest(text: str, reader: Reader, most: int = SUGGESTED) -> list[Hit]:
    """The published articles that fit best what somebody writes: not every word has to be there."""
    return _ranked(finding.wanted(text), reader, every=False, most=most, published=True)


def _ranked(words: Sequence[str], reader: Reader, *, every: bool, most: int, published: bool = False) -> list[Hit]:
    if not words:
        return []
    starts = or_(*(and_(ArticleWord.word >= word, ArticleWord.word < f"{word}\U0010fffd") for word in words))
    conditions = [starts, reader.sees, *([Article.state == State.PUBLISHED.value] if published else [])]
    query = (
        select(ArticleWord.article_id, ArticleWord.word, ArticleWord.weight)
        .join(Article, Article.id == ArticleWord.article_id)
        .where(*conditions)
    )
    hits = [Found(*each) for each in db.session.execute(query)]
    total = db.session.scalar(select(func.count()).select_from(Article)) or 0
    best = finding.ranked(words, hits, total, every=every)[:most]
    named = {each.id: _hit(each) for each in db.session.execute(_hits(reader).where(Article.id.in_(best)))}
    return [named[each] for each in best if each in named]


def _meant(words: Sequence[str]) -> tuple[str, ...]:
    """The words, those that begin no known word replaced by the nearest one that is known."""
    ends = sorted({word[0] for word in words})
    known = {
        row[0]: row[1]
        for row in db.session.execute(
            select(ArticleWord.word, func.count())
            .where(or_(*(ArticleWord.word.startswith(each) for each in ends)))
            .group_by(ArticleWord.word)
        )
    }
    return tuple(
        word if any(each.startswith(word) for each in known) else finding.nearest(word, known) or word for word in words
    )


def _hits(reader: Reader) -> Select[*tuple[Any, ...]]:
    return select(Article.id, Article.title, Article.summary, Article.category, Article.state).where(reader.sees)


def _hit(row: Any) -> Hit:
    return Hit(row.id, row.title, row.summary, row.category, State(row.state))


def versions(article_id: int) -> list[Version]:
    """Every version of an article, the newest first."""
    query = (
        select(ArticleVersion, func.coalesce(Person.name, ""))
        .outerjoin(Person, Person.id == ArticleVersion.by_id)
        .where(ArticleVersion.article_id == article_id)
        .order_by(ArticleVersion.number.desc())
    )
    return [
        Version(each.number, each.title, each.summary, each.body, each.note, by, each.at)
        for each, by in db.session.execute(query)
    ]


def votes(article_id: int) -> Votes:
    """Whom an article helped."""
    helped = select(ArticleVote.helped, func.count()).where(ArticleVote.article_id == article_id)
    counts = {row[0]: row[1] for row in db.session.execute(helped.group_by(ArticleVote.helped))}
    return Votes(counts.get(True, 0), counts.get(False, 0))


def vote_of(article_id: int, person_id: int | None) -> ArticleVote | None:
    """What somebody said of an article."""
    mine = ArticleVote.article_id == article_id, ArticleVote.person_id == person_id
    return db.session.scalar(select(ArticleVote).where(*mine))


def owner_of(row: Article) -> str:
    """Who looks after an article; "" for nobody."""
    return db.session.scalar(select(Person.name).where(Person.id == row.owner_id)) or ""


def lacking(article_id: int, most: int = 10) -> list[tuple[str, Any]]:
    """What those missed whom an article did not help, the newest first."""
    said = ArticleVote.article_id == article_id, ArticleVote.helped.is_(False), ArticleVote.lacking != ""
    query = select(ArticleVote.lacking, ArticleVote.at).where(*said).order_by(ArticleVote.at.desc()).limit(most)
    return [(text, at) for text, at in db.session.execute(query)]


def views(article_id: int, today: date) -> int:
    """How often an article was opened in the last 90 days."""
    recent = ArticleDay.article_id == article_id, ArticleDay.day > today - VIEWED
    return db.session.scalar(select(func.sum(ArticleDay.times)).where(*recent)) or 0


def tickets(article_id: int, access: Access, most: int = 20) -> list[tuple[int, str]]:
    """The tickets that an article answers, as far as the reader sees them, the newest first."""
    query = select(ArticleTicket.ticket_id).where(ArticleTicket.article_id == article_id)
    ids = list(db.session.scalars(query.order_by(ArticleTicket.id.desc()).limit(most)))
    named = records.names(access, TICKET, ids)
    return [(each, named[each]) for each in ids if each in named]


def of_ticket(ticket_id: int, reader: Reader) -> list[Hit]:
    """The articles that answer a ticket."""
    linked = select(ArticleTicket.article_id).where(ArticleTicket.ticket_id == ticket_id)
    found = db.session.execute(_hits(reader).where(Article.id.in_(linked)).order_by(func.lower(Article.title)))
    return [_hit(each) for each in found]


def any_for_customers() -> bool:
    """Whether anything is there for visitors."""
    return db.session.scalar(select(Article.id).where(VISITOR.sees).limit(1)) is not None


def due(today: date) -> list[Article]:
    """Published articles that nobody has looked at for half a year."""
    wanted = Article.state == State.PUBLISHED.value, Article.review_on <= today
    return list(db.session.scalars(select(Article).where(*wanted).order_by(Article.id)))


def numbers(subjects: Iterable[str]) -> list[int]:
    """The articles among rows that the trail names."""
    found = (each.partition(":") for each in subjects)
    return sorted(int(number) for table, _colon, number in found if table == KIND)


def subject(article_id: int) -> Subject | None:
    """An article as notices and files see it: who writes articles attaches, who may read it opens."""
    row = db.session.get(Article, article_id)
    if row is None:
        return None
    see = "crm.knowledge" if row.state != State.PUBLISHED.value else "article.see"
    address = f"/crm/knowledge/{article_id}"
    return Subject(f"{KIND}:{article_id}", row.title, INSTANCE, address, see, "nobody.nothing", "crm.knowledge")
