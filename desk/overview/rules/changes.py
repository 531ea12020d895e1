"""What changed since somebody looked: entries of the trail, as far as the reader may see them, grouped by topic.

Deny by default: a table that is not listed here is never told. Only the newest entry of a row counts, so that what was
done and undone is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from roadmap.tasks.rules.states import FINISHED

Line = Mapping[str, Any]
"""A criterion on a kept day: its key, its statement and its result."""
RANKS = {"fail": 0, "unknown": 1, "warn": 2, "waived": 2, "pass": 3}
"""Results from the worst to the best."""
ADDED, CHANGED, REMOVED = "added", "changed", "removed"


class Topic(StrEnum):
    """What a change is about, in the order in which it is told."""

    REACHED = "reached"
    SLIPPED = "slipped"
    EARLIER = "earlier"
    DECIDED = "decided"
    WORSE = "worse"
    BETTER = "better"
    DONE = "done"
    BLOCKERS = "blockers"
    RISKS = "risks"
    HEALTH = "health"
    COMMENTS = "comments"
    ACTIONS = "actions"
    TICKED = "ticked"
    GREW = "grew"
    SHRANK = "shrank"
    PLAN = "plan"
    REPORTS = "reports"
    MONEY = "money"
    TEAM = "team"
    FORESEEN = "foreseen"
    FILES = "files"
    PROJECT = "project"


class Entry(Protocol):
    """What is read of an entry of the trail."""

    @property
    def id(self) -> int: ...  # noqa: D102  # as the trail has it
    @property
    def actor_id(self) -> int | None: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str | None: ...  # noqa: D102
    @property
    def changes(self) -> Mapping[str, Any]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Change:
    """One row that changed: its subject, its name, and for a moved milestone its old and new day."""

    subject: str
    label: str
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that changed about one topic."""

    topic: Topic
    changes: tuple[Change, ...]


TABLES: Mapping[str, tuple[Topic, str]] = {
    "task": (Topic.PLAN, "plan.see"),
    "dependency": (Topic.PLAN, "plan.see"),
    "phase": (Topic.PLAN, "plan.see"),
    "project": (Topic.PROJECT, "project.see"),
    "checklist_item": (Topic.TICKED, "checklist.see"),
    "comment": (Topic.COMMENTS, "project.see"),
    "attachment": (Topic.FILES, "project.see"),
    "foreseen": (Topic.FORESEEN, "foreseen.see"),
    "project_role": (Topic.TEAM, "team.see"),
    "membership": (Topic.TEAM, "team.see"),
    "allocation": (Topic.TEAM, "resources.see"),
    "risk": (Topic.RISKS, "risk.see"),
    "action_item": (Topic.ACTIONS, "action.see"),
    "blocker": (Topic.BLOCKERS, "project.see"),
    "health_claim": (Topic.HEALTH, "health.see"),
    "health_tolerance": (Topic.HEALTH, "health.see"),
    "budget": (Topic.MONEY, "cost.see"),
    "cost_rate": (Topic.MONEY, "cost.see"),
    "fixed_cost": (Topic.MONEY, "cost.see"),
    "expense": (Topic.MONEY, "cost.see"),
    "issued_report": (Topic.REPORTS, "report.see"),
    "readiness_decision": (Topic.DECIDED, "readiness.see"),
}
"""What a table's changes are about, and who may know of them."""
ABOUT = {
    "task": "task.see",
    "item": "checklist.see",
    "risk": "risk.see",
    "action": "action.see",
    "report": "report.see",
}
"""What a comment or a file hangs on, and who may read that."""
HANGING = ("comment:", "attachment:")


def groups(
    entries: Sequence[Entry], milestones: Collection[int], reader_id: int | None, may: Callable[[str], bool]
) -> list[Group]:
    """What others changed, newest first within each topic. ``milestones`` are their numbers."""
    told: dict[Topic, dict[str, Change]] = {}
    met: set[tuple[str, str]] = set()
    for entry in entries:
        aspect = aspect_of(entry)
        if (entry.subject, aspect) in met or entry.kind not in (ADDED, CHANGED, REMOVED):
            continue
        met.add((entry.subject, aspect))
        topic = topic_of(entry, milestones, may)
        if topic is not None and (entry.actor_id is None or entry.actor_id != reader_id):
            told.setdefault(topic, {})[entry.subject] = Change(about(entry), entry.label or "")
    return [Group(topic, tuple(told[topic].values())) for topic in Topic if topic in told]


def aspect_of(entry: Entry) -> str:
    """Which part of a row an entry changed: progress and ticks are told apart from the rest."""
    return next((name for name in ("percent_complete", "ticked_at") if name in entry.changes), "")


def about(entry: Entry) -> str:
    """Where a change can be seen: a comment or a file at what it hangs on."""
    return str(_new(entry, "subject") or entry.subject) if entry.subject.startswith(HANGING) else entry.subject


def topic_of(entry: Entry, milestones: Collection[int], may: Callable[[str], bool]) -> Topic | None:
    """What an entry is about; None for what the reader may not know or need not hear."""
    table, _, number = entry.subject.partition(":")
    topic, needed = TABLES.get(table, (None, ""))
    if topic is None or not may(needed):
        return None
    if table == "task":
        return _of_task(entry, Topic.REACHED if int(number) in milestones else Topic.DONE)
    if table == "checklist_item":
        return Topic.TICKED if _new(entry, "ticked_at") else None
    if entry.subject.startswith(HANGING):
        kind = str(_new(entry, "subject") or "").partition(":")[0]
        return topic if entry.kind == ADDED and kind in ABOUT and may(ABOUT[kind]) else None
    return topic


def _of_task(entry: Entry, finished: Topic) -> Topic | None:
    if entry.kind == ADDED:
        return Topic.GREW
    if entry.kind == REMOVED:
        return Topic.SHRANK
    if "percent_complete" not in entry.changes:
        return Topic.PLAN
    return finished if (_new(entry, "percent_complete") or 0) >= FINISHED else None


def _new(entry: Entry, field: str) -> Any:
    pair = entry.changes.get(field)
    return pair[1] if isinstance(pair, (list, tuple)) and len(pair) > 1 else None


def moved(before: Mapping[str, str], now: Mapping[int, str], names: Mapping[int, str]) -> list[Group]:
    """The milestones whose day is later than it was, and those whose day is earlier; days are ISO dates.

    >>> moved({"4": "2026-03-03"}, {4: "2026-03-05"}, {4: "Go-live"})[0].topic.value
    'slipped'
    """
    both = [(number, before[str(number)], day) for number, day in now.items() if str(number) in before]
    later = tuple(Change(f"task:{id}", names[id], was, day) for id, was, day in both if day > was)
    sooner = tuple(Change(f"task:{id}", names[id], was, day) for id, was, day in both if day < was)
    found = ((Topic.SLIPPED, later), (Topic.EARLIER, sooner))
    return [Group(topic, changes) for topic, changes in found if changes]


def turned(before: Iterable[Line], now: Iterable[Line], numbers: Mapping[str, int]) -> list[Group]:
    """The criteria of a gate whose result is worse than it was, and those whose is better.

    ``numbers`` are those of the criteria by their keys. A criterion that was not asked before did not turn.

    >>> line = {"key": "a", "statement": "All data are there"}
    >>> turned([{**line, "result": "pass"}], [{**line, "result": "fail"}], {"a": 4})[0].topic.value
    'worse'
    """
    was = {line["key"]: str(line["result"]) for line in before}
    both = [(line, RANKS[was[line["key"]]], RANKS[str(line["result"])]) for line in now if line["key"] in was]
    worse = tuple(_turn(line, numbers) for line, then, today in both if today < then)
    better = tuple(_turn(line, numbers) for line, then, today in both if today > then)
    return [Group(topic, rows) for topic, rows in ((Topic.WORSE, worse), (Topic.BETTER, better)) if rows]


def _turn(line: Line, numbers: Mapping[str, int]) -> Change:
    return Change(f"criterion:{numbers.get(line['key'], '')}", str(line["statement"]))


def in_order(found: Iterable[Group]) -> list[Group]:
    """Groups in the order in which they are told."""
    order = list(Topic)
    return sorted(found, key=lambda group: order.index(group.topic))
