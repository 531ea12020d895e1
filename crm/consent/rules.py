"""Purposes, what may follow from an answer, and when somebody may be written to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from hashlib import sha256

from kernel.errors import RuleBroken

PRIVACY = "privacy"
"""The function of whoever answers for personal data."""
KINDS = ("lead", "contact")
"""The objects whose records are people."""
LONGEST_NAME, LONGEST_TEXT = 80, 500
LONGEST_WORDING, LONGEST_PROOF = 2000, 500


class Basis(StrEnum):
    """Why personal data may be used."""

    CONSENT = "consent"
    CONTRACT = "contract"
    INTEREST = "interest"
    DUTY = "duty"


BASES: dict[str, str] = {
    Basis.CONSENT: "They agreed to it",
    Basis.CONTRACT: "A contract with them, or what they asked for",
    Basis.INTEREST: "Our legitimate interest, unless they object",
    Basis.DUTY: "A law demands it",
}
CHANNELS: dict[str, str] = {
    "form": "Web form",
    "mail": "E-mail",
    "phone": "Phone",
    "person": "In person",
    "paper": "On paper",
    "import": "Brought in from elsewhere",
}
"""How an answer reached us."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What personal data is used for, and on which basis."""

    key: str
    name: str
    description: str
    basis: Basis
    active: bool = True


SHIPPED: tuple[Purpose, ...] = (
    Purpose("news", "News and offers by e-mail", "Newsletters, campaigns and offers.", Basis.CONSENT),
    Purpose("calls", "Calls about offers", "Being called to be offered something.", Basis.CONSENT),
    Purpose("events", "Invitations to events", "Invitations to events and webinars.", Basis.CONSENT),
    Purpose("surveys", "Questions about how satisfied they are", "Surveys now and then.", Basis.INTEREST),
    Purpose("service", "Answers to what they asked for", "Replies to tickets, quotes and orders.", Basis.CONTRACT),
)
"""The purposes as they are until somebody alters them."""
OF_CAMPAIGNS = {"mail": "news", "phone": "calls", "event": "events", "webinar": "events"}
"""Which purpose a campaign of a kind needs; advertising and social media address nobody by name."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one person for one purpose; ``given`` None: they were never asked, or never answered."""

    given: bool | None = None
    restricted: bool = False
    objected: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may be written to for a purpose, and why."""

    yes: bool
    because: str

    def __bool__(self) -> bool:
        """The answer."""
        return self.yes


@dataclass(frozen=True, slots=True)
class ConsentData:
    """An answer as somebody notes it: ``wording`` is what the person read or heard, ``proof`` where that stands."""

    purpose: str
    given: bool
    at: datetime
    channel: str
    wording: str = ""
    proof: str = ""


def verdict(purpose: Purpose, standing: Standing) -> Verdict:
    """May somebody be written to: unknown is a no wherever consent is needed.

    >>> news, surveys = SHIPPED[0], SHIPPED[3]
    >>> verdict(news, Standing()).yes, verdict(news, Standing(given=True)).yes, verdict(surveys, Standing()).yes
    (False, True, True)
    """
    lawful = purpose.basis in (Basis.CONTRACT, Basis.DUTY)
    cases = (
        (standing.restricted, Verdict(False, "Their data may only be kept: its use is restricted.")),
        (not purpose.active, Verdict(False, "This purpose is not used any more.")),
        (lawful, Verdict(True, BASES[purpose.basis])),
        (standing.objected, Verdict(False, "They objected to being written to.")),
        (standing.given is False, Verdict(False, "They withdrew their consent.")),
        (standing.given is True, Verdict(True, "They agreed.")),
        (purpose.basis is Basis.INTEREST, Verdict(True, BASES[Basis.INTEREST])),
    )
    return next((found for holds, found in cases if holds), Verdict(False, "No consent is known."))


def hashed(address: str) -> str:
    """What is kept of an address that must not be written to: it can be recognised, and not be read.

    >>> hashed("Ines@Example.org ") == hashed("ines@example.org")
    True
    """
    return sha256(f"launch90 objection|{address.strip().lower()}".encode()).hexdigest()


def moment_of(day: date, now: datetime, zone: tzinfo) -> datetime:
    """The moment of an answer of which the day is known: that day's noon, today's is now. Raises RuleBroken.

    >>> from datetime import UTC
    >>> moment_of(date(2026, 2, 17), datetime(2026, 2, 18, 9, tzinfo=UTC), UTC).isoformat()
    '2026-02-17T12:00:00+00:00'
    """
    today = now.astimezone(zone).date()
    if day > today:
        raise RuleBroken("consent.future", "That day has not come yet.", field="day")
    if today - day > timedelta(days=366 * 50):
        raise RuleBroken("consent.old", "Write a day of the last 50 years.", field="day")
    return now if day == today else datetime.combine(day, time(12), zone)


def check(data: ConsentData, purposes: Iterable[Purpose]) -> None:
    """Raise RuleBroken for an answer that can't be kept: consent without proof is none."""
    purpose = next((each for each in purposes if each.key == data.purpose and each.active), None)
    if purpose is None:
        raise RuleBroken("consent.purpose", "Choose what it is about.", field="purpose")
    if purpose.basis not in (Basis.CONSENT, Basis.INTEREST):
        raise RuleBroken(
            "consent.not_asked", "Nobody is asked for this purpose: it rests on another basis.", field="purpose"
        )
    if data.channel not in CHANNELS:
        raise RuleBroken("consent.channel", "Choose how the answer came.", field="channel")
    if data.given and not data.proof.strip():
        raise RuleBroken(
            "consent.proof", "Say where the consent stands, such as a file, a mail or a form.", field="proof"
        )
    for field, text, limit in (("wording", data.wording, LONGEST_WORDING), ("proof", data.proof, LONGEST_PROOF)):
        if len(text) > limit:
            raise RuleBroken("consent.long", "At most %(limit)d characters fit.", field=field, limit=limit)


def check_purpose(name: str, description: str, basis: str, taken: Iterable[str]) -> tuple[str, str, Basis]:
    """A purpose as it is kept. Raises RuleBroken for none, too long or taken."""
    clean, said = " ".join(name.split()), " ".join(description.split())
    if not clean:
        raise RuleBroken("consent.name", "Write what personal data is used for.", field="name")
    for field, text, limit in (("name", clean, LONGEST_NAME), ("description", said, LONGEST_TEXT)):
        if len(text) > limit:
            raise RuleBroken("consent.long", "At most %(limit)d characters fit.", field=field, limit=limit)
    if clean.lower() in {each.lower() for each in taken}:
        raise RuleBroken("consent.taken", "There is such a purpose already.", field="name")
    if basis not in BASES:
        raise RuleBroken("consent.basis", "Choose a basis.", field="basis")
    return clean, said, Basis(basis)


def key_of(name: str, taken: Iterable[str]) -> str:
    """A short key for a purpose, of its name.

    >>> key_of("Börse & News", ["b-rse-news"])
    'b-rse-news-2'
    """
    root = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:32] or "purpose"
    known, number, key = set(taken), 2, root
    while key in known:
        key, number = f"{root}-{number}", number + 1
    return key
