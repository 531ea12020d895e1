"""Reading notices: always one person's own, and only what that person may still see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import current_app, has_request_context, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select, true

from accounts.access.models import Membership
from accounts.access.queries import as_actor
from accounts.notices import rules
from accounts.notices.models import Notice, NoticeChoice, NoticeRhythm
from accounts.notices.rules import KINDS, Mailing, Rhythm, Ways
from accounts.people.models import Person
from accounts.policy.rules import Policy
from infra import formats, subjects
from infra.database import db
from infra.subjects import Subject
from infra.wires import wires
from kernel.actor import INSTANCE, Actor, initials
from kernel.errors import NotFound

PAGE = 30


class Seen(Enum):
    """What has become of a notice's subject for its reader."""

    THERE = 1
    GONE = 2
    HIDDEN = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A notice as it is shown. ``place`` is the project's name; ``gone``: there is nothing to open any more."""

    id: int
    kind: str
    title: str
    text: str
    author: str
    initials: str
    place: str
    at: datetime
    unread: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader wants to see of their notices; a kind or scope of "" is any."""

    unread: bool = False
    kind: str = ""
    scope: str = ""
    page: int = 1

    def href(self, **other: object) -> str:
        """The address of the page with other wishes; whoever filters begins at the first page."""
        wished = {"unread": self.unread, "kind": self.kind, "scope": self.scope, "page": 1, **other}
        said = {name: int(value) if isinstance(value, bool) else value for name, value in wished.items()}
        kept = {name: value for name, value in said.items() if value and (name, value) != ("page", 1)}
        return url_for("notices.page") + ("?" + urlencode(kept) if kept else "")


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of notices. ``kinds`` and ``places`` are what can be filtered by: (value, label)."""

    wish: Wish
    today: Sequence[Row]
    earlier: Sequence[Row]
    total: int
    unread: int
    newest: int
    kinds: Sequence[tuple[str, str]]
    places: Sequence[tuple[str, str]]

    @property
    def first(self) -> int:
        """The number of the first notice of this page, from 1."""
        return min(self.total, (self.wish.page - 1) * PAGE + 1)

    @property
    def last(self) -> int:
        """The number of the last notice of this page."""
        return min(self.total, self.wish.page * PAGE)

    @property
    def kind_menu(self) -> list[tuple[str, str, bool]]:
        """The kinds, each with the address that shows only it."""
        return [(label, self.wish.href(kind=value), False) for value, label in self.kinds]

    @property
    def place_menu(self) -> list[tuple[str, str, bool]]:
        """The projects, each with the address that shows only it."""
        return [(label, self.wish.href(scope=value), False) for value, label in self.places]

    @property
    def previous(self) -> str | None:
        """The way back."""
        return self.wish.href(page=self.wish.page - 1) if self.wish.page > 1 else None

    @property
    def next(self) -> str | None:
        """The way on."""
        return self.wish.href(page=self.wish.page + 1) if self.last < self.total else None


def unread_of(reader: Actor) -> int:
    """How many notices wait for their reader, in one statement."""
    return db.session.scalar(select(unread_count(reader))) or 0


def unread_count(reader: Actor) -> ColumnElement[int]:
    """The same as a column, which the navigation reads with its other counts."""
    found = _own(select(func.count()).select_from(Notice), reader).where(Notice.read_at.is_(None))
    return found.scalar_subquery()


class _Group(NamedTuple):
    """How many notices of a kind there are in a scope, and the newest of them."""

    kind: str
    scope: str
    total: int
    read: int
    newest: int


def listing(reader: Actor, wish: Wish, midnight: datetime) -> Listing:
    """A page of notices: those since ``midnight`` first, unread ones before the others."""
    groups = _groups(reader)
    kept = [each for each in groups if wish.kind in ("", each.kind) and wish.scope in ("", each.scope)]
    unread = sum(each.total - each.read for each in kept)
    total = unread if wish.unread else sum(each.total for each in kept)
    wish = replace(wish, page=max(1, min(wish.page, -(-total // PAGE))))
    named = places(each.scope for each in groups)
    rows = [(notice.at >= midnight, row(notice, named, seen)) for notice, seen in _page(reader, wish, midnight)]
    there = {each.kind for each in groups}
    return Listing(
        wish,
        [each for is_today, each in rows if is_today],
        [each for is_today, each in rows if not is_today],
        total,
        unread,
        max((each.newest for each in groups), default=0),
        [(kind.key, _(kind.title)) for kind in KINDS.values() if kind.key in there],
        sorted(named.items(), key=lambda each: each[1].casefold()),
    )


def _groups(reader: Actor) -> list[_Group]:
    counts = (func.count(), func.count(Notice.read_at), func.max(Notice.id))
    query = _own(select(Notice.kind, Notice.scope, *counts), reader).group_by(Notice.kind, Notice.scope)
    return [_Group(*found) for found in db.session.execute(query)]


def _page(reader: Actor, wish: Wish, midnight: datetime) -> list[tuple[Notice, Seen]]:
    query = _own(select(Notice), reader).where(*_conditions(wish))
    order = ((Notice.at >= midnight).desc(), Notice.read_at.is_not(None), Notice.id.desc())
    found = db.session.scalars(query.order_by(*order).offset((wish.page - 1) * PAGE).limit(PAGE))
    return _seen(found.all(), reader)


def notice_of(notice_id: int, reader: Actor) -> Notice:
    """A notice of one's own. Raises NotFound for those of others."""
    found = db.session.get(Notice, notice_id)
    if found is None or reader.id is None or found.person_id != reader.id:
        raise NotFound
    return found


def visible(notices: Iterable[Notice], reader: Actor) -> list[Notice]:
    """The notices whose subject is still there and may still be seen; asked when mail is made of them."""
    return [notice for notice, seen in _seen(notices, reader) if seen is Seen.THERE]


def sentence(notice: Notice) -> str:
    """A notice in the reader's language."""
    params = dict(notice.params)
    params |= {name: _day(params[name]) for name in ("day", "was") if isinstance(params.get(name), str)}
    if notice.kind == "new_device":
        params["at"] = _moment(str(params.get("at", "")))
    return rules.filled(_(rules.words(notice.kind, notice.params)), notice.author, notice.label, params)


def row(notice: Notice, places: dict[str, str], seen: Seen = Seen.THERE) -> Row:
    """A notice as it is shown."""
    known = KINDS.get(notice.kind)
    return Row(
        notice.id,
        notice.kind,
        _(known.title) if known else "",
        sentence(notice),
        notice.author,
        initials(notice.author),
        places.get(notice.scope, ""),
        notice.at,
        notice.read_at is None,
        seen is Seen.GONE,
    )


def ways_of(kind: str, person_ids: Collection[int]) -> dict[int, Ways]:
    """By which ways a kind reaches each of these people, in one statement; whoever can't sign in is left out."""
    rows = db.session.execute(
        select(Person.id, NoticeChoice.in_app, NoticeChoice.mail)
        .outerjoin(NoticeChoice, (NoticeChoice.person_id == Person.id) & (NoticeChoice.kind == kind))
        .where(Person.id.in_(person_ids), Person.active, Person.email.is_not(None))
        .order_by(Person.id)
    )
    return {row.id: KINDS[kind].ways if row.mail is None else Ways(row.in_app, Mailing(row.mail)) for row in rows}


def choices_of(person_id: int) -> dict[str, Ways]:
    """By which ways each kind reaches a person."""
    chosen = db.session.scalars(select(NoticeChoice).where(NoticeChoice.person_id == person_id))
    own = {each.kind: Ways(each.in_app, Mailing(each.mail)) for each in chosen}
    return {key: own.get(key, kind.ways) for key, kind in KINDS.items()}


def rhythm_of(person_id: int) -> tuple[Rhythm, int]:
    """How often a person's digest comes, and at which hour."""
    found = db.session.scalar(select(NoticeRhythm).where(NoticeRhythm.person_id == person_id))
    return (Rhythm(found.rhythm), found.hour) if found else (Rhythm.DAILY, rules.MORNING)


def rhythms() -> dict[int, tuple[Rhythm, int]]:
    """The same for everybody who has notices that wait for a digest; two statements."""
    waiting = select(Notice.person_id).where(Notice.mail == Mailing.DIGEST.value, Notice.mailed_at.is_(None)).distinct()
    people = db.session.scalars(waiting).all()
    own = db.session.scalars(select(NoticeRhythm).where(NoticeRhythm.person_id.in_(people)))
    chosen = {each.person_id: (Rhythm(each.rhythm), each.hour) for each in own}
    return {person_id: chosen.get(person_id, (Rhythm.DAILY, rules.MORNING)) for person_id in people}


def unmailed(mailing: Mailing) -> Select[Notice]:
    """What waits to be mailed in this way, by person."""
    return (
        select(Notice)
        .where(Notice.mail == mailing.value, Notice.mailed_at.is_(None))
        .order_by(Notice.person_id, Notice.id)
    )


def audience(subject: Subject) -> dict[int, Actor]:
    """Everybody who signs in and may see a subject, by name: one statement, and the policy for each."""
    rows = db.session.execute(
        select(Person.id, Person.name, Person.email, Membership.role, Membership.scope)
        .outerjoin(Membership, (Membership.person_id == Person.id) & Membership.scope.in_([subject.scope, INSTANCE]))
        .where(Person.active, Person.email.is_not(None))
        .order_by(func.lower(Person.name), Person.id)
    )
    held: dict[tuple[int, str, str], list[tuple[str | None, str | None]]] = {}
    for each in rows:
        held.setdefault((each.id, each.name, each.email), []).append((each.role, each.scope))
    actors = (as_actor(*who, roles, Policy()) for who, roles in held.items())
    return {actor.id: actor for actor in actors if actor.id and subjects.may(actor, subject.see, subject)}


@contextmanager
def addresses() -> Iterator[None]:
    """Let subjects say where they lie although nobody asked for a page: for jobs."""
    if has_request_context():
        yield
        return
    with current_app.test_request_context(base_url=wires().settings.base_url or None):
        yield


def places(scopes: Iterable[str]) -> dict[str, str]:
    """The names of projects by their scopes."""
    found = {scope: subjects.resolve(scope) for scope in set(scopes) - {INSTANCE}}
    return {scope: subject.label for scope, subject in found.items() if subject}


def _seen(notices: Iterable[Notice], reader: Actor) -> list[tuple[Notice, Seen]]:
    """Each notice with what its reader may see of its subject; hidden ones are left out."""
    kept, known = [], dict[str, Seen]()
    for notice in notices:
        if notice.subject not in known:
            known[notice.subject] = _look(notice, reader)
        if known[notice.subject] is not Seen.HIDDEN:
            kept.append((notice, known[notice.subject]))
    return kept


def _look(notice: Notice, reader: Actor) -> Seen:
    subject = subjects.resolve(notice.subject)
    if subject is None:
        return Seen.GONE
    return Seen.THERE if subjects.may(reader, subject.see, subject) else Seen.HIDDEN


def _own(query: Select[*tuple[Any, ...]], reader: Actor) -> Select[*tuple[Any, ...]]:
    """One's own notices for the page, of the instance and of the projects that one still sees."""
    return query.where(Notice.person_id == reader.id, Notice.in_app, _within_reach(reader))


def _within_reach(reader: Actor) -> ColumnElement[bool]:
    scopes = wires().policy.scopes_where(reader, "project.see")
    return true() if scopes is None else or_(Notice.scope == INSTANCE, Notice.scope.in_(sorted(scopes)))


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    wanted: list[tuple[object, ColumnElement[bool]]] = [
        (wish.unread, Notice.read_at.is_(None)),
        (wish.kind, Notice.kind == wish.kind),
        (wish.scope, Notice.scope == wish.scope),
    ]
    return [condition for given, condition in wanted if given]


def _moment(text: str) -> str:
    """An instant that was kept as ISO 8601, as people of this instance write it; anything else as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return formats.moment(at.astimezone(ZoneInfo(wires().settings.timezone)).replace(tzinfo=None))


def _day(text: str) -> str:
    """A day that was kept as 2026-03-03, as people write it; anything else as it is."""
    try:
        return formats.day(date.fromisoformat(text))
    except ValueError:
        return text
