"""How many tries fit into which time, and when a key that had too many may be tried again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(minutes=15)
"""How long a try counts."""
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 30
"""How many tries fit in the window, for one account and for one network address."""
TRIES_KEPT = timedelta(days=1)


class Tried(StrEnum):
    """What was tried; each is counted for itself, but for the address, whose tries are counted together."""

    PASSWORD = "account"  # noqa: S105  # what is counted, not a secret
    CODE = "code"
    LINK = "link"


PER_ACCOUNT = {Tried.PASSWORD: TRIES_PER_ACCOUNT, Tried.CODE: TRIES_PER_ACCOUNT, Tried.LINK: 3}


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request comes from; ``browser`` is the token by which a browser is known again, empty without one."""

    address: str
    user_agent: str
    now: datetime
    browser: str = ""


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
