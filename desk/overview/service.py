"""Writing down that somebody looked at a roll-out."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from desk.overview.models import ProjectVisit
from desk.overview.rules.visits import GAP, Seen
from infra.transaction import transaction
from kernel.actor import Actor

log = structlog.get_logger()


def keep_visit(project_id: int, seen: Seen, *, actor: Actor) -> bool:
    """Write down what somebody sees now; the visit that was written before is what they are told the changes since.

    At most one small write a visit. A page that can be read is shown even where nothing can be written: what goes wrong
    is logged, and False is the answer.
    """
    try:
        with transaction(actor, "visit.kept") as work:
            query = select(ProjectVisit).where(
                ProjectVisit.person_id == actor.id, ProjectVisit.project_id == project_id
            )
            row = work.session.scalars(query).first()
            if row is None:
                row = ProjectVisit(person_id=actor.id, project_id=project_id, before_entry=0, before_milestones={})
                work.session.add(row)
            elif seen.at - row.at >= GAP:
                row.before_at, row.before_entry, row.before_milestones = row.at, row.entry, row.milestones
            else:
                return False
            row.at, row.entry, row.milestones = seen.at, seen.entry, dict(seen.milestones)
    except SQLAlchemyError:
        log.warning("visit_not_kept", project=project_id)
        return False
    return True
