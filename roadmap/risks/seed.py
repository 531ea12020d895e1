"""Planting a template's risks, copying them with a project, and reading a project's risks back as a template's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from infra.transaction import Work
from roadmap.projects import queries as projects
from roadmap.projects.events import ProjectCopied
from roadmap.risks.models import Risk, RiskLink, RiskResponse, RiskScore
from roadmap.risks.queries import register
from roadmap.risks.rules import State
from roadmap.risks.service import next_number
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks


@dataclass(frozen=True, slots=True)
class RiskSeed:
    """A risk as a template has it; its response is due when the phase ends, by its task ``anchor``."""

    key: str
    title: str
    description: str
    phase: int | None
    role: str | None
    probability: int | None
    impact: int | None
    trigger: str
    response: str
    action: str
    anchor: str | None = None


def plant(
    project_id: int,
    seeds: Sequence[RiskSeed],
    phases: Mapping[int, int],
    tasks: Mapping[str, int],
    roles: Mapping[str, int],
    work: Work,
) -> int:
    """Create the risks, rated and with their response planned; returns how many.

    They fall to whoever fills their role. Due days are set when the plan is scheduled.
    """
    first, day = next_number(work, project_id), projects.row_of(project_id).local(work.at).date()
    for place, seed in enumerate(seeds):
        row = _risk(project_id, first + place, seed, work, day)
        row.phase_id = phases.get(seed.phase) if seed.phase is not None else None
        row.role_id = roles.get(seed.role) if seed.role else None
        work.session.add(row)
        work.session.flush()
        _add_score(work, row, day)
        if seed.action:
            response = RiskResponse(project_id=project_id, risk_id=row.id, kind=seed.response, text=seed.action)
            response.due_offset, response.anchor_id = 0, tasks.get(seed.anchor) if seed.anchor else None
            work.session.add(response)
    work.session.flush()
    return len(seeds)


def harvest(project_id: int) -> list[RiskSeed]:
    """A project's risks as a template would have them: as they were at first, with their first response.

    Rejected ones are left out.
    """
    numbers = {phase.id: phase for phase in projects.phases(project_id)}
    keys = {role.id: role.key for role in staffing.roles(project_id)}
    found = []
    for row in register(project_id):
        if row.state == State.REJECTED:
            continue
        phase, answer = numbers.get(row.phase_id or 0), next(iter(row.responses), None)
        found.append(
            RiskSeed(
                key=row.key or f"risk-{row.number}",
                title=row.title,
                description=row.description,
                phase=phase.number if phase else None,
                role=keys.get(row.role_id or 0),
                probability=row.inherent_probability,
                impact=row.inherent_impact,
                trigger=row.trigger,
                response=answer.kind if answer else "",
                action=answer.text if answer else "",
                anchor=phase.key if phase else None,
            )
        )
    return found


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """Have the same risks in a copied project, as they were before anything was done; rejected ones stay behind."""
    phases = {phase.number: phase.id for phase in projects.phases(event.project_id)}
    phase_twins = {phase.id: phases.get(phase.number) for phase in projects.phases(event.source_id)}
    roles = staffing.twins(event.source_id, event.project_id)
    twins = tasks.twins(event.source_id, event.project_id)
    day = projects.row_of(event.project_id).local(work.at).date()
    query = select(Risk).where(Risk.project_id == event.source_id, Risk.state != State.REJECTED).order_by(Risk.number)
    for source in work.session.scalars(query).all():
        made = Risk(**{name: getattr(source, name) for name in _COPIED}, project_id=event.project_id)
        made.phase_id, made.role_id = phase_twins.get(source.phase_id or 0), roles.get(source.role_id or 0)
        made.probability, made.impact = source.inherent_probability, source.inherent_impact
        made.created_at, made.state_since, made.author_id = work.at, day, work.actor.id
        made.state = (State.IDENTIFIED if made.impact is None else State.ASSESSED).value
        work.session.add(made)
        work.session.flush()
        _add_score(work, made, day)
        _copy_responses(source, made, twins, timedelta(days=event.days_later), work)
        _copy_links(source, made, twins, work)
    work.session.flush()


_COPIED = (
    *("number", "key", "title", "description", "cause", "effect", "category", "owner_id", "trigger", "chance"),
    *("inherent_probability", "inherent_impact", "target_probability", "target_impact"),
    *("days_low", "days_high", "cost_low", "cost_high"),
)
_ANSWER = ("kind", "text", "owner_id", "due_offset", "due_fixed")


def _risk(project_id: int, number: int, seed: RiskSeed, work: Work, day: date) -> Risk:
    rated = State.PLANNED if seed.action else State.ASSESSED
    return Risk(
        project_id=project_id,
        number=number,
        key=seed.key,
        title=seed.title,
        description=seed.description,
        trigger=seed.trigger,
        inherent_probability=seed.probability,
        inherent_impact=seed.impact,
        probability=seed.probability,
        impact=seed.impact,
        state=(State.IDENTIFIED if seed.probability is None else rated).value,
        created_at=work.at,
        state_since=day,
    )


def _add_score(work: Work, row: Risk, day: date) -> None:
    if row.probability is None or row.impact is None:
        return
    kept = RiskScore(project_id=row.project_id, risk_id=row.id, day=day, at=work.at, person_id=work.actor.id)
    kept.probability, kept.impact = row.probability, row.impact
    work.session.add(kept)


def _copy_responses(source: Risk, made: Risk, twins: Mapping[int, int], later: timedelta, work: Work) -> None:
    query = select(RiskResponse).where(RiskResponse.risk_id == source.id).order_by(RiskResponse.id)
    for row in work.session.scalars(query).all():
        copy = RiskResponse(**{name: getattr(row, name) for name in _ANSWER}, project_id=made.project_id)
        copy.risk_id, copy.anchor_id = made.id, twins.get(row.anchor_id or 0)
        copy.due = row.due + later if row.due else None
        work.session.add(copy)
        if made.state == State.ASSESSED:
            made.state = State.PLANNED.value


def _copy_links(source: Risk, made: Risk, twins: Mapping[int, int], work: Work) -> None:
    for row in work.session.scalars(select(RiskLink).where(RiskLink.risk_id == source.id)).all():
        kind, _colon, number = row.subject.partition(":")
        there = twins.get(int(number)) if kind == "task" else None
        if there is not None:
            work.session.add(RiskLink(project_id=made.project_id, risk_id=made.id, subject=f"task:{there}"))
