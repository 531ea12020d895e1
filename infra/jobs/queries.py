"""Reading the timetable and its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, select

from infra.database import db
from infra.jobs.models import JobRun
from infra.jobs.rules import Job, describe
from infra.wires import wires
from kernel.errors import NotFound

JOBS = "jobs"


@dataclass(frozen=True, slots=True)
class JobRow:
    """A line of the timetable with its last recorded run; None where it never ran."""

    name: str
    title: str
    when: str
    last_at: datetime | None
    milliseconds: int | None
    result: str
    error: str


def timetable() -> Sequence[Job]:
    """The jobs of the running application."""
    return cast("Sequence[Job]", wires().extras.get(JOBS, ()))


def job_named(name: str) -> Job:
    """A job of the timetable; raises NotFound with the names that there are."""
    for job in timetable():
        if job.name == name:
            return job
    known = ", ".join(job.name for job in timetable())
    raise NotFound("There is no job %(name)s. There are: %(known)s.", name=name, known=known)


def rows() -> list[JobRow]:
    """The timetable with each job's last run."""
    newest = select(func.max(JobRun.id)).group_by(JobRun.job)
    last = {run.job: run for run in db.session.scalars(select(JobRun).where(JobRun.id.in_(newest)))}
    return [_row(job, last.get(job.name)) for job in timetable()]


def recent(limit: int = 50) -> Sequence[JobRun]:
    """The last recorded runs, newest first."""
    return db.session.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(limit)).all()


def _row(job: Job, run: JobRun | None) -> JobRow:
    if run is None:
        return JobRow(job.name, job.title, describe(job.trigger), None, None, "", "")
    return JobRow(job.name, job.title, describe(job.trigger), run.started_at, run.milliseconds, run.result, run.error)
