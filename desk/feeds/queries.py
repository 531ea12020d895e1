"""Reading calendar addresses, and what stands behind one: as its owner may see it at that moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from accounts.access.queries import actor_of
from checklists import queries as checklists
from desk.feeds.models import CalendarFeed, FeedReading
from desk.my_work.queries import own_tasks, project_ids
from infra.database import db
from infra.sealed import digest_of
from infra.wires import wires
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound
from roadmap.actions import queries as actions
from roadmap.ical.queries import plan_entries, task_entry
from roadmap.ical.rules import Entry
from roadmap.projects import queries as projects
from roadmap.tasks.rules.fields import DAY_MINUTES

OVER = "There is no calendar under this address, or no longer."
_Addresses = Callable[[str, int, int], str]
"""Where an entry leads: its kind, its project's number and its own."""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """An address as its owner sees it; ``project`` is empty for their own work."""

    id: int
    project_id: int | None
    project: str
    created_at: datetime
    read_at: datetime | None


def feeds_of(person_id: int) -> list[FeedRow]:
    """The addresses of somebody that work, the newest first."""
    query = (
        select(CalendarFeed.id, CalendarFeed.project_id, CalendarFeed.created_at, FeedReading.at)
        .outerjoin(FeedReading, FeedReading.feed_id == CalendarFeed.id)
        .where(CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.id.desc())
    )
    found = db.session.execute(query).all()
    names = {row.project_id: projects.row_of(row.project_id).name for row in found if row.project_id}
    return [FeedRow(row[0], row[1], names.get(row[1], ""), row[2], row[3]) for row in found]


def behind(token: str) -> tuple[CalendarFeed, Actor]:
    """The address behind a token and its owner. Raises NotFound where it was withdrawn or its owner may not sign in."""
    query = select(CalendarFeed).where(CalendarFeed.token_hash == digest_of(token), CalendarFeed.revoked_at.is_(None))
    feed = db.session.scalar(query)
    owner = actor_of(feed.person_id) if feed is not None else None
    if feed is None or owner is None:
        raise NotFound(OVER)
    return feed, owner


def entries_of(feed: CalendarFeed, owner: Actor, today: date, address: _Addresses) -> tuple[str, list[Entry]]:
    """The name of a calendar and what is on it. Raises NotFound for a plan that its owner may not see any more."""
    if feed.project_id is None:
        return _("My work in Launch90"), _work_of(owner, address)
    if not wires().policy.decide(owner, "plan.see", project_scope(feed.project_id)):
        raise NotFound(OVER)
    return plan_entries(feed.project_id, today, lambda project_id, task_id: address("task", project_id, task_id))


def _work_of(owner: Actor, address: _Addresses) -> list[Entry]:
    found = [
        task_entry(
            row.project_id,
            row.id,
            row.name,
            row.start,
            row.finish,
            row.zone,
            text=row.project,
            href=address("task", row.project_id, row.id),
            short=row.type == "task" and row.duration_minutes < DAY_MINUTES,
            sequence=row.revision,
        )
        for row in own_tasks(owner)
    ]
    person_id = owner.id or 0
    for item in checklists.mine(person_id, project_ids(owner, "checklist.see")):
        if item.due is not None:
            href = address("checklist", item.project_id, item.checklist_id)
            found.append(Entry(f"item-{item.id}@launch90", item.name, item.due, item.due, item.checklist_name, href))
    for action in actions.open_of(person_id, project_ids(owner, "action.see")):
        if action.due is not None:
            href = address("action", action.project_id, action.id)
            found.append(
                Entry(f"action-{action.id}@launch90", action.title, action.due, action.due, action.project, href)
            )
    return found
