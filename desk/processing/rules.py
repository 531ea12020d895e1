"""An activity of the register (Article 30), and those of the product itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from kernel.errors import RuleBroken

LONGEST_NAME, LONGEST = 120, 2000
REVIEWED = timedelta(days=365)
"""An entry that nobody looked at for so long is called old."""
TEXTS: dict[str, str] = {
    "purpose": "What for",
    "basis": "Why that is allowed",
    "people": "Whose data",
    "data": "Which data",
    "recipients": "Who gets it",
    "kept": "How long it is kept",
    "safeguards": "How it is protected",
}
"""What is said of each activity."""


@dataclass(frozen=True, slots=True)
class ActivityData:
    """An activity as somebody describes it."""

    name: str
    purpose: str = ""
    basis: str = ""
    people: str = ""
    data: str = ""
    recipients: str = ""
    kept: str = ""
    safeguards: str = ""


_INSIDE = "Nobody outside; the people whose roles show it."
_SEALED = "Roles, encrypted backups, the audit trail; sensitive fields are sealed."
SHIPPED: tuple[ActivityData, ...] = (
    ActivityData(
        "Customers and deals",
        "Selling, and looking after customers.",
        "Contract and legitimate interest.",
        "Leads and contacts.",
        "Names, addresses of business, what was said and agreed.",
        _INSIDE,
        "As the rules of retention say.",
        _SEALED,
    ),
    ActivityData(
        "Campaigns",
        "Telling people of news and offers.",
        "Consent by purpose, with proof.",
        "Leads and contacts who agreed.",
        "Names, e-mail addresses, how far they responded.",
        "The service that sends mail.",
        "Until consent is withdrawn.",
        _SEALED,
    ),
    ActivityData(
        "Help desk",
        "Answering requests and mending what is wrong.",
        "Contract, or what they asked for.",
        "Whoever asks.",
        "Names, addresses, what they wrote, files.",
        _INSIDE,
        "As the rules of retention say.",
        _SEALED,
    ),
    ActivityData(
        "Accounts of people who work here",
        "Letting them in, and knowing who did what.",
        "Contract of employment, legitimate interest in security.",
        "People with an account.",
        "Name, address, sign-ins, actions in the audit trail.",
        "Administrators.",
        "While they work here; the trail stays without their name once they are erased.",
        "Second factor, sessions that end, a trail that can not be altered unseen.",
    ),
    ActivityData(
        "Figures of use",
        "Knowing whether the CRM is used, and who needs help.",
        "Legitimate interest; works councils may have a say.",
        "People with an account.",
        "When somebody was here and which parts they opened.",
        "Whoever reads usage, as its policy says.",
        "As the policy of use says.",
        "Groups of at least five where the policy says so.",
    ),
    ActivityData(
        "Backups",
        "Coming back after a loss.",
        "Legitimate interest in security.",
        "Everybody in the product.",
        "Everything.",
        "Administrators.",
        "Up to twelve months; erasures are made again by a restore.",
        "Encryption, drills each month.",
    ),
)
"""What the product does itself: a beginning, to be checked and completed."""


def is_old(reviewed: date | None, today: date) -> bool:
    """Whether nobody looked at an entry for a year.

    >>> is_old(None, date(2026, 2, 18)), is_old(date(2026, 2, 1), date(2026, 2, 18))
    (True, False)
    """
    return reviewed is None or today - reviewed > REVIEWED


def gaps(data: ActivityData) -> list[str]:
    """What is not said yet, by its heading."""
    said = asdict(data)
    return [label for key, label in TEXTS.items() if not said[key].strip()]


def check(data: ActivityData, taken: set[str]) -> None:
    """Raise RuleBroken for an activity without a name of its own, or with too many words."""
    name = " ".join(data.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RuleBroken("processing.name", "Write a name of up to 120 characters.", field="name")
    if name.lower() in {each.lower() for each in taken}:
        raise RuleBroken("processing.taken", "There is an entry of this name already.", field="name")
    for key in TEXTS:
        if len(getattr(data, key)) > LONGEST:
            raise RuleBroken("processing.long", "At most %(limit)d characters fit.", field=key, limit=LONGEST)
