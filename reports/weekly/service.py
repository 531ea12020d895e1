"""Setting when the word goes out, choosing whether one gets it, and sending it: once a week and person."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

from sqlalchemy import select

from infra.attachments import store
from infra.mail.rules import MailFile
from infra.mail.service import queue
from infra.pdf import pdf_of
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import Actor
from kernel.errors import Problem
from reports.weekly import queries, rules
from reports.weekly.models import WeeklyChoice, WeeklySetting, WeeklyWord

UNDOABLE = {"weekly.set": "weekly.set"}
"""What can be taken back, and the permission that this needs; a mail that went out cannot, a choice is made anew."""
LARGEST = 16 * 1024 * 1024
PAGE = "/portfolio/weekly"
"""Where such mail is ended."""


def choose(*, on: bool, actor: Actor) -> Work:
    """Get the weekly word, or don't."""
    with transaction(actor, "weekly.chosen") as work:
        row = work.session.scalar(select(WeeklyChoice).where(WeeklyChoice.person_id == actor.id))
        if row is None:
            work.session.add(WeeklyChoice(person_id=actor.id, on=on))
        else:
            row.on = on
    return work


def set_time(weekday: int, at: str, *, on: bool, actor: Actor) -> Work:
    """Say when it goes out. Raises RuleBroken."""
    wanted = rules.check_setting(weekday, at, on=on)
    with transaction(actor, "weekly.set") as work:
        row = work.session.scalars(select(WeeklySetting).limit(1)).first()
        if row is None:
            row = WeeklySetting()
            work.session.add(row)
        row.weekday, row.at, row.on = wanted.weekday, wanted.at, wanted.on
    return work


def send(  # a word is what these say
    person_id: int, period: str, document: str, sentence: str, subject: str, text: str, *, actor: Actor, now: datetime
) -> bool:
    """Send the word of a round to a person, unless that was done; whether it was done now.

    The PDF is made and safe on the disk before anything is written. Raises Problem where it can't be made.
    """
    if queries.sent(person_id, period):
        return False
    stored = store.put(wires().settings.files_dir, BytesIO(pdf_of(document)), LARGEST, now)
    file = MailFile(rules.file_name(date.fromisoformat(period)), "application/pdf", stored.digest)
    with transaction(actor, "weekly.sent", at=now) as work:
        if queries.sent(person_id, period):
            return False
        row = WeeklyWord(
            person_id=person_id, period=period, sent_at=now, sentence=sentence, digest=stored.digest, size=stored.size
        )
        work.session.add(row)
        address = queries.address_of(person_id)
        queue(work, address, subject, text, key=f"weekly:{period}:{person_id}", files=[file], unsubscribe=PAGE)
    return True


def content(digest: str) -> bytes:
    """The bytes of a PDF that went out. Raises Problem where they are gone from the disk."""
    try:
        return store.path_of(wires().settings.files_dir, digest).read_bytes()
    except OSError as error:
        text = "The file of this word is missing on the server. Tell your administrator; a backup has it."
        raise Problem("weekly.missing", text) from error
