"""What holds for the stages of the pipeline, whatever is done to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kernel.errors import RuleBroken

OUTCOMES: Mapping[str, str] = {"open": "Open", "won": "Won", "lost": "Lost"}
"""How a deal stands that is in a stage."""
NAME_LIMIT, MOST, WHOLE = 80, 30, 100


@dataclass(frozen=True, slots=True)
class StageData:
    """A stage as it was typed; ``probability`` in percent."""

    name: str
    probability: int
    outcome: str


def check(data: StageData, names: Collection[str]) -> StageData:
    """A stage that may be kept beside others of these names. Raises RuleBroken.

    >>> check(StageData(" Pilot ", 50, "won"), [])
    StageData(name='Pilot', probability=100, outcome='won')
    """
    name = " ".join(data.name.split())
    if not name or len(name) > NAME_LIMIT:
        raise RuleBroken("crm.stage_name", "Write a name of 1 to %(limit)d characters.", field="name", limit=NAME_LIMIT)
    if name.casefold() in {each.casefold() for each in names}:
        raise RuleBroken("crm.stage_twice", "There is a stage “%(name)s” already.", field="name", name=name)
    if data.outcome not in OUTCOMES:
        raise RuleBroken("crm.stage_outcome", "Choose open, won or lost.", field="outcome")
    if not 0 <= data.probability <= WHOLE:
        raise RuleBroken("crm.stage_likely", "Write a number from 0 to 100.", field="probability")
    sure = {"won": WHOLE, "lost": 0}.get(data.outcome, data.probability)
    return StageData(name, sure, data.outcome)


def check_whole(outcomes: Collection[str]) -> None:
    """Raise RuleBroken unless deals can be open, be won and be lost."""
    for outcome, label in OUTCOMES.items():
        if outcome not in outcomes:
            raise RuleBroken(
                "crm.stage_last", "One stage has to stay that means “%(outcome)s”.", field="outcome", outcome=label
            )


def key_of(name: str, taken: Collection[str]) -> str:
    """A key for a new stage, from its name.

    >>> key_of("Legal review", ["legal-review"])
    'legal-review-2'
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:32] or "stage"
    found, number = plain, 2
    while found in taken:
        found, number = f"{plain}-{number}", number + 1
    return found
