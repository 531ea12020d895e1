"""Planting the action items that a template's meetings usually end with, and copying them with a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from infra.transaction import Work
from roadmap.actions.models import ActionItem
from roadmap.actions.service import next_number
from roadmap.projects.events import ProjectCopied
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks


@dataclass(frozen=True, slots=True)
class ActionSeed:
    """An action item as a template has it: due ``due_offset`` working days after the finish of the task ``anchor``.

    ``source`` is the key of the meeting that it belongs to.
    """

    key: str
    title: str
    details: str
    role: str | None
    due_offset: int
    anchor: str | None
    source: str


def plant(
    project_id: int,
    seeds: Sequence[ActionSeed],
    sources: Mapping[str, int],
    tasks: Mapping[str, int],
    roles: Mapping[str, int],
    work: Work,
) -> int:
    """Create the items; ``sources`` maps a meeting's key to its row. Returns how many.

    They fall to whoever fills their role. Due days are set when the plan is scheduled.
    """
    first = next_number(work, project_id)
    rows = [
        ActionItem(
            project_id=project_id,
            number=first + place,
            key=seed.key,
            title=seed.title,
            details=seed.details,
            subject=f"foreseen:{sources[seed.source]}" if seed.source in sources else "",
            role_id=roles.get(seed.role) if seed.role else None,
            due_offset=seed.due_offset,
            anchor_id=tasks.get(seed.anchor) if seed.anchor else None,
            created_at=work.at,
        )
        for place, seed in enumerate(seeds)
    ]
    work.session.add_all(rows)
    work.session.flush()
    return len(rows)


def copy(event: ProjectCopied, subjects: Mapping[str, str], work: Work) -> None:
    """Copy a template's items, all of them open; what people asked for stays where it is.

    ``subjects`` gives the copy's key for each of the source's, such as ``foreseen:9``.
    """
    roles = staffing.twins(event.source_id, event.project_id)
    anchors = tasks.twins(event.source_id, event.project_id)
    first = next_number(work, event.project_id)
    query = select(ActionItem).where(ActionItem.project_id == event.source_id, ActionItem.key != "")
    for place, row in enumerate(work.session.scalars(query.order_by(ActionItem.number)).all()):
        work.session.add(
            ActionItem(
                project_id=event.project_id,
                number=first + place,
                key=row.key,
                title=row.title,
                details=row.details,
                subject=subjects.get(row.subject, ""),
                role_id=roles.get(row.role_id or 0),
                due=row.due + timedelta(days=event.days_later) if row.due else None,
                due_offset=row.due_offset,
                due_fixed=row.due_fixed,
                anchor_id=anchors.get(row.anchor_id or 0),
                created_at=work.at,
            )
        )
    work.session.flush()
