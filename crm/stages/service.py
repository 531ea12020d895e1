"""Adding, changing, ordering and retiring the stages of the pipeline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from crm.records import service as records
from crm.records.models import Opportunity, Stage
from crm.stages import rules
from crm.stages.rules import StageData
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken

UNDOABLE = {
    "stage.added": "crm.setup",
    "stage.changed": "crm.setup",
    "stage.moved": "crm.setup",
    "stage.retired": "crm.setup",
    "stage.brought_back": "crm.setup",
}
"""What can be taken back, and the permission that this needs."""


def add(data: StageData, *, actor: Actor) -> Work:
    """A new stage: an open one before those that end a deal. Raises RuleBroken."""
    with transaction(actor, "stage.added") as work:
        there = _all(work)
        if len(there) >= rules.MOST:
            raise RuleBroken("crm.stage_many", "There are %(most)d stages already.", field="name", most=rules.MOST)
        checked = rules.check(data, [each.name for each in there])
        key = rules.key_of(checked.name, [each.key for each in there])
        row = Stage(key=key, name=checked.name, probability=checked.probability, outcome=checked.outcome, position=0)
        order = [*there, row] if checked.outcome != "open" else _before_the_end(there, row)
        work.session.add(row)
        _number(order)
    return work


def change(stage_id: int, data: StageData, *, actor: Actor) -> Work:
    """Another name, likelihood or outcome; the outcome only while no deal is in it. Raises NotFound, RuleBroken."""
    with transaction(actor, "stage.changed") as work:
        there = _all(work)
        row = _one(there, stage_id)
        checked = rules.check(data, [each.name for each in there if each.id != stage_id])
        if checked.outcome != row.outcome and (inside := _inside(work, stage_id)):
            raise RuleBroken(
                "crm.stage_used",
                "%(count)d deals are in this stage. Make a new stage with that outcome and move them there.",
                field="outcome",
                count=inside,
            )
        row.name, row.probability, row.outcome = checked.name, checked.probability, checked.outcome
        rules.check_whole({each.outcome for each in there if each.active})
    return work


def move(stage_id: int, step: int, *, actor: Actor) -> Work:
    """One place earlier (-1) or later (1) among the stages in use. Raises NotFound."""
    with transaction(actor, "stage.moved") as work:
        there = _all(work)
        row = _one(there, stage_id)
        used = [each for each in there if each.active]
        place = used.index(row) if row in used else 0
        other = min(max(place + step, 0), len(used) - 1)
        used.insert(other, used.pop(place))
        _number([*used, *(each for each in there if not each.active)])
    return work


def retire(stage_id: int, to_id: int | None, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Take a stage out of use; its deals go to another stage of the same outcome. How many went.

    Raises NotFound; RuleBroken when there are deals and no stage was named, or it is the last one of its outcome.
    """
    with transaction(actor, "stage.retired") as work:
        there = _all(work)
        row = _one(there, stage_id)
        rules.check_whole({each.outcome for each in there if each.active and each.id != stage_id})
        deals = list(work.session.scalars(select(Opportunity).where(Opportunity.stage_id == stage_id)))
        if deals:
            target = next((each for each in there if each.id == to_id and each.active and each.id != stage_id), None)
            if target is None or target.outcome != row.outcome:
                raise RuleBroken(
                    "crm.stage_where",
                    "%(count)d deals are in it: choose another stage of the same outcome for them.",
                    field="to_id",
                    count=len(deals),
                )
            records.change_many(work, "opportunity", [(each, {"stage_id": target.id}) for each in deals], now=now)
        row.active = False
    return len(deals), work


def bring_back(stage_id: int, *, actor: Actor) -> Work:
    """Use a retired stage again. Raises NotFound."""
    with transaction(actor, "stage.brought_back") as work:
        _one(_all(work), stage_id).active = True
    return work


def _all(work: Work) -> list[Stage]:
    return list(work.session.scalars(select(Stage).order_by(Stage.position, Stage.id)))


def _one(there: list[Stage], stage_id: int) -> Stage:
    found = next((each for each in there if each.id == stage_id), None)
    if found is None:
        raise NotFound
    return found


def _before_the_end(there: list[Stage], row: Stage) -> list[Stage]:
    place = next((number for number, each in enumerate(there) if each.outcome != "open"), len(there))
    return [*there[:place], row, *there[place:]]


def _number(order: list[Stage]) -> None:
    for position, each in enumerate(order, start=1):
        each.position = position


def _inside(work: Work, stage_id: int) -> int:
    count = select(func.count()).select_from(Opportunity).where(Opportunity.stage_id == stage_id)
    return work.session.scalar(count) or 0
