"""Clocks of open tickets evaluated anew, as when a policy or a calendar changes: 100,000 tickets, both clocks of each.

python -m benchmarks.crm_sla
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from benchmarks.crm_load import NOW, application, thrown_away
from benchmarks.harness import Figure, percentile, run
from crm.queues import queries as queues
from crm.queues.rules import IMPACTS, SEVERITIES
from crm.records.service import create_many
from crm.sla import service
from crm.sla.models import TicketClock
from infra import migrate
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from web.places import place

TICKETS, AGAIN, TARGET = 100_000, 5, 5.0
ANSWERED = 0.4
"""The share of open tickets that have a first answer."""
STATES = ("new", "triaged", "in-progress", "waiting", "escalated", "reopened")


def main() -> list[Figure]:
    """Wall time to evaluate all open clocks, and to put the tickets in first."""
    with tickets_of(TICKETS) as (_app, seconds):
        times = []
        for _turn in range(AGAIN):
            started = time.perf_counter()
            with transaction(SYSTEM, "sla.reached", at=NOW) as work:
                clocks = service.evaluate(work, NOW)
            times.append(time.perf_counter() - started)
        kept = db.session.scalar(select(func.count(TicketClock.id)))
        sys.stderr.write(f"{clocks} of {kept} clocks\n")
    return [
        Figure("Clocks of 100,000 open tickets evaluated anew", percentile(times, 50), "s", TARGET),
        Figure("100,000 tickets written with their clocks", seconds, "s"),
    ]


@contextmanager
def tickets_of(count: int) -> Iterator[tuple[Flask, float]]:
    """An application over a database with so many open tickets, and how many seconds they took."""
    chance = random.Random(7)  # noqa: S311  # tickets of a benchmark
    folder = thrown_away()
    app = application(folder)
    with app.app_context():
        migrate.upgrade(db.engine, place("migrations"))
        numbers = list(queues.names())
        rows = [_ticket(chance, number, numbers) for number in range(count)]
        started = time.perf_counter()
        with transaction(SYSTEM, "record.created", at=NOW) as work:
            create_many(work, "ticket", rows, now=NOW, origin="imported")
        yield app, time.perf_counter() - started


def _ticket(chance: random.Random, number: int, numbers: list[int]) -> dict[str, Any]:
    created = NOW - timedelta(minutes=chance.randrange(60 * 24 * 60))
    answered = created + timedelta(minutes=chance.randrange(600)) if chance.random() < ANSWERED else None
    return {
        "name": f"Ticket {number}",
        "queue_id": chance.choice(numbers),
        "severity": chance.choice(SEVERITIES),
        "impact": chance.choice(IMPACTS),
        "state": chance.choice(STATES),
        "created_at": created,
        "first_response_at": answered,
    }


if __name__ == "__main__":
    run(main)
