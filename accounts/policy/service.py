"""Changing the policy."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from accounts.policy import queries, rules
from accounts.policy.models import SignInPolicy
from accounts.policy.rules import Policy
from infra.transaction import transaction
from kernel.actor import Actor


def change(wanted: Policy, *, actor: Actor, now: datetime) -> Policy:
    """Let another policy hold from now on; gives it with its ``forced_since``. Raises RuleBroken by field."""
    with transaction(actor, "policy.changed") as work:
        after = rules.changed(queries.policy(), wanted, now)
        row = work.session.get(SignInPolicy, queries.THE_ROW) or SignInPolicy(id=queries.THE_ROW)
        for name, value in asdict(after).items():
            setattr(row, name, value)
        work.session.add(row)
    return after
