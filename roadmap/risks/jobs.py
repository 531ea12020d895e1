"""What the timetable does with risks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from accounts.notices.service import tell
from infra.database import db
from infra.transaction import transaction
from kernel.actor import Actor, project_scope
from roadmap.projects.models import Project
from roadmap.projects.rules import wall_time
from roadmap.risks.models import Risk
from roadmap.risks.rules import State
from roadmap.staffing.models import ProjectRole

_OVER = (State.CLOSED, State.REJECTED)


def remind_of_reviews(actor: Actor, now: datetime) -> int:
    """Tell the owners of open risks whose review is due, once a date; returns how many risks are due."""
    waiting = (
        select(Risk.id, Risk.title, Risk.project_id, Risk.review_on, Risk.owner_id, ProjectRole.person_id)
        .join(Project, Project.id == Risk.project_id)
        .outerjoin(ProjectRole, ProjectRole.id == Risk.role_id)
        .where(Project.state == "active", Risk.state.not_in(_OVER), Risk.review_on.is_not(None))
        .where(or_(Risk.owner_id.is_not(None), ProjectRole.person_id.is_not(None)))
        .add_columns(Project.timezone)
    )
    due = [row for row in db.session.execute(waiting) if row.review_on <= wall_time(now, row.timezone).date()]
    if not due:
        return 0
    with transaction(actor, "risk.reviews_told", at=now) as work:
        for row in due:
            tell(
                work,
                "risk_review",
                [row.owner_id or row.person_id],
                subject=f"risk:{row.id}",
                label=row.title,
                scope=project_scope(row.project_id),
                once=f"risk_review:{row.id}:{row.review_on}",
            )
    return len(due)
