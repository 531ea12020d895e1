"""Keeping the register."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from desk.processing import queries, rules
from desk.processing.models import ProcessingActivity
from desk.processing.rules import SHIPPED, ActivityData
from infra.transaction import Work, transaction
from kernel.actor import Actor

UNDOABLE = {
    "processing.added": "crm.privacy",
    "processing.changed": "crm.privacy",
    "processing.removed": "crm.privacy",
    "processing.begun": "crm.privacy",
}
"""What can be taken back, and the permission that this needs."""


def begin(*, actor: Actor) -> Work:
    """Enter what the product does itself, where it is not there yet; somebody has to look at each."""
    with transaction(actor, "processing.begun") as work:
        taken = {each.name.lower() for each in queries.activities()}
        work.session.add_all(ProcessingActivity(**asdict(each)) for each in SHIPPED if each.name.lower() not in taken)
    return work


def add(data: ActivityData, *, actor: Actor, today: date) -> tuple[int, Work]:
    """A new entry, looked at today. Raises RuleBroken."""
    with transaction(actor, "processing.added") as work:
        rules.check(data, {each.name for each in queries.activities()})
        row = ProcessingActivity(**_values(data), reviewed=today)
        work.session.add(row)
        work.session.flush()
    return row.id, work


def change(activity_id: int, data: ActivityData, *, actor: Actor, today: date) -> Work:
    """Other words, looked at today. Raises NotFound, RuleBroken."""
    with transaction(actor, "processing.changed") as work:
        row = queries.activity(activity_id)
        rules.check(data, {each.name for each in queries.activities() if each.id != activity_id})
        for key, value in _values(data).items():
            setattr(row, key, value)
        row.reviewed = today
    return work


def remove(activity_id: int, *, actor: Actor) -> Work:
    """It is not done any more. Raises NotFound."""
    with transaction(actor, "processing.removed") as work:
        work.session.delete(queries.activity(activity_id))
    return work


def _values(data: ActivityData) -> dict[str, str]:
    return {key: " ".join(value.split()) if key == "name" else value.strip() for key, value in asdict(data).items()}
