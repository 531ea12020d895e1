"""Claiming a colour, withdrawing it, setting tolerances, and keeping each day's health."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from infra.merge import merge
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from readiness.health import queries
from readiness.health.models import HealthAnswer, HealthClaim, HealthDay, HealthTolerance
from readiness.health.rules import claims, tolerances
from readiness.health.rules.claims import Stands
from readiness.health.rules.tolerances import Tolerances
from readiness.health.rules.whole import Health
from roadmap.projects import service as projects
from roadmap.projects.rules import Clash
from roadmap.standing.rules.health import Health as Colour

UNDOABLE = {
    "health.answered": "health.claim",
    "health.claimed": "health.claim",
    "health.withdrawn": "health.claim",
    "health.tolerances": "health.edit",
}
"""What can be taken back, and the permission that this needs."""


def claim(  # a claim is what these say
    project_id: int, state: str, reason: str, until: date | None, *, actor: Actor, now: datetime, today: date
) -> Work:
    """Claim a colour beside the computed one; it replaces the claim before. Raises NotFound, RuleBroken."""
    with transaction(actor, "health.claimed") as work:
        projects.check_open(project_id)
        health = queries.one(project_id, today, actor)
        if health.worst is Colour.CLOSED:
            raise RuleBroken("health.closed", "This roll-out has ended: there is nothing left to claim.")
        colour, said, last = claims.check_claim(state, reason, until, today)
        work.session.add(
            HealthClaim(
                project_id=project_id,
                state=colour.value,
                reason=said,
                by_id=actor.id,
                claimed_at=now,
                claimed_on=today,
                until=last,
                computed=health.worst.value,
            )
        )
    return work


def answer(
    health: Health, said: Mapping[str, str], sentences: Mapping[str, str], *, actor: Actor, now: datetime
) -> Work:
    """Say something to what contradicts the claim that stands: words by the contradictions' keys.

    ``sentences`` are the contradictions in words, as they stand today. Raises NotFound, RuleBroken.
    """
    with transaction(actor, "health.answered") as work:
        projects.check_open(health.project_id)
        if not said:
            raise RuleBroken("health.answers", "Nothing was answered: write a sentence to what contradicts the claim.")
        if health.claim is None or set(said) - {each.key for each in health.contradictions}:
            raise NotFound("Nothing of that kind contradicts the claim any more.")
        found = select(HealthAnswer).where(HealthAnswer.claim_id == health.claim.id)
        kept = {row.key: row for row in work.session.scalars(found)}
        for key, words in said.items():
            checked = claims.check_answer(words)
            row = kept.get(key)
            if row is not None and row.words == checked:
                continue
            if row is None:
                row = HealthAnswer(project_id=health.project_id, claim_id=health.claim.id, key=key)
                work.session.add(row)
            row.words, row.sentence, row.by_id, row.at = checked, sentences[key], actor.id, now
    return work


def withdraw(project_id: int, *, actor: Actor, today: date) -> Work:
    """Take the claim back: only the computed colour is shown. Raises NotFound where no claim stands."""
    with transaction(actor, "health.withdrawn") as work:
        projects.check_open(project_id)
        health = queries.one(project_id, today, actor)
        if health.claim is None or health.stands is not Stands.STANDS:
            raise NotFound("No claim stands that could be withdrawn.")
        _end(work, health, today, lapsed=False)
    return work


def set_tolerances(
    project_id: int, values: Mapping[str, Any], *, actor: Actor, base: Mapping[str, Any] | None = None
) -> Work:
    """What the project tolerates from now on. ``base`` is what the form showed. Raises RuleBroken, Clash."""
    with transaction(actor, "health.tolerances") as work:
        projects.check_open(project_id)
        row = work.session.scalars(select(HealthTolerance).where(HealthTolerance.project_id == project_id)).first()
        there = _stored(row)
        wanted = dict(values)
        if base is not None:
            merged = merge(base, wanted, there)
            if merged.conflicts:
                raise Clash(merged.conflicts)
            wanted = dict(merged.values)
        checked = asdict(tolerances.check(wanted))
        if row is None:
            work.session.add(HealthTolerance(project_id=project_id, **checked))
        for name, value in checked.items() if row is not None else ():
            if getattr(row, name) != value:
                setattr(row, name, value)
    return work


def keep_day(project_id: int, today: date, *, actor: Actor) -> Colour:
    """Keep what is computed and claimed today, once a day; a claim that the figures have overtaken lapses for good."""
    with transaction(actor, "health.kept") as work:
        health = queries.one(project_id, today, actor)
        if health.claim is not None and health.stands is Stands.LAPSED and health.claim.ended is None:
            _end(work, health, today, lapsed=True)
        kept = select(HealthDay).where(HealthDay.project_id == project_id, HealthDay.day == today)
        row = work.session.scalars(kept).first()
        if row is None:
            row = HealthDay(project_id=project_id, day=today)
            work.session.add(row)
        row.computed, row.claimed = health.worst.value, health.claimed.value if health.claimed else None
        row.states = {each.kind.value: each.state.value for each in health.indicators}
        return health.worst


def _end(work: Work, health: Health, today: date, *, lapsed: bool) -> None:
    row = work.session.get(HealthClaim, health.claim.id if health.claim else 0)
    if row is not None:
        row.ended_on, row.lapsed = today, lapsed


def _stored(row: HealthTolerance | None) -> dict[str, Any]:
    if row is None:
        return asdict(Tolerances())
    return {name: getattr(row, name) for name in tolerances.FIELDS}
