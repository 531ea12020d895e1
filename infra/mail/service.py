"""Writing mail: an outbox row in the transaction of the action that wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from infra.database import insert_new
from infra.mail import rules
from infra.mail.models import Mail
from infra.mail.rules import MailFile
from infra.transaction import Work


def queue(
    work: Work,
    to: str,
    subject: str,
    text: str,
    *,
    html: str = "",
    key: str = "",
    files: Sequence[MailFile] = (),
    secret: bool = False,
) -> None:
    """Leave a mail for the timetable to send, if and only if this action is committed.

    A second mail with the same ``key`` is not written. ``secret``: the body is shown to nobody and forgotten once sent.
    Raises RuleBroken for what is no address.
    """
    values: dict[str, Any] = {
        "recipient": rules.clean_address(to),
        "subject": rules.clean_subject(subject),
        "text": text,
        "html": html,
        "files": [asdict(file) for file in files],
        "confidential": secret,
        "key": key or None,
        "reference": uuid4().hex,
        "next_try_at": work.at,
        "created_at": work.at,
    }
    insert_new(work.session, Mail, [values], unique="key")
