"""Requests, whose they are, what is held of them, and the work that somebody leaves behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from accounts.people.models import Person
from checklists.models import Item
from crm.forgetting import queries as forgetting
from crm.handover import queries as handover
from crm.objects.rules.catalogue import OBJECTS
from crm.records.models import TABLES
from crm.trust.queries import holders
from desk.privacy import rules
from desk.privacy.models import PrivacyRequest
from desk.privacy.rules import PERSON, State
from infra import subjects
from infra.database import db
from infra.personal import queries as personal
from infra.personal.rules import Part, Step, Who
from infra.subjects import Subject
from kernel.actor import INSTANCE, Actor
from kernel.errors import NotFound
from roadmap.actions.models import ActionItem
from roadmap.risks.models import Risk, RiskResponse
from roadmap.tasks.models import Task

SHOWN = 200
FOUND = 20
FUNCTION = "privacy"


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request with what its subject is called and how urgent it is."""

    id: int
    kind: str
    subject: str
    name: str
    received: date
    due: date
    state: str
    urgency: str
    extended: bool


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Where somebody is named in free text: what it is, in which field, around which words, and its page if any."""

    title: str
    field: str
    excerpt: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who may be meant: their subject, name, what they are, and address."""

    subject: str
    name: str
    what: str
    email: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Open work of somebody: what it is, how many, and which rows of which table."""

    title: str
    count: int
    model: Any = None
    condition: tuple[ColumnElement[bool], ...] = ()


def requests(today: date, state: str = "") -> list[RequestRow]:
    """Requests, the most urgent first, then those that ended, the last first."""
    query = select(PrivacyRequest)
    if state in list(State):
        query = query.where(PrivacyRequest.state == state)
    rows = list(db.session.scalars(query.order_by(PrivacyRequest.due.desc(), PrivacyRequest.id.desc()).limit(SHOWN)))
    names = names_of(row.subject for row in rows)
    found = [_row(row, names, today) for row in rows]
    ahead = sorted((each for each in found if each.state == State.OPEN), key=lambda each: (each.due, each.id))
    return [*ahead, *(each for each in found if each.state != State.OPEN)]


def _row(row: PrivacyRequest, names: dict[str, str], today: date) -> RequestRow:
    urgency = rules.urgency(row.due, today, row.state)
    name = names.get(row.subject, "")
    return RequestRow(
        row.id, row.kind, row.subject, name, row.received, row.due, row.state, urgency, bool(row.extended)
    )


def row(request_id: int) -> PrivacyRequest:
    """One request. Raises NotFound."""
    found = db.session.get(PrivacyRequest, request_id)
    if found is None:
        raise NotFound
    return found


def names_of(subjects: Iterable[str]) -> dict[str, str]:
    """What subjects are called, a statement a table."""
    wanted: dict[str, set[int]] = {}
    for each in set(subjects):
        table, number = rules.part(each)
        wanted.setdefault(table, set()).add(number)
    found: dict[str, str] = {}
    for table, ids in wanted.items():
        model: Any = Person if table == PERSON else TABLES[rules.TABLES[table]]
        for named in db.session.execute(select(model.id, model.name).where(model.id.in_(sorted(ids)))):
            found[f"{table}:{named.id}"] = named.name
    return found


def search(words: str) -> list[Found]:
    """People, leads and contacts by address or a part of the name."""
    text = words.strip().lower()[:200]
    if not text:
        return []
    found = []
    for table, model in ((PERSON, Person), ("crm_contact", TABLES["contact"]), ("crm_lead", TABLES["lead"])):
        what = "Works here" if table == PERSON else OBJECTS[rules.TABLES[table]].label
        near = or_(func.lower(model.email) == text, func.lower(model.name).contains(text, autoescape=True))
        query = select(model.id, model.name, model.email).where(near).order_by(func.lower(model.name), model.id)
        for each in db.session.execute(query.limit(FOUND)):
            found.append(Found(f"{table}:{each.id}", each.name, what, each.email or ""))  # noqa: PERF401  # plainer
    return found


def who(subject: str) -> Who:
    """All that is surely somebody. Raises NotFound for nobody."""
    table, number = rules.part(subject)
    if table != PERSON:
        found = forgetting.who(rules.TABLES[table], number)
        if not found.records:
            raise NotFound
        return found
    person = db.session.get(Person, number)
    if person is None:
        raise NotFound
    address = (person.email or "").lower()
    records = forgetting.with_address(address, person.name) if address else ()
    return Who(person.name, number, records, frozenset({address} if address else ()))


def held(whose: Who) -> list[Part]:
    """Everything that is held of somebody."""
    return forgetting.parts_of(whose)


def is_told(part: Part) -> bool:
    """Whether the person is told of these rows: what is worked out from the rest goes along with it."""
    return personal.declared(part.table).told


def plan(whose: Who, found: list[Part]) -> list[Step]:
    """What erasing somebody does to it, and to files."""
    return forgetting.plan(whose, found)


def fates(whose: Who, found: list[Part]) -> list[Step]:
    """What erasing somebody does to rows: without looking through files, which takes time."""
    return personal.plan(whose, found)


def mentions(whose: Who, reader: Actor) -> list[Mentioned]:
    """Where somebody is named in free text that is not theirs; what has a page is called by its name."""
    found = []
    for each in personal.mentions(whose, held(whose)):
        about = subjects.resolve(each.key)
        may = about is not None and subjects.may(reader, about.see, about)
        label, href = (subjects.label_for(about, reader), about.address) if about is not None and may else ("", "")
        found.append(Mentioned(str(each.title), each.column.replace("_", " "), each.excerpt, label, href))
    return found


def duties(person_id: int) -> list[Duty]:
    """Open work that somebody else has to take over before a person is erased."""
    counts = handover.counts(person_id)
    crm = [Duty(OBJECTS[kind].label_plural, count) for kind, count in counts.items()]
    return [*crm, *(each for each in _duties(person_id) if each.count)]


def _duties(person_id: int) -> list[Duty]:
    conditions: tuple[tuple[str, Any, tuple[ColumnElement[bool], ...]], ...] = (
        ("Tasks", Task, (Task.owner_id == person_id, Task.actual_finish.is_(None))),
        ("Action items", ActionItem, (ActionItem.owner_id == person_id, ActionItem.state == "open")),
        ("Items of checklists", Item, (Item.owner_id == person_id, Item.ticked_at.is_(None))),
        ("Risks", Risk, (Risk.owner_id == person_id, Risk.state.not_in(("closed", "rejected")))),
        ("Responses to risks", RiskResponse, (RiskResponse.owner_id == person_id, RiskResponse.done_by_id.is_(None))),
    )
    columns = [
        select(func.count()).select_from(model).where(*where).scalar_subquery() for _t, model, where in conditions
    ]
    counts = db.session.execute(select(*columns)).one()
    return [Duty(title, count, model, where) for (title, model, where), count in zip(conditions, counts, strict=True)]


def answerable() -> list[int]:
    """Who answers for personal data."""
    return [each.person_id for each in holders() if each.active and FUNCTION in each.access.functions()]


def subject(request_id: int) -> Subject | None:
    """A request as what notices lead to."""
    found = db.session.get(PrivacyRequest, request_id)
    if found is None:
        return None
    key, ask = f"privacy_request:{request_id}", "crm.privacy"
    label = f"{rules.SHORT[found.kind]} {request_id}"
    return Subject(key, label, INSTANCE, f"/crm/privacy/{request_id}", ask, ask, ask)
