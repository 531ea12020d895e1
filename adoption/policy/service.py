"""Deciding who sees people by name."""

from __future__ import annotations

from sqlalchemy import select

from adoption.policy.models import AdoptionPolicy
from adoption.policy.rules import Visible
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken

UNDOABLE = {"adoption.policy": "adoption.policy"}
"""What can be taken back, and the permission that this needs."""


def decide(visible: str, *, actor: Actor) -> Work:
    """Let another policy hold from now on, in every roll-out. Raises RuleBroken."""
    if visible not in set(Visible):
        raise RuleBroken("adoption.visible", "Choose who sees people by name.", field="visible")
    with transaction(actor, "adoption.policy") as work:
        row = work.session.scalars(select(AdoptionPolicy)).first()
        if row is None:
            work.session.add(AdoptionPolicy(visible=visible))
        else:
            row.visible = visible
    return work
