"""Moving a deal to another stage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm.access.queries import access_of
from crm.objects.rules.catalogue import OPPORTUNITY
from crm.pipeline import queries, rules
from crm.records import queries as records
from crm.records import service as records_service
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken

UNDOABLE = {"deal.moved": "crm.use"}
"""What can be taken back by whoever may still work with the deal."""


def move(
    deal_id: int, stage_id: int, values: Mapping[str, Any], *, was_id: int | None, actor: Actor, now: datetime
) -> Work:
    """Move a deal from the stage where the mover saw it to another one.

    ``values`` come along: the reason for a lost one, the close date for a won one. Raises NotFound, Refused, Conflict
    naming who moved it meanwhile, RuleBroken for what is missing.
    """
    access = access_of(actor)
    with transaction(actor, "deal.moved") as work:
        row = records.get(access, OPPORTUNITY, deal_id, hold=True)
        stages = {each.id: each for each in records.stages()}
        names = {key: each.name for key, each in stages.items()}
        rules.check_where(was_id, row.stage_id, queries.mover(deal_id), names)
        target = stages.get(stage_id)
        if target is None or not target.active:
            raise RuleBroken("crm.stage_gone", "That stage is not in use any more. Choose another.", field="stage_id")
        if target.outcome == "won" and not values.get("closes_on"):
            raise RuleBroken("crm.won_when", "Say on which day it was won.", field="closes_on")
        sent = {"stage_id": stage_id, **{key: value for key, value in values.items() if value not in (None, "")}}
        records_service.change("opportunity", deal_id, sent, actor=actor, now=now)
    return work
