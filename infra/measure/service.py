"""Counting in memory, keeping in the database: no request waits for a measurement to be written."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from infra.database import db
from infra.measure import rules
from infra.measure.models import FailedAnswer, Measurement
from infra.measure.rules import HOUR, MINUTE, Failure, Kept, Tally
from infra.transaction import transaction
from infra.wires import wires
from kernel.actor import SYSTEM, Actor

log = structlog.get_logger("launch90")
METER = "meter"
EVERY_SECONDS = 20.0
MOST_FAILURES = 200
"""Failures kept from one stretch; more of them tell nothing new."""
_MINUTE, _HOUR = 60, 3600
_Slot = tuple[datetime, str]


class Meter:
    """What one worker has counted since it was last emptied; threads may share it."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.worker = f"{socket.gethostname()[:60]}:{os.getpid()}"
        self._lock = threading.Lock()
        self._tallies: dict[_Slot, Tally] = {}
        self._failures: list[Failure] = []
        self._since_start: dict[str, Tally] = {}

    def count(self, endpoint: str, milliseconds: float, at: datetime, failure: Failure | None = None) -> None:
        """One answer of a page."""
        slot = (rules.start_of(at, MINUTE), endpoint)
        with self._lock:
            self._tallies[slot] = _more(self._tallies.get(slot), milliseconds, failure)
            self._since_start[endpoint] = _more(self._since_start.get(endpoint), milliseconds, failure)
            if failure is not None and len(self._failures) < MOST_FAILURES:
                self._failures.append(failure)

    def take(self) -> tuple[dict[_Slot, Tally], list[Failure]]:
        """What was counted; the meter is empty afterwards."""
        with self._lock:
            taken = self._tallies, self._failures
            self._tallies, self._failures = {}, []
        return taken

    def give_back(self, tallies: Mapping[_Slot, Tally], failures: Sequence[Failure]) -> None:
        """Count again what could not be kept."""
        with self._lock:
            for slot, tally in tallies.items():
                self._tallies[slot] = self._tallies.get(slot, Tally()) + tally
            self._failures = [*failures, *self._failures][:MOST_FAILURES]

    def since_start(self) -> Mapping[str, Tally]:
        """What was counted since the worker started, by page."""
        with self._lock:
            return dict(self._since_start)


def _more(tally: Tally | None, milliseconds: float, failure: Failure | None) -> Tally:
    return (tally or Tally()).with_answer(milliseconds, failed=failure is not None)


def connect(app: Flask) -> None:
    """Give an application its meter."""
    app.extensions["launch90"].extras[METER] = Meter()


def meter() -> Meter:
    """The meter of this worker."""
    found: Meter = wires().extras[METER]
    return found


def count(endpoint: str, milliseconds: float, at: datetime, failure: Failure | None = None) -> None:
    """Count one answer of a page; a failure is kept with its number in the log."""
    meter().count(endpoint[:120], milliseconds, at, failure)


def keep(now: datetime) -> int:
    """Write what this worker has counted, and that it is up; returns how many answers."""
    tallies, failures = meter().take()
    try:
        _write(tallies, failures, now)
    except SQLAlchemyError:
        meter().give_back(tallies, failures)
        raise
    return sum(tally.answered for tally in tallies.values())


def _write(tallies: Mapping[_Slot, Tally], failures: Sequence[Failure], now: datetime) -> None:
    with transaction(SYSTEM, "measurements.kept", at=now) as work:
        _add(rules.start_of(now, MINUTE), _MINUTE, meter().worker, "", Tally(), minutes=1)
        for (at, endpoint), tally in tallies.items():
            _add(at, _MINUTE, meter().worker, endpoint, tally, minutes=0)
        work.session.add_all(
            FailedAnswer(at=each.at, method=each.method, path=each.path, status=each.status, request_id=each.request_id)
            for each in failures
        )


def fold_minutes(_actor: Actor, now: datetime) -> int:
    """Fold minutes of days gone by into hours and forget what is too old; how many rows went."""
    before = rules.start_of(now - rules.MINUTES_KEPT, HOUR)
    with transaction(SYSTEM, "measurements.folded", at=now) as work:
        old_ones = select(Measurement).where(Measurement.seconds == _MINUTE, Measurement.at < before)
        old = [
            Kept(row.at, row.endpoint, Tally(tuple(row.counts), row.failed, row.total_ms))
            for row in work.session.scalars(old_ones)
        ]
        for each in rules.folded(old):
            _add(each.at, _HOUR, "", each.endpoint, each.tally, minutes=each.minutes)
        work.session.execute(delete(Measurement).where(Measurement.seconds == _MINUTE, Measurement.at < before))
        work.session.execute(delete(Measurement).where(Measurement.at < now - rules.HOURS_KEPT))
        work.session.execute(delete(FailedAnswer).where(FailedAnswer.at < now - rules.FAILURES_KEPT))
    return len(old)


def _add(at: datetime, seconds: int, worker: str, endpoint: str, tally: Tally, *, minutes: int) -> None:
    """Add to the row of a stretch, which is made where there is none."""
    query = select(Measurement).where(
        Measurement.at == at,
        Measurement.seconds == seconds,
        Measurement.worker == worker,
        Measurement.endpoint == endpoint,
    )
    row = db.session.scalar(query)
    if row is None:
        row = Measurement(
            at=at, seconds=seconds, worker=worker, endpoint=endpoint, counts=[], failed=0, total_ms=0.0, minutes=0
        )
        db.session.add(row)
        known = Tally()
    else:
        known = Tally(tuple(row.counts), row.failed, row.total_ms)
    both = known + tally
    row.counts, row.failed, row.total_ms = list(both.counts), both.failed, both.total_ms
    row.minutes = minutes if seconds == _MINUTE else row.minutes + minutes
    db.session.flush()


def keep_in_background(app: Flask, stop: threading.Event | None = None) -> threading.Thread:
    """A thread of this worker that keeps what was counted, again and again; a database that is away is tried again."""
    stop = stop or threading.Event()

    def go_on() -> None:
        while not stop.wait(EVERY_SECONDS):
            with app.app_context():
                try:
                    keep(wires().clock())
                except SQLAlchemyError as error:
                    db.session.rollback()
                    log.warning("measurements_not_kept", error=str(error))

    thread = threading.Thread(target=go_on, name="measurements", daemon=True)
    thread.start()
    return thread
