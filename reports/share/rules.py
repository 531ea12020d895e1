"""What a share link may open, how long it lives, and who may make one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

ALL = Visibility.ALL
GRANTS = (*allow("share.edit", administrator=ALL, manager=ALL),)
"""A link opens the house to strangers, so those make it who answer for the roll-out."""

NAME_LIMIT = 120
USUAL_LIFE = timedelta(days=30)
LONGEST_LIFE = timedelta(days=365)
SHORTEST_PHRASE, LONGEST_PHRASE = 8, 200
OVER = "This link does not open anything: it was never made, has expired or was withdrawn. Ask whoever gave it to you."
"""The one sentence for every link that does not work, so that a guess learns nothing."""


class LinkState(StrEnum):
    """Whether a link works."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class LinkData:
    """What a new link opens; ``report`` is the number of one report, None for always the latest."""

    name: str
    plan: bool = False
    gantt: bool = False
    reports: bool = False
    report: int | None = None
    costs: bool = False
    passphrase: str = ""
    expires: date | None = None


def check_link(data: LinkData, today: date) -> date:
    """The last day of a link. Raises RuleBroken for one without a name or parts, and for a day that will not do."""
    if not data.name.strip():
        raise RuleBroken("share.name", "Say who it is for; only you and your colleagues see it.", field="name")
    if len(data.name) > NAME_LIMIT:
        raise RuleBroken("share.name_long", "At most %(limit)s characters fit.", field="name", limit=NAME_LIMIT)
    if not (data.plan or data.gantt or data.reports):
        raise RuleBroken("share.parts", "Choose what the link shows.", field="plan")
    if data.passphrase and not SHORTEST_PHRASE <= len(data.passphrase) <= LONGEST_PHRASE:
        text = "A passphrase has %(least)s to %(most)s characters; leave it empty for none."
        limits = {"least": SHORTEST_PHRASE, "most": LONGEST_PHRASE}
        raise RuleBroken("share.passphrase", text, field="passphrase", **limits)
    return _check_day(data.expires or today + USUAL_LIFE, today)


def expiry(last_day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a link ends: midnight after its last day, in the project's zone."""
    return datetime.combine(last_day + timedelta(days=1), time(), zone)


def state_of(expires_at: datetime, revoked_at: datetime | None, now: datetime) -> LinkState:
    """Whether a link works at a moment."""
    if revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.LIVE if now < expires_at else LinkState.EXPIRED


def _check_day(last_day: date, today: date) -> date:
    latest = today + LONGEST_LIFE
    if last_day < today or last_day > latest:
        text = "A link lives a year at most: choose a day from %(today)s to %(latest)s."
        params = {"today": today.isoformat(), "latest": latest.isoformat()}
        raise RuleBroken("share.expires", text, field="expires", **params)
    return last_day
