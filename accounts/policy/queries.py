"""The policy as it stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.policy.models import SignInPolicy
from accounts.policy.rules import LIMITS, Forced, Policy, Starters
from infra.database import db

THE_ROW = 1
COLUMNS = tuple(getattr(SignInPolicy, name) for name in ("forced", "forced_since", "starters", *LIMITS))
"""For statements that read the policy along with something else: join SignInPolicy, then ``policy_of`` the row."""


def policy() -> Policy:
    """The policy, or what holds while nobody has set one."""
    return policy_of(db.session.execute(select(*COLUMNS)).first())


def policy_of(row: Any) -> Policy:
    """The policy in a row that holds COLUMNS; without a row, or with empty ones, what holds from the start."""
    if row is None or row.forced is None:
        return Policy()
    numbers = {name: getattr(row, name) for name in LIMITS}
    return Policy(forced=Forced(row.forced), forced_since=row.forced_since, starters=Starters(row.starters), **numbers)
