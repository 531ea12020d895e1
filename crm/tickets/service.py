"""Tickets at work: they are received, answered, given to agents, and taken from step to step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from accounts.notices import service as notices
from accounts.teams import queries as teams
from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.merging import service as merging
from crm.objects.rules.catalogue import TICKET
from crm.queues.rules import OPEN
from crm.records import queries as records
from crm.records import service as writing
from crm.records.models import Ticket
from crm.tickets import queries, rules
from crm.tickets.events import TicketAnswered
from crm.tickets.models import TicketMessage
from crm.tickets.rules import Kind, Part, Step
from infra.database import db
from infra.mail import service as mail
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken

UNDOABLE = dict.fromkeys(
    ("ticket.assigned", "ticket.moved", "ticket.noted", "ticket.linked", "ticket.merged"), "crm.use"
)
"""What can be taken back. What a requester was told can't: they have read it."""
_SCOPE = "crm"
_TOLD = 200
"""Characters of an answer that stand in a notice."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, however it came. ``reference`` is the Message-ID of a mail; ``origin`` as of records."""

    name: str
    description: str = ""
    queue_id: int | None = None
    kind: str = "incident"
    severity: str = "medium"
    impact: str = "person"
    category: str = ""
    channel: str = "page"
    requester_id: int | None = None
    requester_name: str = ""
    requester_email: str = ""
    account_id: int | None = None
    contact_id: int | None = None
    reported_page: str = ""
    browser: str = ""
    reference: str = ""
    origin: str = "entered"


@dataclass(frozen=True, slots=True)
class Said:
    """An entry of a conversation. ``then`` is the step that an agent takes with it; the author's name and address
    are given where it is nobody who signs in.
    """

    text: str
    part: Part = Part.AGENT
    public: bool = True
    then: str = ""
    automatic: bool = False
    author_name: str = ""
    author_email: str = ""
    reference: str = ""


def receive(asked: Asked, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Keep a ticket that somebody asked for by a page, a mail or a form; its number.

    Nobody needs a role of the CRM to ask for help: whoever calls has made sure who asks. Raises RuleBroken.
    """
    values = {key: value for key, value in asdict(asked).items() if key not in ("reference", "origin")}
    if values["queue_id"] is None:
        del values["queue_id"]
    with transaction(actor, "ticket.received") as work:
        (number,) = writing.create_many(work, TICKET.key, [values], now=now, origin=asked.origin)
        if asked.description:
            first = Said(asked.description, Part.REQUESTER, reference=asked.reference)
            _keep(work, queries.row(number), first, now, asked.requester_name, asked.requester_email)
    return number, work


def reply(ticket_id: int, said: Said, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Say something in a conversation; the number of the entry. A requester's words wake or reopen the ticket.

    Raises NotFound, Refused, RuleBroken.
    """
    text = rules.check_text(said.text)
    if not said.public:
        with transaction(actor, "ticket.noted") as work:
            return _keep(work, _held(ticket_id, said.part, actor), said, now, text=text).id, work
    with transaction(actor, "ticket.answered") as work:
        ticket = _held(ticket_id, said.part, actor)
        made = _keep(work, ticket, said, now, text=text)
        step = None if said.automatic else _next(ticket, said, now)
        values = _answered(ticket, said, actor, now) | ({"state": step.to.value} if step else {})
        if step and step.key == "resolve":
            values["resolution"] = text
        _change(work, ticket, values, now)
        _tell(work, ticket, made)
    return made.id, work


def _next(ticket: Ticket, said: Said, now: datetime) -> Step | None:
    """The step that follows from something public that a person said."""
    step = rules.after_words(ticket.state, said.part, said.then, ticket.resolved_at, now)
    return None if step is None or step.to == ticket.state else step


def move(
    ticket_id: int,
    key: str,
    *,
    actor: Actor,
    now: datetime,
    part: Part = Part.AGENT,
    said: str = "",
    values: Mapping[str, Any] | None = None,
) -> Work:
    """Take a step with a ticket. ``said`` is what the step asks for; ``values`` are fields that go with it.

    Raises NotFound, Refused, RuleBroken.
    """
    step = rules.step(key)

    def take(work: Work) -> Work:
        ticket = _held(ticket_id, part, actor)
        text = rules.check_step(step, ticket.state, part, ticket.resolved_at, now, said)
        _step(work, ticket, step, part, text, dict(values or {}), now)
        return work

    if step.key in _TELLS:
        with transaction(actor, "ticket.answered") as work:
            return take(work)
    with transaction(actor, "ticket.moved") as work:
        return take(work)


_TELLS = frozenset({"resolve", "reopen", "withdraw", "verify"})
"""Steps that say something to the other side, which is not taken back."""


def resolve(
    ticket_id: int, values: Mapping[str, Any], *, actor: Actor, now: datetime, with_affected: bool = False
) -> tuple[int, Work]:
    """Resolve a ticket with what solved it, and with a problem all that hang on it; how many were resolved.

    ``values`` are resolution, root_cause, workaround and lessons. Raises NotFound, Refused, RuleBroken.
    """
    step, text = rules.step("resolve"), str(values.get("resolution") or "")
    with transaction(actor, "ticket.answered") as work:
        ticket = _held(ticket_id, Part.AGENT, actor)
        words = rules.check_step(step, ticket.state, Part.AGENT, ticket.resolved_at, now, text)
        _step(work, ticket, step, Part.AGENT, words, dict(values), now)
        others = _affected(actor, ticket) if with_affected else []
        for each in others:
            _step(work, each, step, Part.AGENT, words, {"resolution": words}, now)
    return 1 + len(others), work


def assign(ticket_id: int, person_id: int | None, *, actor: Actor, now: datetime) -> Work:
    """Give a ticket to an agent, or to nobody. Raises NotFound, Refused, RuleBroken."""
    with transaction(actor, "ticket.assigned") as work:
        ticket = _held(ticket_id, Part.AGENT, actor)
        if person_id is not None and person_id not in dict(queries.agents()):
            raise RuleBroken("crm.ticket_agent", "Choose somebody who may work on tickets.", field="owner_id")
        _change(work, ticket, {"owner_id": person_id}, now)
    return work


def link(ticket_id: int, problem_id: int | None, *, actor: Actor, now: datetime) -> Work:
    """Say which problem stands behind a ticket, or that none does. Raises NotFound, Refused, RuleBroken."""
    with transaction(actor, "ticket.linked") as work:
        ticket = _held(ticket_id, Part.AGENT, actor)
        if problem_id is not None:
            problem = queries.get(access_of(actor), problem_id)
            if problem.kind != "problem" or problem.id == ticket.id or ticket.kind == "problem":
                raise RuleBroken("crm.ticket_problem", "Choose a ticket of the kind “problem”.", field="problem_id")
        _change(work, ticket, {"problem_id": problem_id}, now)
    return work


def make_problem(ticket_id: int, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Make a problem out of what a ticket is about, and put it behind the ticket; its number.

    Raises NotFound, Refused, RuleBroken.
    """
    access = access_of(actor)
    demand(access, access_rules.CREATE, TICKET)
    with transaction(actor, "ticket.linked") as work:
        ticket = _held(ticket_id, Part.AGENT, actor)
        if ticket.kind == "problem":
            raise RuleBroken("crm.ticket_problem", "This is a problem already.")
        same = ("name", "queue_id", "severity", "impact", "category")
        values = {key: getattr(ticket, key) for key in same} | {"kind": "problem", "channel": "person"}
        values |= {"requester_id": actor.id, "requester_name": actor.name, "owner_id": actor.id}
        (number,) = writing.create_many(work, TICKET.key, [values], now=now, origin="entered")
        _change(work, ticket, {"problem_id": number}, now)
    return number, work


def merge(ticket_id: int, into_id: int, *, actor: Actor, now: datetime) -> Work:
    """Make a ticket part of another one, which keeps its values; what was said is in one conversation afterwards.

    Raises NotFound, Refused, RuleBroken.
    """
    if ticket_id == into_id:
        raise RuleBroken("crm.ticket_same", "A ticket can't be merged with itself.", field="into_id")
    with transaction(actor, "ticket.merged") as work:
        ticket = _held(ticket_id, Part.AGENT, actor)
        if ticket.description and not _has_question(ticket):
            question = Said(ticket.description, Part.REQUESTER)
            _keep(work, ticket, question, ticket.created_at, ticket.requester_name, ticket.requester_email)
        merging.merge(TICKET.key, into_id, [ticket_id], {}, actor=actor, now=now)
    return work


def tell_affected(problem_id: int, text: str, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Tell news of a problem to everybody who has an open ticket about it; how many tickets that were.

    Raises NotFound, Refused, RuleBroken.
    """
    words = rules.check_text(text)
    with transaction(actor, "ticket.answered") as work:
        problem = _held(problem_id, Part.AGENT, actor)
        others = _affected(actor, problem)
        for ticket in (problem, *others):
            said = Said(words)
            made = _keep(work, ticket, said, now, kind=Kind.UPDATE)
            step = _next(ticket, said, now)
            begun = {"state": step.to.value} if step else {}
            _change(work, ticket, _answered(ticket, said, actor, now) | begun, now)
            _tell(work, ticket, made)
    return len(others), work


def close_settled(actor: Actor, now: datetime) -> int:
    """Close what was resolved or verified long enough ago without an objection; how many."""
    moments = [(state.value, now - after) for state, after in rules.CLOSES_AFTER.items()]
    with transaction(actor, "ticket.moved", at=now) as work:
        found = list(work.session.scalars(queries.to_close(moments, rules.MOST_TOLD)))
        closed = rules.step("close").to.value
        return writing.change_many(work, TICKET.key, [(each, {"state": closed}) for each in found], now=now)


def _step(work: Work, ticket: Ticket, step: Step, part: Part, text: str, values: dict[str, Any], now: datetime) -> None:
    """A step that may be taken: what is said with it, its values, and who hears of it."""
    if text:
        said = Said(text, part, public=step.key != "escalate")
        made = _keep(work, ticket, said, now)
        values = _answered(ticket, said, work.actor, now) | values if said.public else values
    if step.key == "withdraw":
        _change(work, ticket, values | {"state": "resolved"} | ({"resolution": text} if text else {}), now)
    _change(work, ticket, values | {"state": step.to.value}, now)
    if text and said.public:
        _tell(work, ticket, made)
    if step.key == "escalate":
        leads = [each.person_id for each in teams.members() if each.leads and each.team_id == ticket.team_id]
        _notice(work, "ticket_escalated", leads, ticket, text=text[:_TOLD])


def _affected(actor: Actor, problem: Ticket) -> list[Ticket]:
    """The open tickets behind which a problem stands and on which the actor may work."""
    access = access_of(actor)
    wanted = (
        records.seen(access, TICKET)
        .where(Ticket.problem_id == problem.id, Ticket.state.in_(OPEN))
        .where(records.allowed(access, access_rules.EDIT, TICKET))
        .order_by(Ticket.id)
        .limit(rules.MOST_TOLD)
    )
    return list(db.session.scalars(wanted.with_for_update(of=Ticket)))


def _held(ticket_id: int, part: Part, actor: Actor) -> Ticket:
    """A ticket to be worked on. Agents need to be able to edit it; requesters have to be who asked.

    The product itself may do both: who wrote a mail was found out before. Raises NotFound, Refused.
    """
    if part is Part.REQUESTER:
        ticket = queries.row(ticket_id, hold=True)
        if actor.id is not None and queries.part_of(ticket, actor.id) is None:
            raise NotFound
        return ticket
    access = access_of(actor)
    ticket = queries.get(access, ticket_id, hold=True)
    demand(access, access_rules.EDIT, TICKET, records.facts(access, access_rules.EDIT, TICKET, ticket))
    return ticket


def _has_question(ticket: Ticket) -> bool:
    said = queries.conversation(ticket, internal=False)
    return any(each.id and each.inward and each.at == ticket.created_at for each in said)


def _keep(
    work: Work,
    ticket: Ticket,
    said: Said,
    at: datetime,
    author: str = "",
    email: str = "",
    *,
    kind: Kind | None = None,
    text: str = "",
) -> TicketMessage:
    """Write an entry into the conversation."""
    inward = said.part is Part.REQUESTER
    row = TicketMessage(
        ticket_id=ticket.id,
        at=at,
        kind=(kind or (Kind.REPLY if said.public else Kind.NOTE)).value,
        direction="in" if inward else "out",
        public=said.public,
        automatic=said.automatic,
        author_id=ticket.requester_id if inward else work.actor.id,
        author_name=(said.author_name or author or (ticket.requester_name if inward else work.actor.name))[:200],
        author_email=(said.author_email or email)[:254],
        body=text or said.text,
        reference=(said.reference or (mail.new_reference() if said.public and not inward else ""))[:250],
    )
    work.session.add(row)
    work.session.flush()
    return row


def _answered(ticket: Ticket, said: Said, actor: Actor, now: datetime) -> dict[str, Any]:
    """What a public entry changes: an agent's answer is a response, and who answers takes what nobody has."""
    if said.part is Part.REQUESTER or said.automatic:
        return {}
    taken = {"owner_id": actor.id} if ticket.owner_id is None and actor.id is not None else {}
    return _responded(ticket, now) | taken


def _responded(ticket: Ticket, now: datetime) -> dict[str, Any]:
    first = ticket.first_response_at or now
    return {"first_response_at": first, "touches": ticket.touches + (ticket.state in OPEN)}


def _change(work: Work, ticket: Ticket, values: Mapping[str, Any], now: datetime) -> None:
    before = ticket.owner_id
    writing.change_many(work, TICKET.key, [(ticket, values)], now=now)
    if ticket.owner_id is not None and ticket.owner_id != before:
        _notice(work, "ticket_given", [ticket.owner_id], ticket)


def _tell(work: Work, ticket: Ticket, made: TicketMessage) -> None:
    """Let the other side know: whoever asked by a notice or a mail, the agent by a notice."""
    if made.direction == "in":
        _notice(work, "ticket_heard", [ticket.owner_id], ticket, text=made.body[:_TOLD])
        return
    listeners = queries.heard_by(ticket)
    people = [number for number, _address in listeners]
    notices.tell(
        work,
        "ticket_answered",
        people,
        subject=f"support:{ticket.id}",
        label=ticket.name,
        scope=_SCOPE,
        text=made.body[:_TOLD],
    )
    work.emit(TicketAnswered(ticket.id, made.id, made.automatic))


def _notice(work: Work, kind: str, people: Sequence[int | None], ticket: Ticket, **params: str) -> None:
    key = records.key_of(TICKET.key, ticket.id)
    notices.tell(work, kind, people, subject=key, label=ticket.name, scope=key, **params)
