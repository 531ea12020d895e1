"""A plan in memory on which acts are tried: the same verbs as those that store, on values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Any

from kernel.errors import RuleBroken
from kernel.worktime import Calendar
from roadmap.schedule.rules import Activity, ConstraintType, Held, Link, LinkType, Plan, Schedule, Share, TaskType, why
from roadmap.tasks.rules import links, tree
from roadmap.tasks.rules.dates import scheduled
from roadmap.tasks.rules.fields import DAY_MINUTES, check_kind
from roadmap.tasks.rules.progress import Progress, reported
from roadmap.tasks.rules.tree import Node


@dataclass(frozen=True, slots=True)
class Put:
    """Fields of a row take values."""

    id: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stand:
    """A row stands below a parent at a place."""

    id: int
    parent: int | None
    position: int | None


@dataclass(frozen=True, slots=True)
class Leave:
    """Rows go, with what is below them."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Make:
    """A new row, by a number below zero until it has one of its own."""

    id: int
    values: Mapping[str, Any]
    parent: int | None
    position: int | None


@dataclass(frozen=True, slots=True)
class Tie:
    """One row waits for another."""

    source: int
    target: int
    tie: links.Tie


@dataclass(frozen=True, slots=True)
class Untie:
    """A link goes."""

    source: int
    target: int
    type: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A row waits for those of a text, and for no others."""

    id: int
    text: str


Verb = Put | Stand | Leave | Make | Tie | Untie | Wait
_SAME_NAME = frozenset(each.name for each in fields(Activity)) - {"id", "parent", "type", "deadline"}


class Draft:
    """A plan that may be changed at will. It begins as what is stored, whose schedule is known; ``now`` is wall time.

    Verbs raise RuleBroken as those that store do.
    """

    def __init__(
        self, plan: Plan, nodes: Iterable[Node], names: Mapping[int, str], schedule: Schedule, now: datetime
    ) -> None:
        """Copy what will change; what a copy shares is never changed in place."""
        self.plan, self.now, self.names = plan, now, dict(names)
        self.rows = {each.id: each for each in plan.activities}
        self.nodes = {each.id: each for each in nodes}
        self.links = {(each.predecessor, each.successor, each.type.value): each for each in plan.links}
        self.made = 0
        self.gone: list[int] = []
        self.added: list[int] = []
        self._schedule: Schedule | None = schedule
        self._children: tree.Children | None = None
        self._before: dict[int, list[Link]] | None = None

    @property
    def children(self) -> tree.Children:
        """The rows below each row, in order."""
        if self._children is None:
            self._children = tree.children_of(self.nodes.values())
        return self._children

    def now_plan(self) -> Plan:
        """The plan as it is by now."""
        return replace(self.plan, activities=tuple(self.rows.values()), links=tuple(self.links.values()))

    def schedule(self) -> Schedule:
        """The dates as they are by now. Raises RuleBroken naming the tasks of a cycle."""
        if self._schedule is None:
            self._schedule = scheduled(self.now_plan(), self.nodes.values(), self.names)
        return self._schedule

    def calendar(self, id: int) -> Calendar:
        """The working time of a row."""
        name = self.rows[id].calendar
        return self.plan.calendar if name is None else self.plan.calendars[name]

    def held(self, id: int) -> Held:
        """What holds a row without others below it; asked of its own part of the plan, as that is asked of many."""
        if self._before is None:
            self._before = {}
            for link in self.links.values():
                self._before.setdefault(link.successor, []).append(link)
        line = [id, *tree.above(self.nodes, id)]
        found = [link for each in line for link in self._before.get(each, ())]
        near = [self.rows[each] for each in dict.fromkeys([*line, *(link.predecessor for link in found)])]
        known = {row.id for row in near}
        rows = tuple(row if row.parent in known else replace(row, parent=None) for row in near)
        return why(replace(self.plan, activities=rows, links=tuple(found)), self.schedule(), id)

    def siblings(self, parent: int | None) -> list[int]:
        """The rows below a parent, in order."""
        return list(self.children.get(parent, ()))

    def apply(self, verb: Verb) -> None:
        """Do what a verb says. Raises RuleBroken where it can't be done."""
        match verb:
            case Put():
                self._put(verb.id, verb.values)
            case Stand():
                self._stand(verb.id, verb.parent, verb.position)
            case Leave():
                self._leave(verb.ids)
            case Make():
                self._make(verb)
            case Tie():
                self._tie(verb.target, [(verb.source, verb.tie)])
            case Untie():
                del self.links[verb.source, verb.target, verb.type]
            case Wait():
                self._wait(verb)
        self._schedule = self._before = None

    def _put(self, id: int, values: Mapping[str, Any]) -> None:
        row = self.rows[id]
        check_kind(row.type.value, self.names[id], values, values.get("type"))
        self.names[id] = values.get("name", self.names[id])
        new = {name: value for name, value in values.items() if name in _SAME_NAME}
        if "constraint_type" in values:
            new["constraint"] = ConstraintType(values["constraint_type"])
        if "deadline" in values:
            day = values["deadline"]
            new["deadline"] = None if day is None else datetime.combine(day + timedelta(days=1), time())
        if "percent_complete" in values and not values.keys() & {"actual_start", "actual_finish"}:
            new |= self._progress(row, values["percent_complete"])
        elif values.get("actual_finish") is not None:
            new.setdefault("percent_complete", 100)
        if row.shares and row.duration_minutes and "duration_minutes" in new:
            new["shares"] = tuple(_scaled(each, new["duration_minutes"], row.duration_minutes) for each in row.shares)
        self.rows[id] = replace(row, **new)
        if "type" in values:
            self._retype(id, TaskType(values["type"]))
            if values["type"] == TaskType.MILESTONE:
                self.rows[id] = replace(self.rows[id], duration_minutes=values.get("duration_minutes", 0))

    def _progress(self, row: Activity, percent: int) -> dict[str, Any]:
        planned = self.schedule_before(row.id)
        before = Progress(row.percent_complete, row.actual_start, row.actual_finish)
        after = reported(percent, self.now, planned, before, milestone=row.type is TaskType.MILESTONE)
        return {
            "percent_complete": after.percent,
            "actual_start": after.actual_start,
            "actual_finish": after.actual_finish,
        }

    def schedule_before(self, id: int) -> datetime:
        """Where a row began before the verb under way; a new row begins with the plan."""
        dates = (self._schedule or self.schedule()).dates.get(id)
        return dates.start if dates else self.plan.start

    def _retype(self, id: int, kind: TaskType) -> None:
        self.rows[id] = replace(self.rows[id], type=kind)
        self.nodes[id] = replace(self.nodes[id], type=kind.value)

    def _stand(self, id: int, parent: int | None, position: int | None) -> None:
        tree.check_parent(self.nodes, self.children, id, parent)
        left, siblings = self.nodes[id].parent_id, self.siblings(parent)
        ordered = tree.inserted(siblings, id, len(siblings) if position is None else position)
        self.nodes[id] = replace(self.nodes[id], parent_id=parent)
        self.rows[id] = replace(self.rows[id], parent=parent)
        self._renumber(ordered)
        if left != parent:
            self._adopt(parent)
            self._abandon(left)

    def _renumber(self, ids: list[int]) -> None:
        for position, id in enumerate(ids):
            if self.nodes[id].position != position:
                self.nodes[id] = replace(self.nodes[id], position=position)
        self._children = None

    def _adopt(self, parent: int | None) -> None:
        if parent is None or self.rows[parent].type is TaskType.SUMMARY:
            return
        if self.rows[parent].type is TaskType.MILESTONE:
            raise RuleBroken(
                "task.below_milestone", "A milestone holds no tasks. Make it a task first.", field="parent_id"
            )
        self._retype(parent, TaskType.SUMMARY)

    def _abandon(self, parent: int | None) -> None:
        if parent is not None and not self.children.get(parent) and self.nodes[parent].phase_id is None:
            self._retype(parent, TaskType.TASK)

    def _leave(self, ids: tuple[int, ...]) -> None:
        for id in ids:
            tree.check_deletable(self.nodes[id].phase_id, self.names[id])
        gone = set(tree.with_below(self.children, ids))
        parents = {self.nodes[id].parent_id for id in ids} - gone
        for id in gone:
            del self.rows[id], self.nodes[id]
        self.links = {key: link for key, link in self.links.items() if not gone & {key[0], key[1]}}
        self._children = None
        for parent in parents:
            self._abandon(parent)
        self.gone += sorted(id for id in gone if id > 0)
        self.added = [id for id in self.added if id not in gone]

    def _make(self, verb: Make) -> None:
        siblings = self.siblings(verb.parent)
        self._adopt(verb.parent)
        kind = TaskType(verb.values.get("type", TaskType.TASK))
        minutes = verb.values.get("duration_minutes", 0 if kind is TaskType.MILESTONE else DAY_MINUTES)
        check_kind(TaskType.TASK, "", (), kind)
        self.rows[verb.id] = Activity(verb.id, kind, minutes, verb.parent)
        self.nodes[verb.id] = Node(verb.id, verb.parent, len(siblings), None, kind.value)
        self.names[verb.id] = verb.values["name"]
        self.added.append(verb.id)
        self._renumber(tree.inserted(siblings, verb.id, len(siblings) if verb.position is None else verb.position))

    def _wait(self, verb: Wait) -> None:
        numbers = {place.wbs: id for id, place in tree.places(self.nodes.values()).items()}
        wanted = links.resolve(links.parse_predecessors(verb.text), numbers.get)
        links.check_others(verb.id, self.names[verb.id], [source for source, _tie in wanted])
        self.links = {key: link for key, link in self.links.items() if key[1] != verb.id}
        self._tie(verb.id, wanted)

    def _tie(self, target: int, ties: Iterable[tuple[int, links.Tie]]) -> None:
        wanted = list(ties)
        links.check_others(target, self.names[target], [source for source, _tie in wanted])
        for source, tie in wanted:
            self.links[source, target, tie.type.value] = Link(source, target, LinkType(tie.type), tie.lag_minutes)


def _scaled(share: Share, minutes: int, before: int) -> Share:
    """What somebody has to do of a task that gets another duration: the same part of it."""
    return replace(share, minutes=round(share.minutes * minutes / before))
