"""The timetable's part: a look into every mailbox."""

from __future__ import annotations

from datetime import datetime

from crm.mailbox import queries, service
from infra.mail.inbox import Unreachable
from kernel.actor import Actor


def look_for_mail(_actor: Actor, now: datetime) -> str:
    """Take what is new in the mailboxes; one that can't be read does not hold up the others."""
    taken, trouble = 0, []
    for number, name in [(each.id, each.name) for each in queries.mailboxes() if each.active]:
        try:
            taken += service.look(number, now)
        except Unreachable as problem:
            trouble.append(f"{name}: {problem}")
    return "; ".join(([f"{taken} mails"] if taken else []) + trouble)


def prune_mail_in(_actor: Actor, now: datetime) -> str:
    """Forget what came in long ago."""
    gone = service.prune(now)
    return f"{gone} mails" if gone else ""
