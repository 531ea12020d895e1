"""How a branch began, and which of its rows are those of its trunk: risks and baselines are the trunk's."""

from __future__ import annotations

from sqlalchemy import func, select

from infra.database import db
from kernel.errors import NotFound
from roadmap.projects.models import Project
from roadmap.twins.models import BranchStart

_COUNTS = (Project.id == BranchStart.project_id) & (Project.branch_start == BranchStart.number)


def start_of(project_id: int) -> BranchStart:
    """The plan as it was when a branch began, or was brought up to date last. Raises NotFound."""
    found = db.session.scalar(select(BranchStart).join(Project, _COUNTS).where(BranchStart.project_id == project_id))
    if found is None:
        raise NotFound
    return found


def starts(project_id: int) -> int:
    """How many starts of a branch are kept: undo goes back to an earlier one."""
    return db.session.scalar(select(func.count(BranchStart.id)).where(BranchStart.project_id == project_id)) or 0


def twins_of(project_id: int, table: str = "task") -> dict[int, int]:
    """The rows of a trunk that a branch has, tasks where nothing else is named, with their numbers there."""
    query = select(BranchStart.twins).join(Project, _COUNTS).where(BranchStart.project_id == project_id)
    twins = db.session.scalar(query) or {}
    return {trunk: int(own) for own, trunk in twins.get(table, {}).items()}
