"""Rates, costs and baselines in the JSON document of a plan; amounts are in the smallest unit of its currency."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from roadmap.baselines.rules.frozen import HIGHEST_NUMBER, NAME_LIMIT, NOTE_LIMIT, Frozen
from roadmap.costs.rules import entries
from roadmap.costs.rules.amounts import LARGEST
from roadmap.exchange.rules.outgoing import OutBaseline, OutCost, Outgoing
from roadmap.exchange.rules.plan_file import BaselineSeed, CostSeed, Issue, RateSeed
from roadmap.tasks.rules.fields import LONGEST

_Tell = Callable[[Issue], None]


def written(plan: Outgoing) -> dict[str, Any]:
    """What a document says of them: baselines always, rates and costs where they may be seen."""
    found: dict[str, Any] = {"baselines": [_baseline(each, money=plan.money) for each in plan.baselines]}
    if not plan.money:
        return found
    phases = {task["phase_id"]: task["id"] for task in plan.tasks if task["phase_id"] and task["parent_id"] is None}
    rates = [
        {"resource_key": key, "first_day": day.isoformat(), "cents_per_hour": cents}
        for key, known in plan.rates.items()
        for day, cents in known
    ]
    return found | {"rates": rates, "costs": [_cost(each, phases) for each in plan.entries]}


def _baseline(each: OutBaseline, *, money: bool) -> dict[str, Any]:
    names = ("id", *Frozen._fields) if money else ("id", *Frozen._fields[:-1])
    rows = (
        (id, row.start.isoformat(timespec="minutes"), row.finish.isoformat(timespec="minutes"), *row[2:])
        for id, row in each.rows.items()
    )
    return {
        "name": each.name,
        "number": each.number,
        "day": each.day.isoformat(),
        "reference": each.reference,
        "note": each.note,
        "tasks": [dict(zip(names, row, strict=False)) for row in rows],
    }


def _cost(each: OutCost, phases: Mapping[Any, int]) -> dict[str, Any]:
    return {
        "name": each.name,
        "day": each.day.isoformat(),
        "cents": each.cents,
        "task": each.task_id,
        "phase_task": None if each.task_id else phases.get(each.phase_id),
        "spent": each.spent,
    }


def baselines(data: Mapping[str, Any], keys: set[str], tell: _Tell) -> Iterator[BaselineSeed]:
    """The baselines of a document; what can't be read of them is told and left out."""
    for place, each in enumerate(_mappings(data.get("baselines")), 1):
        where = f"baseline {place}"
        name = " ".join(str(each.get("name") or f"Baseline {place}").split())[:NAME_LIMIT]
        number = each.get("number")
        rows = {
            str(row.get("id")): found
            for row in _mappings(each.get("tasks"))
            if str(row.get("id")) in keys and (found := _frozen(row)) is not None
        }
        if len(rows) < len(list(_mappings(each.get("tasks")))):
            tell(Issue(where, "Some of its rows can't be read or are of tasks that the file does not hold; left out."))
        known = number if isinstance(number, int) and 0 <= number <= HIGHEST_NUMBER else None
        note = str(each.get("note") or "")[:NOTE_LIMIT]
        yield BaselineSeed(name, rows, known, _day(each.get("day")), each.get("reference") is True, note)


def _frozen(row: Mapping[str, Any]) -> Frozen | None:
    try:
        ends = [datetime.fromisoformat(str(row[name])).replace(tzinfo=None) for name in ("start", "finish")]
        minutes = [min(max(int(row[name]), 0), LONGEST) for name in ("duration_minutes", "work_minutes")]
    except (KeyError, TypeError, ValueError):
        return None
    return (
        Frozen(ends[0], ends[1], minutes[0], minutes[1], _cents(row.get("cost_cents"))) if ends[0] <= ends[1] else None
    )


def rates(data: Mapping[str, Any], roles: set[str], tell: _Tell) -> Iterator[RateSeed]:
    """The rates of a document, one a resource and day."""
    seen = set[tuple[str, date]]()
    for place, each in enumerate(_mappings(data.get("rates")), 1):
        role, day, cents = (
            str(each.get("resource_key")),
            _day(each.get("first_day")),
            _cents(each.get("cents_per_hour")),
        )
        if role not in roles or day is None or cents is None or cents < 0 or (role, day) in seen:
            tell(
                Issue(f"rate {place}", "It has no resource of the file, no day or no amount, or comes twice; left out.")
            )
        else:
            seen.add((role, day))
            yield RateSeed(role, day, cents)


def costs(data: Mapping[str, Any], keys: set[str], tell: _Tell) -> Iterator[CostSeed]:
    """The fixed costs and expenses of a document."""
    for place, each in enumerate(_mappings(data.get("costs")), 1):
        name = " ".join(str(each.get("name") or "").split())[: entries.NAME_LIMIT]
        cents, task, phase = _cents(each.get("cents")), str(each.get("task")), str(each.get("phase_task"))
        if not name or cents is None:
            tell(Issue(f"cost {place}", "It has no name or no amount; it was left out."))
            continue
        yield CostSeed(
            name=name,
            cents=cents,
            row=task if task in keys else None,
            phase=phase if phase in keys else None,
            day=_day(each.get("day")),
            spent=each.get("spent") is True,
        )


def _cents(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        return None
    return value


def _day(value: Any) -> date | None:
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    return day if entries.EARLIEST <= day <= entries.LATEST else None


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))
