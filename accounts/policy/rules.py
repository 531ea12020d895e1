"""The policy of signing in: its choices, its limits, and what follows from it for one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken


class Forced(StrEnum):
    """Who must have a second factor."""

    NOBODY = "nobody"
    LEADERS = "leaders"
    EVERYBODY = "everybody"


class Starters(StrEnum):
    """Who may start a roll-out."""

    EVERYBODY = "everybody"
    LEADERS = "leaders"


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for everybody. ``forced_since``: when a second factor was first asked for, as it is now."""

    forced: Forced = Forced.NOBODY
    forced_since: datetime | None = None
    grace_days: int = 7
    idle_minutes: int = 480
    session_days: int = 14
    password_length: int = 12
    starters: Starters = Starters.EVERYBODY

    @property
    def idle_limit(self) -> timedelta:
        """How long a session may rest, unless the person asked to stay signed in on the device."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def session_limit(self) -> timedelta:
        """How long a session lives at most."""
        return timedelta(days=self.session_days)

    def asks(self, *, leads: bool) -> bool:
        """Whether somebody must have a second factor; ``leads``: administrators, and managers of any roll-out.

        >>> Policy(Forced.LEADERS).asks(leads=False), Policy(Forced.LEADERS).asks(leads=True)
        (False, True)
        """
        return self.forced is Forced.EVERYBODY or (self.forced is Forced.LEADERS and leads)

    def deadline(self, joined: datetime) -> datetime:
        """By when somebody who joined then has set a second factor up, if it is asked of them."""
        return max(joined, self.forced_since or joined) + timedelta(days=self.grace_days)


LIMITS: dict[str, tuple[int, int]] = {
    "grace_days": (0, 90),
    "idle_minutes": (5, 7 * 24 * 60),
    "session_days": (1, 90),
    "password_length": (12, 64),
}
"""The smallest and the largest value of each number."""


def checked(policy: Policy) -> Policy:
    """The same policy, if every number is within its limits. Raises RuleBroken, naming the field and the limits."""
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(policy, name) <= most:
            raise RuleBroken(
                "policy.limit", "A number from %(least)d to %(most)d is needed.", field=name, least=least, most=most
            )
    if policy.idle_limit > policy.session_limit:
        raise RuleBroken(
            "policy.idle",
            "A session can't rest longer than it lives: at most %(most)d minutes.",
            field="idle_minutes",
            most=policy.session_days * 24 * 60,
        )
    return policy


def changed(before: Policy, after: Policy, now: datetime) -> Policy:
    """The new policy with its ``forced_since``: the time of grace begins anew only when more people are asked."""
    order = list(Forced)
    more = order.index(after.forced) > order.index(before.forced)
    since = now if more else before.forced_since
    values = {name: getattr(after, name) for name in (*LIMITS, "forced", "starters")}
    return checked(Policy(**values, forced_since=None if after.forced is Forced.NOBODY else since))
