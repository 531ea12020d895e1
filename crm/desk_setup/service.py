"""Adding, changing, ordering and retiring queues and canned answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.teams import queries as teams
from crm.desk_setup import queries, rules
from crm.desk_setup.rules import AnswerData, QueueData
from crm.queues.models import Queue
from crm.queues.rules import OPEN, Audience
from crm.records import service as records
from crm.records.models import Ticket
from crm.tickets.models import CannedAnswer
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken

UNDOABLE = dict.fromkeys(
    (
        *(f"queue.{each}" for each in ("added", "changed", "moved", "retired", "brought_back")),
        *(f"canned.{each}" for each in ("added", "changed", "retired", "brought_back")),
    ),
    "crm.setup",
)
"""What can be taken back, and the permission that this needs."""


def add_queue(data: QueueData, *, actor: Actor) -> Work:
    """A new queue, at the end. Raises RuleBroken."""
    with transaction(actor, "queue.added") as work:
        there = _queues(work)
        if len(there) >= rules.MOST:
            raise RuleBroken("crm.queue_many", "There are %(most)d queues already.", field="name", most=rules.MOST)
        checked = _checked(data, there)
        key = rules.key_of(checked.name, [each.key for each in there])
        row = Queue(key=key, position=max((each.position for each in there), default=0) + 1)
        _fill(row, checked)
        work.session.add(row)
    return work


def change_queue(queue_id: int, data: QueueData, *, actor: Actor, now: datetime) -> Work:
    """Another name, team, audience or address; another team gets the open tickets. Raises NotFound, RuleBroken."""
    with transaction(actor, "queue.changed") as work:
        there = _queues(work)
        row = _one(there, queue_id)
        was = row.team_id
        _fill(row, _checked(data, [each for each in there if each is not row]))
        work.session.flush()
        if row.team_id != was:
            _move(work, row, was, now)
    return work


def move_queue(queue_id: int, step: int, *, actor: Actor) -> Work:
    """One place earlier (-1) or later (1). Raises NotFound."""
    with transaction(actor, "queue.moved") as work:
        there = _queues(work)
        place = there.index(_one(there, queue_id))
        other = min(max(place + step, 0), len(there) - 1)
        there.insert(other, there.pop(place))
        for position, each in enumerate(there, start=1):
            each.position = position
    return work


def retire_queue(queue_id: int, *, actor: Actor) -> Work:
    """Take a queue out of use: no ticket comes into it any more. Raises NotFound, RuleBroken."""
    with transaction(actor, "queue.retired") as work:
        there = _queues(work)
        row = _one(there, queue_id)
        others = [each for each in there if each.active and each is not row]
        if row.audience == Audience.CUSTOMERS and not any(each.audience == Audience.CUSTOMERS for each in others):
            raise RuleBroken(
                "crm.queue_last", "One queue for customers has to stay in use: their tickets need a place."
            )
        waiting = queries.queue(queue_id).open
        if waiting:
            raise RuleBroken(
                "crm.queue_used", "%(count)d open tickets wait in it. Move or solve them first.", count=waiting
            )
        row.active = False
    return work


def bring_back_queue(queue_id: int, *, actor: Actor) -> Work:
    """Use a retired queue again. Raises NotFound."""
    with transaction(actor, "queue.brought_back") as work:
        _one(_queues(work), queue_id).active = True
    return work


def add_answer(data: AnswerData, *, actor: Actor) -> Work:
    """A new canned answer. Raises RuleBroken."""
    with transaction(actor, "canned.added") as work:
        row = CannedAnswer()
        _write(work, row, data)
        work.session.add(row)
    return work


def change_answer(answer_id: int, data: AnswerData, *, actor: Actor) -> Work:
    """Other words. Raises NotFound, RuleBroken."""
    with transaction(actor, "canned.changed") as work:
        _write(work, queries.answer(answer_id), data)
    return work


def retire_answer(answer_id: int, *, actor: Actor) -> Work:
    """Offer a canned answer no more. Raises NotFound."""
    with transaction(actor, "canned.retired") as work:
        queries.answer(answer_id).active = False
    return work


def bring_back_answer(answer_id: int, *, actor: Actor) -> Work:
    """Offer a canned answer again. Raises NotFound."""
    with transaction(actor, "canned.brought_back") as work:
        queries.answer(answer_id).active = True
    return work


def _checked(data: QueueData, others: list[Queue]) -> QueueData:
    names, addresses = [each.name for each in others], [each.address for each in others if each.address]
    checked = rules.check_queue(data, names, addresses)
    if checked.team_id is not None and checked.team_id not in {each.id for each in teams.teams()}:
        raise RuleBroken("crm.queue_team", "Choose a team.", field="team_id")
    return checked


def _fill(row: Queue, data: QueueData) -> None:
    row.name, row.description, row.team_id = data.name, data.description, data.team_id
    row.audience, row.address = data.audience, data.address
    row.acknowledges, row.acknowledgement = data.acknowledges, data.acknowledgement


def _move(work: Work, queue: Queue, was: int | None, now: datetime) -> None:
    """The open tickets that belonged to the queue's team belong to its new one."""
    query = select(Ticket).where(
        Ticket.queue_id == queue.id,
        Ticket.state.in_(OPEN),
        Ticket.deleted_at.is_(None),
        Ticket.team_id.is_not_distinct_from(was),
    )
    rows = list(work.session.scalars(query))
    records.change_many(work, "ticket", [(each, {"team_id": queue.team_id}) for each in rows], now=now)


def _write(work: Work, row: CannedAnswer, data: AnswerData) -> None:
    others = [
        name for number, name in work.session.execute(select(CannedAnswer.id, CannedAnswer.name)) if number != row.id
    ]
    checked = rules.check_answer(data, others)
    if checked.queue_id is not None and work.session.get(Queue, checked.queue_id) is None:
        raise RuleBroken("crm.canned_queue", "Choose a queue.", field="queue_id")
    row.name, row.body, row.queue_id = checked.name, checked.body, checked.queue_id


def _queues(work: Work) -> list[Queue]:
    return list(work.session.scalars(select(Queue).order_by(Queue.position, Queue.id)))


def _one(there: list[Queue], queue_id: int) -> Queue:
    found = next((each for each in there if each.id == queue_id), None)
    if found is None:
        raise NotFound
    return found
