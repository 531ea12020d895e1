"""Bringing a branch back into its plan: row by row and field by field, from what both were when it was branched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.merge import merge
from roadmap.branches.rules.shot import (
    LOOSE,
    PLACE,
    REQUIRED,
    Row,
    Shot,
    changed_fields,
    family,
    in_order,
    needs,
    table_of,
    with_above,
)

BRANCH, TRUNK = "branch", "trunk"
ROW, ORDER = "", "order"
"""What a conflict is about besides a field: whether there is a row at all, and the order of the rows below one."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that both sides changed in different ways since the branch began.

    ``field`` is ROW where one side removed what the other changed: the values are the rows, None the removed one; it is
    ORDER where both put the rows below ``key`` in another order.
    """

    key: str
    field: str
    base: Any
    branch: Any
    trunk: Any

    @property
    def id(self) -> str:
        """What a form calls it."""
        return f"{self.key}|{self.field}"


class Loop(Exception):  # said to people as a RuleBroken by whoever knows the names
    """Both sides moved tasks so that one would stand below itself; ``args`` holds its key."""


@dataclass(frozen=True, slots=True)
class Merger:
    """The plan that comes of it, and what somebody has to choose first: there the branch holds for the time being."""

    shot: Shot
    open: tuple[Disagreement, ...]


def merged(base: Shot, branch: Shot, trunk: Shot, choices: Mapping[str, str] | None = None) -> Merger:
    """Merge a branch into its plan as it is now. ``choices`` says for a disagreement whose side holds, by its id.

    What only one side changed is taken. A row that one side removed goes, unless the other side changed it or hung
    something on it since. Raises Loop where a task would stand below itself.
    """
    return _Merging(base, branch, trunk, choices or {}).done()


class _Merging:
    def __init__(self, base: Shot, branch: Shot, trunk: Shot, choices: Mapping[str, str]) -> None:
        self.base, self.branch, self.trunk, self.choices = base, branch, trunk, choices
        self.result: dict[str, Row] = {}
        self.open: list[Disagreement] = []
        self.by_branch, self.by_trunk = _touched(base, branch), _touched(base, trunk)

    def done(self) -> Merger:
        for key in in_order({**self.base, **self.trunk, **self.branch}):
            self._row(key)
        return Merger(self._placed(_consistent(self.result, self.trunk)), tuple(self.open))

    def _row(self, key: str) -> None:
        base, branch, trunk = self.base.get(key), self.branch.get(key), self.trunk.get(key)
        if branch is not None and trunk is not None:
            self.result[key] = self._fields(key, base or {}, branch, trunk)
        elif base is None:
            self.result[key] = branch or trunk or {}
        elif trunk is not None and self._stays(key, base, self.branch, trunk, self.by_trunk, TRUNK):
            self.result[key] = trunk
        elif branch is not None and self._stays(key, base, self.trunk, branch, self.by_branch, BRANCH):
            self.result[key] = branch

    def _stays(self, key: str, base: Row, remover: Shot, row: Row, touched: set[str], side: str) -> bool:
        """Whether a row stays that one side removed; one that went with what it hung on shares its fate."""
        if any(above in self.base and above not in remover for above in needs(key, base)):
            return all(above in self.result for above in needs(key, row))
        if key not in touched:
            return False
        found = Disagreement(key, ROW, base, self.branch.get(key), self.trunk.get(key))
        return self._chosen(found) == side

    def _fields(self, key: str, base: Row, branch: Row, trunk: Row) -> Row:
        known = {**{name: value for name, value in trunk.items() if name not in base}, **base} if base else {}
        sides = [{name: value for name, value in side.items() if name != PLACE} for side in (branch, trunk)]
        found = merge(known, *sides)
        values = {**trunk, **found.values}
        for each in found.conflicts:
            one = Disagreement(key, each.name, each.base, each.mine, each.theirs)
            values[each.name] = each.mine if self._chosen(one) == BRANCH else each.theirs
        return values

    def _chosen(self, found: Disagreement) -> str:
        choice = self.choices.get(found.id)
        if choice not in (BRANCH, TRUNK):
            self.open.append(found)
            return BRANCH
        return choice

    def _placed(self, rows: dict[str, Row]) -> Shot:
        """The rows with their places: of the side that changed the order, with the other's new rows among them."""
        families = [family(side) for side in (self.base, self.branch, self.trunk)]
        for parent, members in family(rows).items():
            here = set(members)
            base, branch, trunk = ([key for key in side.get(parent, []) if key in here] for side in families)
            order = _among(self._order(parent, base, branch, trunk), members)
            if order != trunk:
                for place, key in enumerate(order):
                    rows[key] = {**rows[key], PLACE: place}
        return rows

    def _order(self, parent: str, base: list[str], branch: list[str], trunk: list[str]) -> list[str]:
        common = set(base) & set(branch) & set(trunk)
        was, mine, theirs = ([key for key in side if key in common] for side in (base, branch, trunk))
        if mine in (was, theirs):
            return _among(trunk, branch)
        if theirs == was:
            return _among(branch, trunk)
        found = Disagreement(parent, ORDER, was, mine, theirs)
        return _among(branch, trunk) if self._chosen(found) == BRANCH else _among(trunk, branch)


def _touched(base: Shot, side: Shot) -> set[str]:
    """What a side added or changed, with everything that this hangs on."""
    own = [key for key, row in side.items() if key not in base or changed_fields(base[key], row)]
    return with_above(own, side)


def _consistent(rows: dict[str, Row], trunk: Shot) -> dict[str, Row]:
    """The rows without those that hang on something which is gone; what they may be without is let go.

    A row that was put below something which is gone goes back to where the plan has it. Raises Loop.
    """
    for key, row in rows.items():
        if key in trunk and not all(above in rows for above in needs(key, row)):
            rows[key] = {**row, **{name: trunk[key].get(name) for name in REQUIRED[table_of(key)]}}
    kept: dict[str, Row] = {}
    for key in in_order(rows):
        row = rows[key]
        if all(above in kept for above in needs(key, row)):
            lost = [name for name in LOOSE.get(table_of(key), ()) if _is_key(row.get(name)) and row[name] not in kept]
            kept[key] = {**row, **dict.fromkeys(lost)} if lost else row
        elif _is_in_loop(key, rows):
            raise Loop(key)
    return kept


def _is_in_loop(key: str, rows: Shot) -> bool:
    above, seen = str(rows[key].get("parent_id")), {key}
    while above in rows and above not in seen:
        seen.add(above)
        above = str(rows[above].get("parent_id"))
    return above in seen


def _is_key(value: Any) -> bool:
    return isinstance(value, str)


def _among(order: list[str], other: list[str]) -> list[str]:
    """An order with the rows that only the other one has, each after the row that it follows there."""
    found, known = list(order), set(order)
    before: str | None = None
    for key in other:
        if key not in known:
            found.insert(0 if before is None else found.index(before) + 1, key)
            known.add(key)
        before = key
    return found
