"""The resources of a file and who works on what, brought into a plan that has some already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.merge import as_plain
from roadmap.branches.rules.shot import Row
from roadmap.exchange.rules.mspdi_money import TAGS, without
from roadmap.exchange.rules.plan_file import AssignmentSeed, PlanFile, RoleSeed
from roadmap.reimport.rules.sides import Sides

MOST_SHARE = 100
_COUNTED = ("units", "work_minutes", "done_minutes", "delay_minutes", "kept")


def brought(sides: Sides, rows: dict[str, Row], mine: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, str]:
    """Change resources and assignments among ``rows``; gives what each resource of the file is in the plan.

    ``mine`` and ``keys`` are the keys of tasks in the plan by those of either file.
    """
    found = _Working(sides, rows, mine, keys)
    found.resources()
    found.assignments()
    return found.workers


def paired(ours: Sequence[RoleSeed], theirs: Sequence[RoleSeed]) -> dict[str, str]:
    """The resources of a file that are those of the plan: by name, else by number where no name says otherwise."""
    pairs: dict[str, str] = {}
    for said in (_name, _uid):
        left = {said(each): each.key for each in reversed(ours) if each.key not in pairs.values() and said(each)}
        for each in theirs:
            if each.key not in pairs and said(each) in left:
                pairs[each.key] = left.pop(said(each))
    return pairs


def _name(each: RoleSeed) -> str | None:
    return each.name.casefold()


def _uid(each: RoleSeed) -> str | None:
    return each.uid


@dataclass(frozen=True, slots=True)
class _Work:
    """Who works on a task, by what they are in the plan; ``alone`` does it without an assignment."""

    given: Mapping[str, AssignmentSeed]
    alone: str | None

    def says(self) -> dict[str, Any]:
        """What can be compared."""
        return {key: [as_plain(getattr(each, name)) for name in _COUNTED] for key, each in self.given.items()}


class _Working:
    def __init__(self, sides: Sides, rows: dict[str, Row], mine: Mapping[str, str], keys: Mapping[str, str]) -> None:
        self.sides, self.rows, self.mine, self.keys = sides, rows, mine, keys
        self.pairs = paired(sides.ours.roles, sides.theirs.roles)
        self.workers = {
            each.key: sides.workers[self.pairs[each.key]]
            if self.pairs.get(each.key) in sides.workers
            else f"project_role:new {each.key}"
            for each in sides.theirs.roles
        }

    def resources(self) -> None:
        ours = {each.key: each for each in self.sides.ours.roles}
        for each in self.sides.theirs.roles:
            key, before = self.workers[each.key], ours.get(self.pairs.get(each.key, ""))
            if before is None:
                self.rows[key] = self._new(each)
            elif key in self.rows:
                was, now = self._said(before), self._said(each)
                differing = {name: now[name] for name in now if now[name] != was[name]}
                if "kept" in differing and not self.sides.money:
                    there = self.rows[key].get("kept") or {}
                    hidden = {tag: value for tag, value in there.items() if tag in TAGS}
                    differing["kept"] = {**without(differing["kept"] or {}), **hidden} or None
                self.rows[key] = {**self.rows[key], **differing}

    def _said(self, each: RoleSeed) -> dict[str, Any]:
        return {
            "name": each.name,
            "kind": each.kind,
            "max_units": each.max_units,
            "calendar_id": int(each.calendar) if each.calendar else None,
            "kept": as_plain(each.kept),
        }

    def _new(self, each: RoleSeed) -> Row:
        share = self.sides.theirs.shares.get(each.name, min(round(each.max_units), MOST_SHARE))
        own = {"key": f"import {each.key}"[:80], "uid": each.uid, "share": share}
        person = self.sides.filled.get(each.key)
        return {**self.sides.blank["project_role"], **self._said(each), **own, "person_id": person}

    def assignments(self) -> None:
        ours = self._by_task(self.sides.ours, self.mine, self.sides.workers)
        theirs = self._by_task(self.sides.theirs, self.keys, self.workers)
        nobody = _Work({}, None)
        for key in dict.fromkeys(self.keys.values()):
            was, now = ours.get(key, nobody), theirs.get(key, nobody)
            if (was.says(), was.alone) != (now.says(), now.alone):
                self._assign(key, was, now)

    def _by_task(self, plan: PlanFile, tasks: Mapping[str, str], workers: Mapping[str, str]) -> dict[str, _Work]:
        given: dict[str, dict[str, AssignmentSeed]] = {}
        for each in plan.assignments:
            if each.role in workers:
                given.setdefault(tasks[each.row], {})[workers[each.role]] = each
        names = {each.name: each.key for each in reversed(plan.roles)} | {each.key: each.key for each in plan.roles}
        alone = {
            tasks[row]: workers[names[who]] for row, who in plan.resources.items() if names.get(who, "") in workers
        }
        return {key: _Work(given.get(key, {}), alone.get(key)) for key in given.keys() | alone.keys()}

    def _assign(self, task: str, was: _Work, now: _Work) -> None:
        row = dict(self.rows[task])
        first = now.alone or next(iter(now.given), None)
        if now.alone is not None or not now.given or row.get("role_id") not in now.given:
            row["role_id"] = first if first and first.startswith("project_role:") else None
        owners = {who for who in (first, *now.given) if who and who.startswith("person:")}
        if now.alone is not None and now.alone in owners:
            row["owner_id"] = int(now.alone.partition(":")[2])
        elif f"person:{row.get('owner_id')}" in {*was.given, was.alone} - owners:
            row["owner_id"] = None
        self.rows[task] = row
        for who in {*was.given, *now.given}:
            key = self._key(task, who)
            each = now.given.get(who)
            if each is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = self._assigned(task, who, each, self.rows.get(key))

    def _key(self, task: str, who: str) -> str:
        role, person = _ends(who)
        return f"task_assignment:{task}>{role}>{person}"

    def _assigned(self, task: str, who: str, each: AssignmentSeed, there: Row | None) -> Row:
        role, person = _ends(who)
        said = {name: as_plain(getattr(each, name)) for name in _COUNTED}
        ends = {"task_id": task, "role_id": role, "person_id": person}
        done = max(said["done_minutes"], (there or {}).get("done_minutes") or 0)
        if there is not None:
            return {**there, **said, "done_minutes": done}
        return {**self.sides.blank["task_assignment"], **ends, **said, "uid": each.uid}


def _ends(who: str) -> tuple[str | None, int | None]:
    """The role or the person that something is, as a row of an assignment holds them."""
    kind, _, number = who.partition(":")
    return (None, int(number)) if kind == "person" else (who, None)
