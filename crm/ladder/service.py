"""Telling whom a policy names when so much of a promise is used, once for each rung."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.notices.service import tell
from crm.ladder import queries
from crm.ladder.queries import Reached
from crm.queues.rules import State, may_move
from crm.records import service as records
from crm.records.events import RecordsHappened
from crm.records.models import Ticket
from crm.records.queries import key_of
from crm.sla import queries as sla
from crm.sla import service as clocks
from crm.sla.rules.policies import Rung, Tell
from infra.transaction import Work, transaction
from kernel.actor import Actor

MOST = 500
"""So many rungs are climbed by one action: nobody who writes waits for thousands."""


def climb(actor: Actor, now: datetime) -> int:
    """Climb every rung that was reached; how many. Of several rungs behind each other the last one is told."""
    climbed = 0
    while found := queries.reached(now, MOST):
        with transaction(actor, "sla.reached", at=now) as work:
            rungs = {each.clock_id: _rung(each, now) for each in found}
            _tell(work, found, rungs)
            clocks.climbed(work, {each.clock_id: each.rung + 1 for each in found}, now)
            _escalate(work, [each for each in found if (rung := rungs[each.clock_id]) and rung.escalate], now)
            work.emit(RecordsHappened("ticket", "sla-risk", tuple(sorted({each.ticket_id for each in found}))))
        climbed += len(found)
    return climbed


def _rung(each: Reached, now: datetime) -> Rung | None:
    rungs = sla.in_force(now).of(each.queue_id).rungs(each.measure)
    return rungs[each.rung] if each.rung < len(rungs) else None


def _tell(work: Work, found: Sequence[Reached], rungs: Mapping[int, Rung | None]) -> None:
    leaders, managers = queries.leaders(each.team_id for each in found), queries.managers()
    for each in found:
        rung = rungs[each.clock_id]
        if rung is None:
            continue
        people: list[int | None] = [each.owner_id]
        if rung.tell is Tell.MANAGERS:
            people += managers
        elif rung.tell is Tell.LEADERS or each.owner_id is None:
            people += leaders.get(each.team_id or 0, [])
        key = key_of("ticket", each.ticket_id)
        once = f"sla:{key}:{each.measure}:{rung.percent}"
        kind = "sla_breached" if rung.percent >= 100 else "sla_at_risk"  # noqa: PLR2004  # the whole of it
        shared: dict[str, Any] = {"subject": key, "label": each.name, "scope": "crm", "once": once}
        tell(work, kind, people, **shared, percent=rung.percent, what=each.measure.value)


def _escalate(work: Work, found: Sequence[Reached], now: datetime) -> None:
    """Mark tickets as escalated, where somebody still works on them."""
    rows = work.session.scalars(select(Ticket).where(Ticket.id.in_([each.ticket_id for each in found])))
    going = [row for row in rows if row.state != State.ESCALATED and may_move(row.state, State.ESCALATED)]
    records.change_many(work, "ticket", [(row, {"state": State.ESCALATED.value}) for row in going], now=now)
