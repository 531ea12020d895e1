"""Which row of a file is which row of a plan that is there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from roadmap.planting.rules import RowSeed

_Named = Callable[[RowSeed], Hashable | None]


def matched(ours: Sequence[RowSeed], theirs: Sequence[RowSeed]) -> dict[str, str]:
    """The keys of a file's rows with those of the plan's rows that they are; ``ours`` are as such a file has them.

    The first of these that names one row on both sides decides: the GUID; the number; the names from the top down,
    of several that are called the same by their order; WBS and name; the name alone. Numbers count only where at least
    half of the rows that share one share their name, so that a file of another plan, numbered from 1 as well, does not
    rename everything.

    >>> plan = [RowSeed("7", "Map", values={"uid": "1"}), RowSeed("8", "Load", values={"uid": "2"})]
    >>> matched(plan, [RowSeed("1", "Map the fields", values={"uid": "1"}), RowSeed("2", "Load", values={"uid": "2"})])
    {'1': '7', '2': '8'}
    """
    pairs: dict[str, str] = {}
    mine, yours = _Outline(ours), _Outline(theirs)
    _take(pairs, ours, theirs, _guid, _guid)
    for named in (_uid, _number):
        if _credible(ours, theirs, named):
            _take(pairs, ours, theirs, named, named)
    _take(pairs, ours, theirs, mine.path, yours.path)
    _take(pairs, ours, theirs, mine.ranked(set(pairs.values())), yours.ranked(set(pairs)))
    _take(pairs, ours, theirs, mine.numbered, yours.numbered)
    _take(pairs, ours, theirs, _name, _name)
    return pairs


class _Outline:
    """Where rows stand in their tree."""

    def __init__(self, rows: Sequence[RowSeed]) -> None:
        self.paths: dict[str, tuple[str, ...]] = {}
        self.numbers: dict[str, str] = {}
        below: dict[str | None, int] = {}
        for row in rows:
            below[row.parent] = below.get(row.parent, 0) + 1
            above = self.numbers.get(row.parent or "", "")
            self.numbers[row.key] = f"{above}.{below[row.parent]}" if above else str(below[row.parent])
            self.paths[row.key] = (*self.paths.get(row.parent or "", ()), _name(row))

    def numbered(self, row: RowSeed) -> Hashable:
        return self.numbers[row.key], _name(row)

    def path(self, row: RowSeed) -> Hashable:
        return self.paths[row.key]

    def ranked(self, gone: set[str]) -> _Named:
        """Rows that are called the same from the top down, without those that are ``gone``, by their order."""
        seen: dict[tuple[str, ...], int] = {}
        found: dict[str, Hashable] = {}
        for key, path in self.paths.items():
            if key not in gone:
                seen[path] = seen.get(path, 0) + 1
                found[key] = path, seen[path]
        return lambda row: found.get(row.key)


def _take(
    pairs: dict[str, str], ours: Sequence[RowSeed], theirs: Sequence[RowSeed], mine: _Named, yours: _Named
) -> None:
    """Pair what is left and has a name of its own on both sides."""
    gone = set(pairs.values())
    left = _alone([row for row in ours if row.key not in gone], mine)
    for named, key in _alone([row for row in theirs if row.key not in pairs], yours).items():
        if named in left:
            pairs[key] = left[named]


def _alone(rows: Sequence[RowSeed], named: _Named) -> Mapping[Hashable, str]:
    """The rows by what names them, without those that share it."""
    found: dict[Hashable, list[str]] = {}
    for row in rows:
        if (said := named(row)) is not None:
            found.setdefault(said, []).append(row.key)
    return {said: keys[0] for said, keys in found.items() if len(keys) == 1}


def _credible(ours: Sequence[RowSeed], theirs: Sequence[RowSeed], named: _Named) -> bool:
    mine, yours = _alone(ours, named), _alone(theirs, named)
    names = {row.key: _name(row) for row in ours}, {row.key: _name(row) for row in theirs}
    shared = [(names[0][mine[each]], names[1][yours[each]]) for each in mine.keys() & yours.keys()]
    return 2 * sum(one == other for one, other in shared) >= len(shared)


def _guid(row: RowSeed) -> str | None:
    found = (row.values.get("kept") or {}).get("GUID")
    return str(found).casefold() if found else None


def _uid(row: RowSeed) -> str | None:
    return row.values.get("uid") or None


def _number(row: RowSeed) -> str | None:
    """The row's number in the file; a row that has none is called by its place."""
    return None if row.key.startswith("row ") else row.key


def _name(row: RowSeed) -> str:
    return " ".join(row.name.casefold().split())
