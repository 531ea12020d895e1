"""What checklists do by themselves: the next round of a recurring list is there when its day has come."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from checklists import queries, rules, service
from kernel.actor import Actor


def lay_out_rounds(actor: Actor, now: datetime) -> int:
    """Lay out the next round of each list that is due, by the day in its project's zone; how many."""
    count = 0
    for row in queries.recurring():
        today = now.astimezone(ZoneInfo(row.timezone)).date()
        if rules.round_is_due(row.due, row.recurrence, today):
            service.next_round(row.project_id, row.id, actor=actor, today=today)
            count += 1
    return count
