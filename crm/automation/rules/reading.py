"""What somebody typed for a condition or an action, as a rule keeps it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from crm.automation.rules.parts import COUNTED_IN_DAYS, WITHOUT_VALUE, Condition, Op, is_listed, ops_of
from crm.automation.rules.texts import SAID_LENGTH
from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules import Hints, parse
from kernel.errors import RuleBroken

_DAYS = (Kind.DATE, Kind.MOMENT)
_READ = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY, Kind.COUNTRY, Kind.CURRENCY)
FARTHEST, MOST_DIGITS = 3660, 4


def compared(what: Field) -> tuple[Op, ...]:
    """How a field may be compared where somebody chooses: a record among thousands is no choice."""
    left_out = {Op.IS, Op.IS_NOT} if what.kind is Kind.RECORD and what.target != "stage" else set[Op]()
    return tuple(each for each in ops_of(what) if each not in left_out)


def read_condition(what: Field, op: str, chosen: list[str], typed: str, known: Collection[str]) -> Condition:
    """The condition that was sent; ``known`` are the values that a list offers. Raises RuleBroken."""
    if op not in {each.value for each in compared(what)}:
        raise RuleBroken("automation.op", "Choose how it is compared.", field="op")
    how = Op(op)
    if how in WITHOUT_VALUE:
        return Condition(what.key, how)
    if is_listed(what):
        return Condition(what.key, how, tuple(each for each in dict.fromkeys(chosen) if each in known))
    return Condition(what.key, how, (_read(what, how, " ".join(typed.split())),))


def _read(what: Field, op: Op, typed: str) -> str:
    if not typed or len(typed) > SAID_LENGTH:
        raise RuleBroken("automation.value", "Say what it is compared with.", field="value")
    if op in COUNTED_IN_DAYS:
        return str(_whole(typed))
    if op in (Op.AFTER, Op.BEFORE):
        return _day(typed)
    return _parsed(what, typed) if what.kind in _READ else typed


def _whole(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and int(typed) <= FARTHEST):
        raise RuleBroken("automation.days", "Write a number of days, such as 14.", field="value")
    return int(typed)


def _day(typed: str) -> str:
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise RuleBroken("automation.day", "Write the day as 2026-03-03.", field="value") from None


def read_value(what: Field, typed: str) -> str:
    """A value that an action sets: as text, a day also as so many days from then ("+3"). Raises RuleBroken."""
    if not typed:
        if what.needed:
            raise RuleBroken("automation.needed", "%(label)s can't be emptied.", field="value", label=what.label)
        return ""
    if what.kind in _DAYS:
        if typed[0] in "+-" and typed[1:].isdigit() and len(typed) <= 1 + MOST_DIGITS:
            return typed
        return _day(typed)
    if is_listed(what) or what.kind is Kind.RECORD:
        return typed
    return _parsed(what, typed)


def _parsed(what: Field, typed: str) -> str:
    found = parse(what, typed, Hints(decimal="."))
    if found.problem is not None:
        params = {key: value for key, value in found.problem.params.items() if key != "field"}
        raise RuleBroken(found.problem.code, found.problem.text, field="value", **params)
    return str(found.value)
