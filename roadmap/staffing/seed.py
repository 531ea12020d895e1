"""Planting a project's roles from a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra.transaction import Work
from roadmap.staffing import queries
from roadmap.staffing.models import ProjectRole


@dataclass(frozen=True, slots=True)
class RoleSeed:
    """A role as a template has it; shares in percent of a person's time."""

    key: str
    name: str
    description: str
    share: int
    share_min: int | None
    share_max: int | None


def plant(project_id: int, seeds: Iterable[RoleSeed], people: Mapping[str, int], work: Work) -> dict[str, int]:
    """Create the roles; ``people`` maps a role's key to who fills it. Returns the roles' ids by key."""
    roles = [
        ProjectRole(
            project_id=project_id,
            key=seed.key,
            name=seed.name,
            description=seed.description,
            share=seed.share,
            share_min=seed.share_min,
            share_max=seed.share_max,
            person_id=people.get(seed.key),
        )
        for seed in seeds
    ]
    work.session.add_all(roles)
    work.session.flush()
    return {role.key: role.id for role in roles}


def harvest(project_id: int) -> list[RoleSeed]:
    """The roles of a project as a template has them, without who fills them."""
    return [
        RoleSeed(row.key, row.name, row.description, row.share, row.share_min, row.share_max)
        for row in queries.roles(project_id)
    ]
