"""The rules that work by themselves in the demo: those that ship, with the tables of this company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm.automation import service
from crm.automation.rules.parts import Action, Condition, Definition, Do, Op
from crm.automation.rules.shipped import SHIPPED
from kernel.actor import Actor

KEEPER = "tobias"
"""Who sets them up."""
LINES: tuple[tuple[Mapping[str, str], str], ...] = (
    ({"region": "nordics", "product_interest": "Spectrum"}, "freja"),
    ({"region": "nordics", "source": "event"}, "oskar"),
    ({"region": "nordics"}, "Sales Nordics"),
    ({"region": "benelux", "source": "web"}, "femke"),
    ({"region": "benelux"}, "Sales Benelux"),
)
"""Who gets a new lead, by region, product interest and source: the first line that fits."""
MARKETERS = ("nadia", "jens")
"""Leads that these enter are given out; sellers keep the ones that they find themselves."""


def switch_on(keeper: Actor, ids: Mapping[str, int], teams: Mapping[str, int], now: datetime) -> None:
    """Take all that ship over, give the first its table, and switch them on."""
    for each in SHIPPED:
        rule = service.shipped(each.key)
        service.add(_ours(rule, ids, teams), actor=keeper, now=now, on=True)


def _ours(rule: Definition, ids: Mapping[str, int], teams: Mapping[str, int]) -> Definition:
    if rule.key != "lead-assignment":
        return rule
    first, *others = rule.actions
    table = [_line(asked, to, ids, teams) for asked, to in LINES]
    given = Action(Do.ASSIGN, {**first.how, "rows": table})
    entered = Condition("owner_id", Op.IS, tuple(str(ids[key]) for key in MARKETERS))
    return replace(rule, actions=(given, *others), conditions=(entered,))


def _line(asked: Mapping[str, str], to: str, ids: Mapping[str, int], teams: Mapping[str, int]) -> dict[str, Any]:
    whom = f"team:{teams[to]}" if to in teams else f"person:{ids[to]}"
    return {"if": dict(asked), "to": whom, "how": "load"}
