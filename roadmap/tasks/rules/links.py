"""Predecessors as people write them: ``3;5SS+2d;7FF-1d``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kernel.errors import RuleBroken
from roadmap.schedule.rules import LinkType
from roadmap.tasks.rules.fields import duration_text, parse_duration

_FORM = re.compile(r"(?P<ref>[^\s;,+-]+?)\s*(?P<type>FS|SS|FF|SF)?\s*(?P<lag>[+-].+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A link as the successor shows it."""

    id: int
    task_id: int
    wbs: str
    type: str
    lag_minutes: int


@dataclass(frozen=True, slots=True)
class Tie:
    """A link to the predecessor that ``ref`` names; the lag is working minutes."""

    ref: str
    type: LinkType = LinkType.FS
    lag_minutes: int = 0


def parse_predecessors(text: str) -> list[Tie]:
    """The links of a text. Raises RuleBroken naming the part that can't be read.

    >>> parse_predecessors("3; 5SS+2d")[1]
    Tie(ref='5', type=<LinkType.SS: 'SS'>, lag_minutes=960)
    """
    ties = [_tie(part.strip()) for part in re.split(r"[;,]", text) if part.strip()]
    pairs = Counter((tie.ref, tie.type) for tie in ties)
    for (ref, type), count in pairs.items():
        if count > 1:
            text = "Task %(ref)s is named twice with %(type)s; one link of a kind for a pair."
            raise RuleBroken("link.twice", text, field="predecessors", ref=ref[:40], type=type.value)
    return ties


def _tie(part: str) -> Tie:
    found = _FORM.fullmatch(part)
    lag = _lag(found["lag"] or "") if found else None
    if found is None or lag is None:
        raise RuleBroken(
            "link.form",
            "“%(part)s” is no predecessor. Write the task's number, then FS, SS, FF or SF and a lag if wanted: 5SS+2d.",
            field="predecessors",
            part=part[:40],
        )
    return Tie(found["ref"], LinkType((found["type"] or "FS").upper()), lag)


def _lag(text: str) -> int | None:
    if not text:
        return 0
    try:
        return parse_duration(text[1:]) * (-1 if text[0] == "-" else 1)
    except RuleBroken:
        return None


def predecessors_text(ties: Iterable[Tie]) -> str:
    """The text of links; FS without lag is just the number.

    >>> predecessors_text([Tie("3"), Tie("7", LinkType.FF, -480)])
    '3;7FF-1d'
    """
    return ";".join(_one(tie) for tie in ties)


def _one(tie: Tie) -> str:
    if tie.type is LinkType.FS and not tie.lag_minutes:
        return tie.ref
    sign = "-" if tie.lag_minutes < 0 else "+"
    lag = f"{sign}{duration_text(abs(tie.lag_minutes))}" if tie.lag_minutes else ""
    return f"{tie.ref}{tie.type}{lag}"


def resolve(ties: Iterable[Tie], find: Callable[[str], int | None]) -> list[tuple[int, Tie]]:
    """The links with the tasks they name. Raises RuleBroken for a number that no task has."""
    found = []
    for tie in ties:
        id = find(tie.ref)
        if id is None:
            raise RuleBroken(
                "link.unknown",
                "There is no task %(ref)s in this plan. Use a number of the first column.",
                field="predecessors",
                ref=tie.ref[:40],
            )
        found.append((id, tie))
    return found


def check_others(id: int, name: str, predecessors: Iterable[int]) -> None:
    """Raise RuleBroken where a task would wait for itself."""
    if id in predecessors:
        raise RuleBroken("link.self", "“%(name)s” can't wait for itself.", field="predecessors", name=name)
