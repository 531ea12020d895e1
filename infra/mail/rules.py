"""What a mail is, where it stands, and when it is tried again."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

from kernel.errors import RuleBroken

SUBJECT_LENGTH = 200
MOST_TRIES = 12
LEASE = timedelta(minutes=5)
"""How long whoever took a mail may need to send it; after that somebody else may try."""
KEPT = timedelta(days=90)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


class State(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given up"
    CANCELLED = "cancelled"


OPEN = (State.WAITING, State.SENDING, State.FAILED)
"""What may still go out by itself."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that goes along: its content lies in the folder of files under its SHA-256, ``digest`` in hex."""

    name: str
    content_type: str
    digest: str


def clean_subject(text: str) -> str:
    r"""A subject on one line without control characters, so that no header can be smuggled in.

    >>> clean_subject("Due tomorrow\r\nBcc: everyone@example.org")
    'Due tomorrow Bcc: everyone@example.org'
    """
    plain = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    return " ".join(plain.split())[:SUBJECT_LENGTH]


def clean_address(text: str) -> str:
    """One address, as the mail server takes it. Raises RuleBroken for anything else, such as two of them.

    >>> clean_address(" Maren.Solberg@Norvane.Example ")
    'maren.solberg@norvane.example'
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=True)
    except EmailNotValidError:
        raise RuleBroken(
            "mail.address",
            "%(address)s is not an e-mail address; one looks like name@example.org.",
            field="to",
            address=clean_subject(text) or "(nothing)",
        ) from None
    return found.normalized.lower()


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a mail that failed ``tries`` times is tried again: each wait doubles; None when it is given up.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 2, 18, 12, 0, tzinfo=UTC)
    >>> [(next_try(tries, noon) - noon).seconds // 60 for tries in (1, 2, 3, 11)], next_try(12, noon)
    ([1, 2, 4, 360], None)
    """
    if tries >= MOST_TRIES:
        return None
    wait: timedelta = FIRST_WAIT * 2 ** (tries - 1)
    return now + min(wait, LONGEST_WAIT)
