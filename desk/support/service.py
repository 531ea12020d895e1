"""Reporting a problem."""

from __future__ import annotations

from datetime import datetime

from crm.queues.models import Queue
from crm.queues.rules import Audience
from crm.tickets import service as tickets
from crm.tickets.service import Asked
from desk.support import queries, rules
from desk.support.rules import Report
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken
from roadmap.helpdesk import queries as helpdesk

_QUESTION = "low"


def report(sent: Report, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Ask for help; the number of the ticket. Raises RuleBroken for what can't be kept."""
    checked = rules.check(sent)
    with transaction(actor, "ticket.received") as work:
        made, _work = tickets.receive(
            Asked(
                name=checked.name,
                description=checked.description,
                queue_id=_queue(work, checked.project_id),
                kind="question" if checked.severity == _QUESTION else "incident",
                severity=checked.severity,
                impact=checked.impact,
                requester_id=actor.id,
                requester_name=actor.name,
                requester_email=actor.email or "",
                reported_page=checked.page,
                browser=checked.browser,
            ),
            actor=actor,
            now=now,
        )
    return made, work


def _queue(work: Work, project_id: int | None) -> int:
    """The queue of a roll-out that the reporter sees, else that for colleagues, made when it is first needed."""
    if project_id is not None:
        queue = helpdesk.queue_of(project_id)
        if queue is None or project_id not in dict(queries.places(work.actor)):
            raise RuleBroken("support.place", "Choose what it is about.", field="project_id")
        return queue.id
    found = queries.general()
    if found is None:
        found = Queue(key="colleagues", name="Colleagues", audience=Audience.ROLL_OUT.value)
        work.session.add(found)
        work.session.flush()
    return found.id
