"""The tickets of a roll-out as evidence: what is open, how bad it is, and whether promises are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, true

from crm.records.models import NEXT_DUE, Ticket
from crm.sla import queries as sla
from crm.sla.models import TicketClock
from infra.database import db
from infra.forms import lazy as _l
from readiness.gates.rules.definitions import Criterion
from readiness.gates.rules.results import Evidence, Offender
from readiness.gates.rules.sources import MOST_OFFENDERS, Look, part_of
from roadmap.audience import queries as audience
from roadmap.helpdesk import queries as helpdesk

PROMISES = "promises"
USUAL_DAYS = 30
SUBJECTS: dict[str, tuple[str, str]] = {
    "open": (_l("Open tickets"), _l("Tickets in the queue of the roll-out that are not resolved.")),
    "critical": (_l("Open critical tickets"), _l("Tickets of critical priority that are not resolved.")),
    "serious": (
        _l("Open critical and high tickets"),
        _l("Tickets of critical or high priority that are not resolved."),
    ),
    "late": (_l("Tickets past their promise"), _l("Open tickets whose next promise has passed.")),
    "early-adopters": (
        _l("Serious tickets of early adopters"),
        _l("Open tickets of critical or high priority that were asked before the roll-out went live."),
    ),
    PROMISES: (
        _l("Promises kept"),
        _l("Promises met of those that were met or broken; one that is open and past its time is broken."),
    ),
}
"""What can be asked: its name and its rule."""


@dataclass(frozen=True, slots=True)
class Tickets:
    """The tickets in the queue of the roll-out."""

    key: str = "tickets"
    label: str = "Tickets"

    def answers(self, subject: str) -> bool:
        """What is counted of tickets; whatever else is asked of them can be stated."""
        return subject in SUBJECTS

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """Two statements for the queue, and two for each subject that is asked about."""
        queue = helpdesk.queue_of(look.project_id)
        href = f"/projects/{look.project_id}/tickets"
        if queue is None:
            why = _("the help desk of the roll-out is not open yet")
            return {each.id: Evidence(why=why, href=href) for each in criteria}
        asked = db.session.scalar(select(func.count()).where(Ticket.queue_id == queue.id, Ticket.deleted_at.is_(None)))
        found = {}
        for each in (each for each in criteria if self.answers(each.subject)):
            said = Evidence(at=look.now, n=asked or 0, href=href, rule=str(SUBJECTS[each.subject][1]))
            kept = _promises if each.subject == PROMISES else _counted
            found[each.id] = kept(each, queue.id, said, look)
        return found

    def subjects(self, _look: Look) -> Sequence[tuple[str, str]]:
        """What is counted of tickets."""
        return [(key, str(name)) for key, (name, _rule) in SUBJECTS.items()]


def _counted(criterion: Criterion, queue_id: int, said: Evidence, look: Look) -> Evidence:
    """How many open tickets there are of a kind, and the first of them by name."""
    where = [Ticket.queue_id == queue_id, Ticket.deleted_at.is_(None), Ticket.resolved_at.is_(None)]
    where.append(_which(criterion.subject, look))
    count = db.session.scalar(select(func.count()).where(*where)) or 0
    named = select(Ticket.id, Ticket.name).where(*where).order_by(Ticket.id).limit(MOST_OFFENDERS)
    offenders = [
        Offender(f"T-{row.id} {row.name}", f"/projects/{look.project_id}/tickets/{row.id}")
        for row in (db.session.execute(named) if count else ())
    ]
    narrowed = {"critical": "&priority=critical", "late": "&late=yes"}.get(criterion.subject, "")
    return replace(
        said,
        value=float(count),
        offending=count,
        offenders=offenders,
        href=f"{said.href}?open=yes{narrowed}",
    )


def _which(subject: str, look: Look) -> ColumnElement[bool]:
    serious = Ticket.priority.in_(("critical", "high"))
    if subject == "early-adopters":
        live = audience.audience(look.project_id).live_since
        return serious if live is None else serious & (Ticket.created_at < datetime.combine(live, time(), UTC))
    found: dict[str, ColumnElement[bool]] = {
        "open": true(),
        "critical": Ticket.priority == "critical",
        "serious": serious,
        "late": look.now > NEXT_DUE,
    }
    return found[subject]


def _promises(criterion: Criterion, queue_id: int, said: Evidence, look: Look) -> Evidence:
    """The share of promises that were kept for tickets asked in the window."""
    since = look.now - timedelta(days=criterion.window_days or USUAL_DAYS)
    there = (
        select(func.count())
        .select_from(TicketClock)
        .join(Ticket, Ticket.id == TicketClock.ticket_id)
        .where(Ticket.queue_id == queue_id, Ticket.deleted_at.is_(None), Ticket.created_at >= since)
    )
    met = db.session.scalar(there.where(sla.met())) or 0
    broken = db.session.scalar(there.where(sla.breached(look.now))) or 0
    said = replace(said, n=met + broken, since=since.date(), until=look.today, offending=broken)
    if not met + broken:
        return replace(said, why=_("no promise has ended in these days"))
    return replace(said, value=part_of(met, met + broken, criterion.unit))
