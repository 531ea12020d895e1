"""The timetable at work: one thread beside the application, which acts only in the process that holds the lock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from infra.database import db
from infra.jobs import service
from infra.jobs.leadership import Leadership, leadership
from infra.jobs.rules import Daily, Job, Monthly, Trigger
from infra.wires import wires

LATE = 3600
"""Seconds by which a run may be late and still happen."""


class Timetable:
    """The jobs of an application, run in time while this process leads."""

    def __init__(self, app: Flask, jobs: Sequence[Job]) -> None:
        """Prepare; nothing runs before `start`."""
        with app.app_context():
            self._lead: Leadership = leadership(db.engine, wires().settings.data_dir)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        defaults = {"coalesce": True, "misfire_grace_time": LATE, "max_instances": 1}
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults=defaults, daemon=True)
        for job in jobs:
            self._scheduler.add_job(self._turn(app, job), _trigger(job.trigger), id=job.name, name=job.title)

    def start(self) -> None:
        """Begin; returns at once."""
        self._scheduler.start()

    def stop(self) -> None:
        """End after the runs under way, and let another process lead."""
        self._scheduler.shutdown(wait=True)
        self._lead.leave()

    def leads(self) -> bool:
        """Whether this process is the one that acts."""
        return self._lead.mine()

    def _turn(self, app: Flask, job: Job) -> Callable[[], None]:
        def turn() -> None:
            if self.leads():
                with app.app_context():
                    service.run(job, wires().clock())

        return turn


def _trigger(trigger: Trigger) -> CronTrigger | IntervalTrigger:
    if isinstance(trigger, Monthly):
        return CronTrigger(day=trigger.day, hour=trigger.hour, minute=trigger.minute, timezone="UTC")
    if isinstance(trigger, Daily):
        return CronTrigger(hour=trigger.hour, minute=trigger.minute, timezone="UTC")
    return IntervalTrigger(seconds=trigger.seconds, timezone="UTC")
