"""What the timetable does with notices."""

from __future__ import annotations

from datetime import datetime

from accounts.digest import service
from accounts.notices.service import prune
from kernel.actor import Actor


def mail_notices(_actor: Actor, now: datetime) -> int:
    """Queue mail for what people want at once; how many mails."""
    return service.mail_at_once(now)


def send_digests(_actor: Actor, now: datetime) -> int:
    """Queue the digests whose hour has come; how many."""
    return service.send_digests(now)


def prune_notices(_actor: Actor, now: datetime) -> int:
    """Forget old notices; how many."""
    return prune(now)
