"""Entering requests, answering them, and erasing people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from accounts.absences.events import TimeChanged
from accounts.access.queries import administrators
from accounts.notices.service import tell
from accounts.people import queries as people
from accounts.people.events import MaySwitchOff, PersonSwitchedOff
from crm.access.queries import access_of
from crm.consent import service as consent
from crm.forgetting import service as forgetting
from crm.handover import queries as handover
from crm.handover import service as handing
from desk.privacy import queries, rules
from desk.privacy.models import PrivacyRequest
from desk.privacy.queries import FUNCTION
from desk.privacy.rules import PERSON, Kind, RequestData, State
from infra.transaction import Work, transaction
from infra.wires import ask
from kernel.actor import INSTANCE, Actor
from kernel.errors import Refused, RuleBroken

UNDOABLE = {
    "request.entered": "crm.privacy",
    "request.changed": "crm.privacy",
    "request.extended": "crm.privacy",
    "request.closed": "crm.privacy",
    "request.reopened": "crm.privacy",
}
"""What can be taken back, and the permission that this needs. An erasure never is."""


def enter(data: RequestData, *, actor: Actor, now: datetime, today: date) -> tuple[int, Work]:
    """A request came: its number, with the day by which it is to be answered. Raises Refused, RuleBroken."""
    _demand(actor)
    rules.check(data, today)
    queries.who(data.subject)
    with transaction(actor, "request.entered") as work:
        row = PrivacyRequest(
            kind=data.kind,
            subject=data.subject,
            received=data.received,
            due=rules.due_of(data.received),
            channel=data.channel,
            note=data.note.strip(),
            author_id=actor.id,
            created_at=now,
        )
        work.session.add(row)
        work.session.flush()
    return row.id, work


def change(request_id: int, identity: str, note: str, *, actor: Actor) -> Work:
    """How it is known that it is them who ask, and what there is to say. Raises NotFound, Refused, RuleBroken."""
    _demand(actor)
    with transaction(actor, "request.changed") as work:
        row = _open(request_id)
        row.identity = rules.check_words("identity", identity)
        row.note = rules.check_words("note", note)
    return work


def extend(request_id: int, reason: str, *, actor: Actor) -> Work:
    """It takes up to three months, and they were told why. Raises NotFound, Refused, RuleBroken."""
    _demand(actor)
    with transaction(actor, "request.extended") as work:
        row = _open(request_id)
        row.extended = rules.check_words("extended", reason, needed="Say why it takes longer; they have to be told.")
        row.due = rules.due_of(row.received, extended=True)
    return work


def close(request_id: int, answer: str, *, refused: bool, actor: Actor, now: datetime) -> Work:
    """It was answered, or refused with a reason. Raises NotFound, Refused, RuleBroken."""
    _demand(actor)
    needed = "Say why it is refused; they have to be told." if refused else "Say what they were told."
    with transaction(actor, "request.closed") as work:
        row = _open(request_id)
        if not refused:
            rules.check_proved(row.kind, row.identity)
        if not refused and row.kind == Kind.ERASURE and not row.result:
            raise RuleBroken("privacy.not_erased", "Nothing was erased yet: do so first, or refuse it with a reason.")
        row.answer = rules.check_words("answer", answer, needed=needed)
        row.state = (State.REFUSED if refused else State.DONE).value
        row.closed_at, row.closed_by = now, actor.id
    return work


def reopen(request_id: int, *, actor: Actor) -> Work:
    """It goes on. Raises NotFound, Refused."""
    _demand(actor)
    with transaction(actor, "request.reopened") as work:
        row = queries.row(request_id)
        row.state, row.closed_at, row.closed_by = State.OPEN.value, None, None
    return work


def note_file(request_id: int, rows: int, *, actor: Actor) -> None:
    """The access file was taken out: what came of the request, and a fact for the trail. Raises Refused, RuleBroken."""
    _demand(actor)
    with transaction(actor, "request.file_taken") as work:
        row = queries.row(request_id)
        row.result = f"A file with {rows} rows was made."
        work.note("request.file_taken", subject=f"privacy_request:{request_id}", rows=rows)


def check_file(request_id: int, *, actor: Actor) -> PrivacyRequest:
    """The request whose file may be made now. Raises NotFound, Refused, RuleBroken."""
    _demand(actor)
    row = _open(request_id)
    rules.check_proved(Kind.ACCESS, row.identity)
    return row


def object_to(request_id: int, *, actor: Actor, now: datetime) -> Work:
    """Their addresses are not written to any more. Raises NotFound, Refused, RuleBroken for somebody without one."""
    _demand(actor)
    with transaction(actor, "objection.noted") as work:
        row = _open(request_id)
        whose = queries.who(row.subject)
        if not whose.addresses:
            raise RuleBroken("consent.no_address", "No e-mail address is known: there is nothing to stop.")
        consent.stop(work, whose.addresses, "objection", now)
        row.result = "Their addresses are not written to any more."
        work.note("objection.noted", subject=row.subject)
    return work


def restrict(request_id: int, *, actor: Actor, now: datetime) -> Work:
    """Every record of theirs is kept and not used. Raises NotFound, Refused, RuleBroken for who has none."""
    _demand(actor)
    with transaction(actor, "restriction.begun") as work:
        row = _open(request_id)
        records = queries.who(row.subject).records
        if not records:
            raise RuleBroken("privacy.no_records", "There is no record of theirs in the CRM.")
        for table, number in records:
            consent.hold(work, rules.TABLES[table], number, f"Request {request_id}", now)
        row.result = f"{len(records)} records are kept and not used."
    return work


def erase(request_id: int, typed: str, successor: int | None, *, actor: Actor, now: datetime) -> int:
    """Erase whom a request is about; how many rows changed. Their open work goes to the successor first.

    It can't be taken back. Raises NotFound, Refused, RuleBroken.
    """
    _demand(actor)
    row = _open(request_id)
    if row.kind != Kind.ERASURE:
        raise RuleBroken("privacy.not_asked", "This request does not ask for erasure.")
    rules.check_proved(row.kind, row.identity)
    rules.check_word(typed)
    table, number = rules.part(row.subject)
    if table == PERSON:
        _hand_over(number, successor, actor, now)
    with transaction(actor, "privacy.erased", at=now) as work:
        whose = queries.who(row.subject)
        if table == PERSON:
            work.emit(PersonSwitchedOff(number))
        count = forgetting.forget(work, whose)
        queries.row(request_id).result = f"{count} rows were erased."
        work.note("privacy.erased", subject=row.subject, rows=count)
    return count


def _hand_over(person_id: int, successor: int | None, actor: Actor, now: datetime) -> None:
    """Who works here leaves no work behind that nobody does. Raises Refused, RuleBroken."""
    if actor.id is None or actor.id not in administrators():
        raise Refused("Somebody who works here is erased by an administrator of the instance.")
    if person_id == actor.id:
        raise RuleBroken("privacy.self", "You can’t erase yourself: another administrator has to.")
    duties = queries.duties(person_id)
    if duties and successor is None:
        said = rules.listed((each.title.lower(), each.count) for each in duties)
        raise RuleBroken(
            "privacy.duties", "Choose who takes over their open work: %(work)s.", field="successor", work=said
        )
    if duties and successor is not None:
        _take_over(person_id, successor, duties, actor, now)
    if obstacles := ask(MaySwitchOff(person_id)):
        raise RuleBroken("privacy.obstacle", "%(obstacle)s", obstacle=obstacles[0].sentence)


def _take_over(person_id: int, successor: int, duties: list[queries.Duty], actor: Actor, now: datetime) -> None:
    taker = next((each for each in people.people(active_only=True) if each.id == successor and each.signs_in), None)
    if taker is None or taker.id == person_id:
        raise RuleBroken("privacy.successor", "Choose somebody else who can sign in.", field="successor")
    with transaction(actor, "work.taken_over") as work:
        owned = list(handover.counts(person_id))
        if owned:
            handing.hand_over(person_id, successor, owned, closed=False, actor=actor, now=now)
        for each in duties:
            if each.model is not None:
                work.bulk_update(each.model, each.condition, owner_id=successor)
        work.emit(TimeChanged(person_id))
        work.emit(TimeChanged(successor))


def tell_due(actor: Actor, now: datetime, today: date) -> int:
    """Tell those who answer for personal data what is due within a week and what is late; how many requests."""
    with transaction(actor, "privacy.watched", at=now) as work:
        open_ = select(PrivacyRequest).where(
            PrivacyRequest.state == State.OPEN.value, PrivacyRequest.due <= today + rules.WARN
        )
        rows = list(work.session.scalars(open_.order_by(PrivacyRequest.due, PrivacyRequest.id)))
        who = queries.answerable() if rows else []
        for row in rows:
            kind = "privacy_late" if row.due < today else "privacy_due"
            tell(
                work,
                kind,
                who,
                subject=f"privacy_request:{row.id}",
                label=rules.SHORT[row.kind],
                scope=INSTANCE,
                once=f"{kind}:{row.id}:{row.due}",
                day=row.due.isoformat(),
            )
    return len(rows)


def _open(request_id: int) -> PrivacyRequest:
    row = queries.row(request_id)
    if row.state != State.OPEN:
        raise RuleBroken("privacy.closed", "This request has ended. Open it again first.")
    return row


def _demand(actor: Actor) -> None:
    if FUNCTION not in access_of(actor).functions():
        raise Refused
