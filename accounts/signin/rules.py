"""Limits of sessions and links, and the decisions that follow from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from accounts.policy.rules import Policy

SEEN_EVERY = timedelta(minutes=1)
"""How often the last use of a session is written down at most."""
CLOCK_SLACK = timedelta(minutes=5)
"""How far a clock may jump back without ending sessions."""
HALF_LIFE = timedelta(minutes=10)
"""How long a sign-in waits for its second factor."""
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


def session_holds(times: SessionTimes, policy: Policy, now: datetime) -> bool:
    """Whether a session is within both limits. One from the future is left by a clock that was put back: it is over.

    >>> noon = datetime(2026, 1, 1, 12)
    >>> session_holds(SessionTimes(noon, noon, stays=True), Policy(), noon - timedelta(hours=1))
    False
    """
    age, rested = now - times.created_at, now - times.last_seen_at
    return -CLOCK_SLACK <= age < policy.session_limit and (times.stays or rested < policy.idle_limit)


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
