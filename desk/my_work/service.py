"""Telling people about their own work: when it becomes theirs, the day before it is due, and while it is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.access.queries import actor_of
from accounts.notices.service import replace_older, tell
from desk.my_work import queries, rules
from desk.my_work.rules import Owed
from infra.audit.capture import Change
from infra.transaction import Changed, Work, transaction
from infra.undo.service import ACTION as UNDO
from infra.wires import wires
from kernel.actor import INSTANCE, SYSTEM, Actor, project_scope

KINDS = {"task": "task", "checklist_item": "item"}
"""Tables with an owner, and how their rows are called as subjects."""
DUE, LATE = "due_tomorrow", "overdue"


def follow_changes(event: Changed, work: Work) -> None:
    """Tell new owners of what became theirs in this action: one notice a person, however much it is."""
    if work.action == UNDO:
        return
    given: dict[tuple[int, str], list[Change]] = {}
    for change in event.changes.of(KINDS):
        owner = change.fields.get("owner_id", (None, None))[1]
        if owner is not None:
            given.setdefault((owner, change.scope), []).append(change)
    for (owner, scope), changes in given.items():
        _tell_owner(work, owner, scope, changes)


def tell_due(now: datetime) -> int:
    """Tell everybody once a day what is due tomorrow and what is late; how many people. A second time harms nothing."""
    today = now.astimezone(ZoneInfo(wires().settings.timezone)).date()
    owed = queries.owed(today + timedelta(days=1))
    with transaction(SYSTEM, "notices.due", at=now) as work:
        replace_older(work, (DUE, LATE), f"{today}:")
        for person_id, things in owed.items():
            actor = actor_of(person_id)
            if actor is not None:
                _tell_due(work, actor, [thing for thing in things if _sees(actor, thing)], today)
    return len(owed)


def _tell_owner(work: Work, owner: int, scope: str, changes: list[Change]) -> None:
    first = changes[0]
    table, _, number = first.subject.partition(":")
    subject = f"{KINDS[table]}:{number}" if len(changes) == 1 else f"work:{owner}"
    tell(work, "assigned", [owner], subject=subject, label=first.label, scope=scope, count=len(changes))


def _tell_due(work: Work, actor: Actor, things: Iterable[Owed], today: date) -> None:
    late, due = rules.late_and_due(things, today)
    for kind, found in ((LATE, late), (DUE, due)):
        if found:
            first = found[0]
            alone = len(found) == 1
            tell(
                work,
                kind,
                [actor.id],
                subject=first.key if alone else f"work:{actor.id}",
                label=first.name,
                scope=project_scope(first.project_id) if alone else INSTANCE,
                once=f"{today}:{kind}",
                count=len(found),
                day=first.due.isoformat(),
            )


def _sees(actor: Actor, thing: Owed) -> bool:
    return bool(wires().policy.decide(actor, "project.see", project_scope(thing.project_id)))
