"""What a mail is, where it stands, and when it is tried again."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from kernel.errors import RuleBroken

NAME = "Launch90"
PORTS = {"smtp": 25, "smtps": 465}
SUBJECT_LENGTH = 200
AT_ONCE = 10
MOST_TRIES = 12
LEASE = timedelta(minutes=10)
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


class Written(StrEnum):
    """Who wrote a mail, in the words of RFC 3834: the product by itself, the product as an answer, or a person."""

    BY_ITSELF = "auto-generated"
    REPLIED = "auto-replied"
    BY_A_PERSON = "no"


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a mail stands among others: its own Message-ID, those it answers (oldest first), where answers go."""

    reference: str
    answers: tuple[str, ...] = ()
    reply_to: str = ""
    written: Written = Written.BY_ITSELF


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


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server of `ROADMAP_SMTP_URL`. ``tls`` from the first byte, ``starttls`` after the greeting."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    starttls: bool = False

    @property
    def name(self) -> str:
        """How sentences call it: without user and password."""
        return f"{self.host}:{self.port}"


def server_of(url: str) -> Server:
    """Read an address such as ``smtp://user:pass@mail.example.org:587?starttls=1``. Raises ValueError in words.

    >>> server_of("smtps://me:s%40crt@mail.example.org").port
    465
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ValueError("it must begin with smtp:// or smtps://")
    if not parts.hostname or any(letter.isspace() for letter in url):
        raise ValueError("the name of the mail server is missing")
    port = parts.port or PORTS[parts.scheme]
    unknown = parse_qs(parts.query).keys() - {"starttls"}
    if unknown or parts.path not in ("", "/"):
        raise ValueError("after the server only ?starttls=1 may follow")
    starttls = parse_qs(parts.query).get("starttls", ["0"])[-1] == "1"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, port, user, password, tls=parts.scheme == "smtps", starttls=starttls)


def sender_of(written: str, base_url: str) -> tuple[str, str]:
    """Name and address that mail comes from; without a setting ones made of the product's address.

    Raises ValueError for what is no address.

    >>> sender_of("", "https://roadmap.example.org:8443")
    ('Launch90', 'launch90@roadmap.example.org')
    """
    if not written:
        return NAME, f"launch90@{host_of(base_url)}"
    name, address = parseaddr(written)
    if not address or any(letter in written for letter in "\r\n"):
        raise ValueError("it must be an address such as Launch90 <launch90@example.org>")
    try:
        return clean_subject(name) or NAME, clean_address(address)
    except RuleBroken as problem:
        raise ValueError(problem.message) from None


def host_of(base_url: str) -> str:
    """The machine in the product's address; without one this machine."""
    return urlsplit(base_url).hostname or "localhost"
