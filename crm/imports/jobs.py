"""What the timetable does for imports: bring in large files, forget old drafts."""

from __future__ import annotations

from datetime import datetime

from accounts.access.queries import actor_of
from crm.imports import service
from kernel.actor import Actor


def bring_in(actor: Actor, now: datetime) -> int:
    """Bring in the files that wait or were broken off, each as the person who asked for it; how many."""
    waiting = service.waiting(now)
    for import_id, person_id in waiting:
        author = actor_of(person_id) if person_id is not None else actor
        if author is None:
            service.abandon(import_id, now=now)
        else:
            service.perform(import_id, actor=author, now=now)
    return len(waiting)


def prune_drafts(actor: Actor, now: datetime) -> int:
    """Forget drafts that nobody went on with; how many."""
    return service.prune_drafts(actor, now)
