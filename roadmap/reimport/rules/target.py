"""The plan that comes of a file: what the file says otherwise than the plan, and nothing else, is taken over.

Both sides are read alike: the plan as a file of that kind would hold it, and the file. Where these two say the same,
the plan stays as it is, however little a file of that kind can say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.merge import as_plain
from roadmap.branches.rules.shot import PLACE, PROJECT, Row, Shot, family, needs, table_of
from roadmap.exchange.rules.mspdi_money import TAGS, without
from roadmap.exchange.rules.plan_file import Issue, PlanFile
from roadmap.planting.rules import RowSeed
from roadmap.reimport.rules import people
from roadmap.reimport.rules.sides import Sides
from roadmap.schedule.rules import TaskType

PROGRESS = ("percent_complete", "actual_start", "actual_finish", "done_minutes", "stop", "resume")
"""What says how far a task is."""
DONE = 100
_FRAME = ("start_minute", "target_go_live", "finish_by", "critical_threshold_minutes")
_OF_LEAVES = ("type", *PROGRESS, "duration_minutes", "work_minutes", "elapsed")
"""What a row that others stand below does not say of itself."""
_STRUCTURE = frozenset({"type", "role_id", "phase_id", "key"})


@dataclass(frozen=True, slots=True)
class Target:
    """The plan as it would be; ``keys`` are those of the file's rows in it, ``left`` what the file does not hold.

    ``notes`` say what of the file does not hold, because it was done already.
    """

    shot: Shot
    keys: Mapping[str, str]
    left: tuple[str, ...]
    notes: tuple[Issue, ...]
    roles: Mapping[str, str]


def target(sides: Sides, out: Collection[str] = ()) -> Target:
    """The plan with a file in it; of what the file does not hold, the rows ``out`` go, with all that hangs on them."""
    return _Bringing(sides).done(out)


class _Bringing:
    def __init__(self, sides: Sides) -> None:
        self.sides = sides
        self.rows: dict[str, Row] = {key: dict(row) for key, row in sides.shot.items()}
        self.notes: list[Issue] = []
        self.mine = dict(zip((row.key for row in sides.ours.rows), sides.keys, strict=True))
        self.keys = {
            row.key: self.mine[sides.pairs[row.key]] if row.key in sides.pairs else f"task:new {row.key}"
            for row in sides.theirs.rows
        }
        self.before = {row.key: row for row in sides.ours.rows}

    def done(self, out: Collection[str]) -> Target:
        for row in self.sides.theirs.rows:
            ours = self.before.get(self.sides.pairs.get(row.key, ""))
            key = self.keys[row.key]
            self.rows[key] = self._new(row) if ours is None else self._changed(key, ours, row)
        if self.sides.structured:
            self._place()
        else:
            self._add_below()
        self._phases()
        self._ties()
        roles = people.brought(self.sides, self.rows, self.mine, self.keys)
        self._frame()
        if self.sides.money:
            self._costs()
        left = tuple(key for key in self.sides.keys if key not in set(self.keys.values()))
        self._remove(set(out) & set(left))
        self._spare_summaries()
        return Target(self.rows, self.keys, left, tuple(self.notes), roles)

    def _new(self, row: RowSeed) -> Row:
        return {**self.sides.blank["task"], "name": row.name, **self._plain(row)}

    def _plain(self, row: RowSeed) -> dict[str, Any]:
        """What a row of a file says, as a shot holds it."""
        found = {name: as_plain(value) for name, value in row.values.items() if name not in _STRUCTURE}
        kind = row.values.get("type")
        found["type"] = TaskType.MILESTONE.value if kind == TaskType.MILESTONE else TaskType.TASK.value
        return found

    def _changed(self, key: str, ours: RowSeed, theirs: RowSeed) -> Row:
        """A row with what the file says otherwise."""
        stored, blank = self.sides.shot[key], self.sides.blank["task"]
        was, now = ({**blank, "name": row.name, **self._plain(row)} for row in (ours, theirs))
        was |= {name: stored.get(name) for name in self.sides.said}
        differing = {name: now[name] for name in now if name in stored and now[name] != was.get(name)}
        if "kept" in differing and not self.sides.money:
            hidden = {tag: value for tag, value in (stored.get("kept") or {}).items() if tag in TAGS}
            differing["kept"] = {**without(differing["kept"] or {}), **hidden} or None
        return {**stored, **self._lasting(stored, differing)}

    def _lasting(self, stored: Row, differing: dict[str, Any]) -> dict[str, Any]:
        """What is left of the differences: what was done stays done, and nobody reports what a checklist counts."""
        where = str(stored["name"])
        told = [name for name in PROGRESS if name in differing]
        if not told:
            return differing
        if stored.get("counted"):
            drop: tuple[str, ...] = PROGRESS
            what = "Its progress is counted from a checklist and stays."
        elif stored["percent_complete"] == DONE or stored.get("actual_finish"):
            drop, what = PROGRESS, "It is done, and stays done as it was reported here."
        else:
            back = differing.get("percent_complete", DONE) < stored["percent_complete"]
            drop = ("percent_complete", "done_minutes", "stop", "resume") if back else ()
            drop += ("actual_start",) if stored.get("actual_start") else ()
            what = "It has begun: what was reported here stays."
        if any(name in differing for name in drop):
            self.notes.append(Issue(where, what))
        return {name: value for name, value in differing.items() if name not in drop}

    def _place(self) -> None:
        """Put rows where the file has them; those that it does not hold stay behind the row that they follow."""
        self._parents()
        here = family(self.sides.shot)
        there: dict[str, list[str]] = {}
        for row in self.sides.theirs.rows:
            there.setdefault(self.rows[self.keys[row.key]].get("parent_id") or "", []).append(self.keys[row.key])
        said = {key for keys in there.values() for key in keys}
        for parent in [*here, *(each for each in there if each not in here)]:
            order = list(there.get(parent, ()))
            before: str | None = None
            for key in here.get(parent, ()):
                if key not in said and (self.rows[key].get("parent_id") or "") == parent:
                    order.insert(order.index(before) + 1 if before in order else 0, key)
                before = key
            if order != here.get(parent):
                for place, key in enumerate(order):
                    self.rows[key] = {**self.rows[key], PLACE: place}

    def _parents(self) -> None:
        for row in self.sides.theirs.rows:
            ours = self.before.get(self.sides.pairs.get(row.key, ""))
            parent = None if row.parent is None else self.keys[row.parent]
            was = self.mine.get(ours.parent) if ours is not None and ours.parent is not None else None
            if ours is None or parent != was:
                self.rows[self.keys[row.key]] = {**self.rows[self.keys[row.key]], "parent_id": parent}

    def _phases(self) -> None:
        """A plan that has no tasks and no phases yet gets those of the file."""
        if any(table_of(key) in ("phase", "task") for key in self.sides.shot):
            return
        for each in self.sides.theirs.phases:
            weeks = {"week_from": each.week_from, "week_to": each.week_to}
            own = {"number": each.number, "key": f"phase-{each.number}", "name": each.name, **weeks}
            self.rows[f"phase:new {each.number}"] = {**self.sides.blank["phase"], **own}
            self.rows[self.keys[each.key]] = {**self.rows[self.keys[each.key]], "phase_id": f"phase:new {each.number}"}

    def _add_below(self) -> None:
        """A file without an outline: what is new in it goes to the end."""
        last = max((row[PLACE] for key, row in self.sides.shot.items() if _is_top(key, row)), default=-1)
        new = [key for key in self.keys.values() if key not in self.sides.shot]
        for place, key in enumerate(new, last + 1):
            self.rows[key] = {**self.rows[key], PLACE: place}

    def _ties(self) -> None:
        """Links between rows of the file are as the file has them; those to other rows stay."""
        ours = {self._tie_key(tie, self.mine): tie for tie in self.sides.ours.ties}
        theirs = {self._tie_key(tie, self.keys): tie for tie in self.sides.theirs.ties}
        known = set(self.keys.values())
        for key, tie in theirs.items():
            said = {"lag_minutes": tie.lag_minutes, "lag_unit": tie.lag_unit, "lag_percent": tie.lag_percent}
            if key not in ours:
                ends = {"predecessor_id": self.keys[tie.predecessor], "successor_id": self.keys[tie.successor]}
                self.rows[key] = {**self.sides.blank["dependency"], **ends, "type": tie.type, **said}
            elif said != {name: getattr(ours[key], name) for name in said} and key in self.rows:
                self.rows[key] = {**self.rows[key], **said}
        for key, tie in ours.items():
            if key not in theirs and known.issuperset((self.mine[tie.predecessor], self.mine[tie.successor])):
                self.rows.pop(key, None)

    def _tie_key(self, tie: Any, keys: Mapping[str, str]) -> str:
        return f"dependency:{keys[tie.predecessor]}>{keys[tie.successor]}>{tie.type}"

    def _frame(self) -> None:
        ours, theirs = self.sides.ours, self.sides.theirs
        frame = {name: theirs.frame.get(name) for name in _FRAME if theirs.frame.get(name) != ours.frame.get(name)}
        if frame.get("critical_threshold_minutes", 0) is None:
            del frame["critical_threshold_minutes"]
        if theirs.start is not None and theirs.start != ours.start:
            frame["start"] = theirs.start
        if frame:
            self.rows[PROJECT] = {**self.rows[PROJECT], **{name: as_plain(value) for name, value in frame.items()}}

    def _costs(self) -> None:
        """What hangs on no hours changes by as much as the file says more or less of it."""
        ours, theirs = self._sums(self.sides.ours, self.mine), self._sums(self.sides.theirs, self.keys)
        for place in dict.fromkeys([*theirs, *ours]):
            more = theirs.get(place, 0) - ours.get(place, 0)
            if more and (not place or place in self.keys.values()):
                self._spend(place, more)

    def _sums(self, plan: PlanFile, keys: Mapping[str, str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in plan.costs:
            if not each.spent:
                place = keys.get(each.row or each.phase or "", "")
                found[place] = found.get(place, 0) + each.cents
        return found

    def _spend(self, place: str, more: int) -> None:
        row = self.rows.get(place, {})
        phase, task = row.get("phase_id"), place or None
        on = {"task_id": None, "phase_id": phase} if phase or not place else {"task_id": task, "phase_id": None}
        there = (key for key, each in self.rows.items() if table_of(key) == "fixed_cost" and _holds(each, on))
        key = next(there, None)
        if key is not None and self.rows[key]["cents"] + more:
            self.rows[key] = {**self.rows[key], "cents": self.rows[key]["cents"] + more}
        elif key is not None:
            del self.rows[key]
        else:
            start = self.rows[PROJECT]["start"]
            name = str(row.get("name") or "?")
            new = {"name": name, "day": start, "cents": more, **on}
            self.rows[f"fixed_cost:new {place}"] = {**self.sides.blank["fixed_cost"], **new}

    def _remove(self, out: Collection[str]) -> None:
        """Take rows out with all that stands below them or hangs on them, but for what the file puts there."""
        gone = set(out)
        growing = True
        while growing:
            more = {key for key, row in self.rows.items() if key not in gone and gone.intersection(needs(key, row))}
            gone |= more
            growing = bool(more)
        for key in gone:
            self.rows.pop(key, None)
        for key, row in list(self.rows.items()):
            if table_of(key) == "fixed_cost" and row.get("task_id") in gone:
                self.rows[key] = {**row, "task_id": None}

    def _spare_summaries(self) -> None:
        """A row that others stand below keeps what it says of itself, for when it is a task again."""
        for key in family(self.rows):
            if key in self.sides.shot:
                stored = self.sides.shot[key]
                self.rows[key] = {**self.rows[key], **{name: stored[name] for name in _OF_LEAVES}}


def _is_top(key: str, row: Row) -> bool:
    return table_of(key) == "task" and row.get("parent_id") is None


def _holds(row: Row, on: Mapping[str, Any]) -> bool:
    return all(row.get(name) == value for name, value in on.items())
