"""The weekly word in the demo: on the last Monday before today it went to who decides, and the mail server took it."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import select

from infra.mail.models import Mail
from infra.mail.rules import State
from infra.transaction import transaction
from kernel.actor import SYSTEM
from reports.weekly import jobs
from web.demo.stage import StoryClock

WEEK = 7
SENT = time(7, 35)


def eve_of(today: date) -> date:
    """The Sunday before the last Monday that is behind us.

    >>> eve_of(date(2026, 2, 18)), eve_of(date(2026, 2, 16))
    (datetime.date(2026, 2, 15), datetime.date(2026, 2, 8))
    """
    return today - timedelta(days=(today.weekday() or WEEK) + 1)


def send(clock: StoryClock, day: date) -> None:
    """Send the word on the morning after a day. Other mail of the story waits: the demo has no mail server."""
    at = clock.on(day + timedelta(days=1), SENT)
    jobs.send_words(SYSTEM, at)
    with transaction(SYSTEM, "mail.sent", at=at) as work:
        for mail in work.session.scalars(select(Mail).where(Mail.key.startswith("weekly:"))):
            mail.state, mail.sent_at, mail.tries = State.SENT.value, at, 1
