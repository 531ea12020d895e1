"""The life of a project: created, edited, moved, copied, finished, archived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from accounts.access import service as access
from accounts.calendars.models import WorkCalendar
from infra.database import db
from infra.merge import merge
from infra.transaction import Work, transaction
from infra.wires import ask
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import rules
from roadmap.projects.events import MayClose, ProjectCopied, ProjectCreated, ProjectFinished, ProjectFramed
from roadmap.projects.models import Phase, Project

OFFICE_WEEK = [[[480, 720], [780, 1020]]] * 5 + [[], []]
"""Monday to Friday, 08:00 to 12:00 and 13:00 to 17:00, as a calendar's row holds it."""
EDITABLE = (
    "name",
    "purpose",
    "target_go_live",
    "status_date",
    "timezone",
    "currency",
    "finish_by",
    "critical_threshold_minutes",
)
UNDOABLE = {
    "project.changed": "project.edit",
    "project.moved": "project.edit",
    "project.finished": "project.edit",
    "project.archived": "project.archive",
    "project.unarchived": "project.archive",
}
"""What can be taken back, and the permission that this needs."""
_FRAMING = frozenset({"start", "status_date", "calendar_id", "timezone", "finish_by", "critical_threshold_minutes"})


def create_empty(  # noqa: PLR0913  # a project is what these say
    name: str,
    start: date,
    *,
    actor: Actor,
    now: datetime,
    country: str = "",
    subdivision: str = "",
    timezone: str = "UTC",
    target_go_live: date | None = None,
    purpose: str = "",
    template: str = "",
) -> int:
    """A project without tasks, with a working calendar of its own; who creates it manages it. Returns its number.

    Raises RuleBroken for a name or dates that make no sense.
    """
    name, purpose = rules.check_name(name), rules.check_purpose(purpose)
    rules.check_dates(start, target_go_live)
    _check_zone(timezone)
    with transaction(actor, "project.created") as work:
        calendar = WorkCalendar(name=f"{name}"[:120], week=OFFICE_WEEK, country=country, subdivision=subdivision)
        project = Project(
            name=name,
            purpose=purpose,
            start=start,
            timezone=timezone,
            target_go_live=target_go_live,
            status_date=None,
            template=template,
            created_at=now,
            archived_at=None,
            calendar=calendar,
        )
        work.session.add(project)
        work.session.flush()
        calendar.project_id = project.id
        _make_manager(actor, project.id)
        work.emit(ProjectCreated(project.id))
        return project.id


def add_phase(
    project_id: int,
    number: int,
    name: str,
    *,
    actor: Actor,
    key: str = "",
    purpose: str = "",
    week_from: int | None = None,
    week_to: int | None = None,
) -> int:
    """A phase of a project; its summary task is added by whoever plants the plan. Returns its row's id."""
    with transaction(actor, "phase.added") as work:
        phase = Phase(
            project_id=project_id,
            number=number,
            key=key or f"phase-{number}",
            name=name[: rules.NAME_LIMIT],
            purpose=purpose,
            week_from=week_from,
            week_to=week_to,
        )
        work.session.add(phase)
        work.session.flush()
        return phase.id


def edit(project_id: int, values: Mapping[str, Any], *, actor: Actor, base: Mapping[str, Any] | None = None) -> Work:
    """Change the fields named in ``EDITABLE``.

    ``base`` holds what the form showed when it was opened: what others changed since in other fields stays. Raises
    Clash where both changed the same field, RuleBroken for what makes no sense.
    """
    with transaction(actor, "project.changed") as work:
        project = opened(work, project_id)
        wanted = {name: value for name, value in values.items() if name in EDITABLE}
        if base is not None:
            merged = merge(base, wanted, {name: getattr(project, name) for name in EDITABLE})
            if merged.conflicts:
                raise rules.Clash(merged.conflicts)
            wanted = dict(merged.values)
        _apply(work, project, wanted)
        return work


def change_start(project_id: int, start: date, *, actor: Actor, target_go_live: date | None = None) -> Work:
    """Move the project to another start; what hangs on it is told in the same transaction.

    The target stays where it is unless a new one is given. Raises RuleBroken when it would come before the start.
    """
    with transaction(actor, "project.moved") as work:
        project = opened(work, project_id)
        _apply(work, project, {"start": start, "target_go_live": target_go_live or project.target_go_live})
    return work


def copy(project_id: int, name: str, start: date, *, actor: Actor, now: datetime) -> int:
    """A new project with the same phases and calendar; plan, roles and lists follow through ``ProjectCopied``.

    Progress, ticks and people's comments are not copied. Returns the new number.
    """
    with transaction(actor, "project.copied") as work:
        source = _get(work, project_id)
        target = _shifted(source.target_go_live, start - source.start)
        new_id = create_empty(
            name,
            start,
            actor=actor,
            now=now,
            country=source.calendar.country,
            subdivision=source.calendar.subdivision,
            timezone=source.timezone,
            target_go_live=target,
            purpose=source.purpose,
            template=source.template,
        )
        made = _get(work, new_id)
        made.calendar.week, made.currency = [list(day) for day in source.calendar.week], source.currency
        for phase in source.phases:
            add_phase(
                new_id,
                phase.number,
                phase.name,
                actor=actor,
                key=phase.key,
                purpose=phase.purpose,
                week_from=phase.week_from,
                week_to=phase.week_to,
            )
        work.session.flush()
        work.emit(ProjectCopied(project_id, new_id, (start - source.start).days))
        return new_id


def finish(project_id: int, *, actor: Actor) -> Work:
    """Close a project as done. Raises RuleBroken with what stands in the way, as upper floors answer ``MayClose``."""
    obstacles = ask(MayClose(project_id))
    if obstacles:
        reasons = " ".join(obstacle.sentence for obstacle in obstacles)
        raise RuleBroken("project.not_done", "The project can't be finished yet. %(reasons)s", reasons=reasons)
    with transaction(actor, "project.finished") as work:
        opened(work, project_id).state = rules.State.FINISHED.value
        work.emit(ProjectFinished(project_id))
    return work


def reopen(project_id: int, *, actor: Actor) -> Work:
    """Make a finished project run again."""
    with transaction(actor, "project.reopened") as work:
        opened(work, project_id).state = rules.State.ACTIVE.value
    return work


def archive(project_id: int, *, actor: Actor, now: datetime) -> Work:
    """Put a project away: it stays readable and takes no changes."""
    with transaction(actor, "project.archived") as work:
        project = opened(work, project_id)
        project.state, project.archived_at = rules.State.ARCHIVED.value, now
    return work


def unarchive(project_id: int, *, actor: Actor) -> Work:
    """Take a project out of the archive."""
    with transaction(actor, "project.unarchived") as work:
        project = _get(work, project_id)
        project.state, project.archived_at = rules.State.ACTIVE.value, None
    return work


def check_open(project_id: int) -> None:
    """Raise NotFound for no project, RuleBroken for one that takes no changes."""
    state = db.session.scalar(select(Project.state).where(Project.id == project_id))
    if state is None:
        raise NotFound
    rules.check_open(state)


def _apply(work: Work, project: Project, wanted: dict[str, Any]) -> None:
    if "name" in wanted:
        wanted["name"] = rules.check_name(wanted["name"])
    if "purpose" in wanted:
        wanted["purpose"] = rules.check_purpose(wanted["purpose"])
    if "timezone" in wanted:
        _check_zone(wanted["timezone"])
    rules.check_dates(wanted.get("start", project.start), wanted.get("target_go_live", project.target_go_live))
    rules.check_finish(wanted.get("start", project.start), wanted.get("finish_by", project.finish_by))
    changed = {name for name, value in wanted.items() if getattr(project, name) != value}
    days_later = (wanted.get("start", project.start) - project.start).days
    for name in changed:
        setattr(project, name, wanted[name])
    work.session.flush()
    if changed & _FRAMING:
        work.emit(ProjectFramed(project.id, days_later))


def _get(work: Work, project_id: int) -> Project:
    project = work.session.get(Project, project_id)
    if project is None:
        raise NotFound
    return project


def opened(work: Work, project_id: int) -> Project:
    """The row of a project that takes changes; while it is kept, nobody in this action reads it again.

    Raises as `check_open`.
    """
    project = _get(work, project_id)
    rules.check_open(project.state)
    return project


def _shifted(day: date | None, by: Any) -> date | None:
    return None if day is None else day + by


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RuleBroken(
            "project.timezone",
            "“%(zone)s” is not a time zone. Use a name such as Europe/Berlin.",
            field="timezone",
            zone=name[:80],
        ) from error


def _make_manager(actor: Actor, project_id: int) -> None:
    if actor.id is not None:
        access.grant_role(actor.id, "manager", project_scope(project_id), actor=actor)
