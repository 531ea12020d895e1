"""Running a job and recording what became of it."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from infra.database import db
from infra.jobs.models import JobRun
from infra.jobs.rules import Job
from infra.transaction import transaction
from kernel.actor import SYSTEM, Actor

log = structlog.get_logger("launch90")
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run; ``error`` is empty when it went well."""

    result: str
    error: str


def run(job: Job, now: datetime) -> Outcome:
    """Run a job now and record it. An error is recorded and logged, never raised: the timetable goes on."""
    started = time.perf_counter()
    try:
        outcome = Outcome(_said(job.act(SYSTEM, now)), "")
    except Exception as error:
        with suppress(SQLAlchemyError):
            db.session.rollback()
        log.exception("job_failed", job=job.name)
        outcome = Outcome("", f"{type(error).__name__}: {error}")
    if outcome.error or outcome.result or not job.quiet:
        _try_to_record(job, now, round(1000 * (time.perf_counter() - started)), outcome)
    return outcome


def prune_runs(_actor: Actor, now: datetime) -> int:
    """Remove runs older than ninety days; how many."""
    with transaction(SYSTEM, "jobs.pruned") as work:
        gone = work.session.execute(delete(JobRun).where(JobRun.started_at < now - KEPT))
        return int(getattr(gone, "rowcount", 0))


def _said(result: object) -> str:
    """What a job returned, in words; nothing and zero are not worth a record."""
    return str(result) if result else ""


def _try_to_record(job: Job, now: datetime, milliseconds: int, outcome: Outcome) -> None:
    """A run that can't be recorded, because the disk is full or the database away, has happened all the same."""
    try:
        _record(job, now, milliseconds, outcome)
    except SQLAlchemyError:
        log.exception("job_not_recorded", job=job.name)


def _record(job: Job, now: datetime, milliseconds: int, outcome: Outcome) -> None:
    with transaction(SYSTEM, "job.run", at=now) as work:
        work.session.add(
            JobRun(
                job=job.name,
                started_at=now,
                milliseconds=milliseconds,
                result=outcome.result,
                error=outcome.error[:2000],
            )
        )
