"""What the timetable does for automations: what waits, what came due, what failed, and what is old."""

from __future__ import annotations

from datetime import datetime

from crm.acting import service
from kernel.actor import Actor


def run_waiting(_actor: Actor, now: datetime) -> int:
    """Work on what waits for rules: what came in in bulk, and what a process left behind; how many records."""
    return service.run_waiting(now)


def run_due(_actor: Actor, now: datetime) -> int:
    """Let the rules of the clock work on what came due, and try again what failed; how many records."""
    return service.run_due(now) + service.retry_failed(now)


def prune(_actor: Actor, now: datetime) -> int:
    """Forget old lines of the log; how many."""
    return service.prune(now)
