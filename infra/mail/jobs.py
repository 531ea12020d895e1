"""What the timetable does for the outbox."""

from __future__ import annotations

from datetime import datetime

from infra.mail import service
from kernel.actor import Actor


def send_mail(_actor: Actor, now: datetime) -> str:
    """Send what is due; says what was sent. A server that can't be reached is told on the outbox page, not here."""
    tally = service.send_due(now)
    said = [f"{tally.sent} sent"] if tally.sent else []
    return ", ".join([*said, *([f"{tally.failed} refused"] if tally.failed else [])])


def prune_mail(_actor: Actor, now: datetime) -> int:
    """Forget mails that ended long ago; how many."""
    return service.prune(now)
