"""Limits of sessions, tries and links, and the decisions that follow from them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

IDLE_LIMIT = timedelta(hours=8)
"""How long a session may rest, unless the person asked to stay signed in on the device."""
ABSOLUTE_LIMIT = timedelta(days=14)
"""How long a session lives at most."""
SEEN_EVERY = timedelta(minutes=1)
"""How often the last use of a session is written down at most."""
WINDOW = timedelta(minutes=15)
"""How long a failed try counts."""
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 30
"""How many failed tries fit in the window, for one account and for one network address."""
TRIES_KEPT = timedelta(days=1)
INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=24)

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """What decides whether a session still holds."""

    created_at: datetime
    last_seen_at: datetime
    stays: bool


def session_holds(times: SessionTimes, now: datetime) -> bool:
    """Whether a session is within both limits."""
    rested = now - times.last_seen_at
    return now - times.created_at < ABSOLUTE_LIMIT and (times.stays or rested < IDLE_LIMIT)


def locked_until(failures: Sequence[datetime], limit: int) -> datetime | None:
    """When a key with these failed tries, this one's not among them, may be tried again; None is now.

    >>> noon = datetime(2026, 1, 1, 12)
    >>> locked_until([noon, noon + timedelta(minutes=1)], limit=2)
    datetime.datetime(2026, 1, 1, 12, 15)
    """
    newest_first = sorted(failures, reverse=True)
    return newest_first[limit - 1] + WINDOW if len(newest_first) >= limit else None


def key_of(kind: str, value: str) -> str:
    """What tries are counted by: not the address itself, for people sometimes type a password there."""
    return hashlib.sha256(f"{kind}|{value.strip().lower()}".encode()).hexdigest()


def token_hash(token: str) -> str:
    """What the database keeps of a secret of 256 random bits, which needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def safe_next(target: str | None) -> str | None:
    """A path of this site to go on to, or None for anything that a browser could take for another site.

    >>> safe_next("/projects/1?view=list"), safe_next("//evil.example"), safe_next("https://evil.example/")
    ('/projects/1?view=list', None, None)
    """
    if not target or not target.startswith("/") or re.search(r"[\x00-\x20\\\x7f]", target):
        return None
    if target.startswith("//"):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc or parts.path.startswith("//") else target


def device_of(user_agent: str) -> str:
    """A browser and its system in two words, as far as the browser tells.

    >>> device_of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox, Linux'
    """
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)
