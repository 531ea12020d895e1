"""The money of a file in the currency of the project that takes it: never counted as another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from roadmap.baselines.rules.frozen import Frozen
from roadmap.exchange.rules.plan_file import Issue, PlanFile


def taken(plan: PlanFile, currency: str, *, fixed: bool) -> PlanFile:
    """The plan with the money that a project may take, and what there is to say about it.

    ``currency`` is the project's; ``fixed`` says that amounts were entered in it already, so that it can't be changed.
    """
    if fixed:
        plan = replace(plan, frame={name: value for name, value in plan.frame.items() if name != "currency"})
    if not _has_money(plan) or plan.currency == currency or (plan.currency and not fixed):
        return plan
    if not plan.currency:
        what = f"The file names no currency; its amounts are taken as {currency}."
        return replace(plan, currency=currency, warnings=(*plan.warnings, Issue("project", what)))
    what = f"Its amounts are in {plan.currency}, those of the project in {currency}; rates and costs were left out."
    bare = tuple(replace(each, rows=_priceless(each.rows)) for each in plan.baselines)
    told = (*plan.warnings, Issue("project", what))
    return replace(plan, rates=(), costs=(), baselines=bare, warnings=told)


def _has_money(plan: PlanFile) -> bool:
    frozen = (row.cost_cents for each in plan.baselines for row in each.rows.values())
    return bool(plan.rates or plan.costs or any(cents is not None for cents in frozen))


def _priceless(rows: Mapping[str, Frozen]) -> dict[str, Frozen]:
    return {key: row._replace(cost_cents=None) for key, row in rows.items()}
