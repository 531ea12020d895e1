"""Reading the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from infra.database import db
from infra.lists import Column, Format, Kind, ListSpec
from infra.mail.models import Mail
from infra.mail.rules import OPEN, State
from infra.wires import wires
from kernel.errors import NotFound

_OPEN = tuple(state.value for state in OPEN)
_STATES = tuple((state.value, state.value.capitalize()) for state in State)

OUTBOX = ListSpec(
    "outbox",
    "Outbox",
    (
        Column("subject", "Subject", Kind.TEXT, expression=Mail.subject, searched=True),
        Column("recipient", "To", Kind.TEXT, expression=Mail.recipient, searched=True),
        Column("state", "State", Kind.CHOICE, expression=Mail.state, choices=_STATES),
        Column("created_at", "Written", Kind.DATE, expression=Mail.created_at, format=Format.MOMENT),
        Column("sent_at", "Sent", expression=Mail.sent_at, format=Format.MOMENT),
        Column("tries", "Tries", Kind.NUMBER, expression=Mail.tries, numeric=True, visible=False),
        Column("next_try_at", "Next try", expression=Mail.next_try_at, format=Format.MOMENT, visible=False),
        Column("error", "What the server said", Kind.TEXT, expression=Mail.error, sortable=False),
    ),
    default_sort="-created_at",
    page_size=50,
    tie_breaker=Mail.id.desc(),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox stands: mails by state, what the server said last, and whether there is a server at all."""

    counts: dict[str, int]
    trouble: str
    has_server: bool

    @property
    def waiting(self) -> int:
        """How many mails may still go out by themselves."""
        return sum(self.counts.get(state, 0) for state in _OPEN)

    @property
    def given_up(self) -> int:
        """How many mails nobody tries any more."""
        return self.counts.get(State.GIVEN_UP.value, 0)


def standing() -> Standing:
    """How the outbox stands, in two statements."""
    counts = {row[0]: row[1] for row in db.session.execute(select(Mail.state, func.count()).group_by(Mail.state))}
    stuck = select(Mail.error).where(Mail.state.in_(_OPEN), Mail.error != "").order_by(Mail.next_try_at.desc()).limit(1)
    return Standing(counts, db.session.scalar(stuck) or "", bool(wires().settings.smtp_url))


def everything() -> Select[Any]:
    """The rows of the outbox page, without the bodies."""
    return select(Mail.id, *(getattr(Mail, column.key) for column in OUTBOX.columns))


def due(now: datetime) -> Select[Mail]:
    """What may go out now: what waits, what failed before, and what somebody took and never settled."""
    return select(Mail).where(Mail.state.in_(_OPEN), Mail.next_try_at <= now).order_by(Mail.next_try_at, Mail.id)


def anything_due(now: datetime) -> bool:
    """Whether a turn has anything to do: read without taking the writer's lock."""
    return db.session.scalar(due(now).with_only_columns(Mail.id).limit(1)) is not None


def mail(mail_id: int) -> Mail:
    """One mail. Raises NotFound."""
    found = db.session.get(Mail, mail_id)
    if found is None:
        raise NotFound
    return found


def kept_files() -> set[str]:
    """The contents that mails in the outbox refer to: they must not be taken for orphans."""
    rows = db.session.scalars(select(Mail.files).where(Mail.state != State.SENT.value))
    return {each["digest"] for files in rows for each in files}
