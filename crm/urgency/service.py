"""Another matrix of priorities, which holds for the open tickets at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from crm.queues import queries as queues
from crm.queues import rules
from crm.queues.models import PriorityCell
from crm.records import service as records
from crm.records.models import Ticket
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken

UNDOABLE = {"priorities.kept": "crm.setup"}
"""What can be taken back by whoever may still do the opposite."""
MANY = 500


def keep(cells: Mapping[tuple[str, str], str], *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Keep a priority for each severity and impact; how many open tickets have another one now. Raises RuleBroken."""
    checked = check(cells)
    with transaction(actor, "priorities.kept", at=now) as work:
        there = {(row.severity, row.impact): row for row in work.session.scalars(select(PriorityCell))}
        for (severity, impact), priority in checked.items():
            row = there.get((severity, impact))
            if row is None and priority != queues.matrix()[severity, impact]:
                work.session.add(PriorityCell(severity=severity, impact=impact, priority=priority))
            elif row is not None:
                row.priority = priority
        work.session.flush()
        moved = _apply(work, now)
    return moved, work


def check(cells: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """A matrix that can be kept: every pair has a priority. Raises RuleBroken naming the first that has none."""
    found = {}
    for pair in rules.shipped_matrix():
        priority = cells.get(pair, "")
        if priority not in rules.PRIORITIES:
            raise RuleBroken(
                "priorities.missing",
                "Choose a priority for the severity %(severity)s and the impact %(impact)s.",
                field="-".join(pair),
                severity=pair[0],
                impact=pair[1],
            )
        found[pair] = priority
    return found


def _apply(work: Work, now: datetime) -> int:
    """Open tickets whose priority is another one by the new matrix get it, and their clocks follow."""
    matrix, moved, last = queues.matrix(), 0, 0
    still = select(Ticket).where(Ticket.state.in_(rules.OPEN), Ticket.deleted_at.is_(None)).order_by(Ticket.id)
    while rows := list(work.session.scalars(still.where(Ticket.id > last).limit(MANY))):
        wrong = [row for row in rows if matrix[row.severity, row.impact] != row.priority]
        untouched: dict[str, str] = {}
        moved += records.change_many(work, "ticket", [(row, untouched) for row in wrong], now=now)
        last = rows[-1].id
    return moved
