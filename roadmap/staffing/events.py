"""What upper floors may hear of roles."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class RoleGiven(Event):
    """Somebody else fills a role from now on; None is nobody."""

    project_id: int
    role_id: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class RoleTimed(Event):
    """When the work of a role is done may be different now: somebody else fills it, or it follows another calendar."""

    project_id: int
    role_id: int
