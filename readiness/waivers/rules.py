"""Who may ask for a waiver, who may give it, and for how long."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from kernel.errors import Refused, RuleBroken
from readiness.gates.rules.definitions import TEXT_LIMIT, Criterion, check_text

MOST_DAYS = 90


class State(StrEnum):
    """What became of a waiver."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    ENDED = "ended"


def check_asked(criterion: Criterion, reason: str, until: date | None, today: date) -> tuple[str, date]:
    """What was typed, as it is kept. Raises RuleBroken for one that is never waivable, no reason, or a day too far."""
    if criterion.never_waivable:
        raise RuleBroken("waivers.never", "This criterion is never waived: it has to be met.")
    said = check_text("reason", reason, TEXT_LIMIT, "The reason", needed=True)
    if until is None or not today <= until <= today + timedelta(days=MOST_DAYS):
        raise RuleBroken(
            "waivers.until",
            "A waiver stands for at most %(most)s days: choose a day until %(last)s.",
            field="until",
            most=MOST_DAYS,
            last=(today + timedelta(days=MOST_DAYS)).isoformat(),
        )
    return said, until


def check_may_give(criterion: Criterion, asked_by_id: int | None, actor_id: int | None) -> None:
    """Only whoever decides about the criterion gives a waiver, and never to themself. Raises Refused, RuleBroken."""
    if criterion.owner_id is None:
        raise RuleBroken("waivers.nobody", "Nobody decides about this criterion yet: fill its role first.")
    if actor_id != criterion.owner_id:
        raise Refused("Only %(owner)s decides about this criterion.", owner=criterion.owner)
    if actor_id == asked_by_id:
        raise Refused("A waiver is given by somebody else than whoever asked for it.")
