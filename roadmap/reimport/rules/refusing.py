"""What of a file a person does not want: rows or single fields that stay as they are, while the rest is taken over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from kernel.errors import RuleBroken
from roadmap.branches.rules.comparing import subject_of
from roadmap.branches.rules.shot import LOOSE, PLACE, Row, Shot, family, needs, table_of


def row_id(key: str) -> str:
    """What a row is called where it is refused with all that is said of it.

    >>> row_id("task:12")
    'row::task:12'
    """
    return f"row::{key}"


def line_id(key: str, field: str) -> str:
    """What a single field is called where it is refused; without one it is a link or who works on something.

    >>> line_id("task:12", "name"), line_id("dependency:task:1>task:2>FS", "")
    ('line:name:task:12', 'line::dependency:task:1>task:2>FS')
    """
    return f"line:{field}:{key}"


def without(before: Shot, after: Shot, refused: Collection[str]) -> Shot:
    """The plan with a file in it but for what was refused; what hangs on a refused new row does not come either.

    Raises RuleBroken where rows would stand below themselves.

    >>> without({"project": {"start": 1, "end": 2}}, {"project": {"start": 3, "end": 4}}, ["line:end:project"])
    {'project': {'start': 3, 'end': 2}}
    """
    if not refused:
        return after
    rows = dict(after)
    for key in {**before, **after}:
        if {row_id(key), row_id(subject_of(key, after.get(key) or before[key])), line_id(key, "")} & set(refused):
            _restore(rows, key, before.get(key))
        elif key in before and key in rows:
            stays = {name: before[key].get(name) for name in rows[key] if line_id(key, name) in refused}
            rows[key] = {**rows[key], **stays}
    _drop(rows)
    _check(rows)
    return {key: {**row, **dict(_loose(key, row, rows, before))} for key, row in _spread(rows).items()}


def _restore(rows: dict[str, Row], key: str, stored: Row | None) -> None:
    if stored is None:
        del rows[key]
    else:
        rows[key] = stored


def _drop(rows: dict[str, Row]) -> None:
    """Rows that hang on one that is not there go, and what hangs on these."""
    while lost := [key for key, row in rows.items() if any(each not in rows for each in needs(key, row))]:
        for key in lost:
            del rows[key]


def _check(rows: Shot) -> None:
    """No row stands below itself, as when one of two that change their places stays."""
    tree = family(rows)
    reached = list(tree.get("", ()))
    for key in reached:
        reached += tree.get(key, ())
    lost = sorted({key for keys in tree.values() for key in keys} - set(reached))
    if lost:
        path = " → ".join(str(rows[key]["name"]) for key in _circle(tree, lost[0]))
        text = "Rows would stand below each other: %(path)s. Take their new places over, too, or refuse those around."
        raise RuleBroken("import.below_itself", text, path=path)


def _circle(tree: Mapping[str, Sequence[str]], key: str) -> list[str]:
    """The rows that stand below each other, from the top down, found from one of them or from what is below them."""
    above = {each: parent for parent, keys in tree.items() for each in keys}
    line: list[str] = []
    while key not in line:
        line.append(key)
        key = above[key]
    return [key, *reversed(line[line.index(key) :])]


def _spread(rows: dict[str, Row]) -> dict[str, Row]:
    """Rows that came to share a place stand one after the other."""
    for keys in family(rows).values():
        if len({rows[key][PLACE] for key in keys}) < len(keys):
            for place, key in enumerate(keys):
                rows[key] = {**rows[key], PLACE: place}
    return rows


def _loose(key: str, row: Row, rows: Shot, before: Shot) -> Iterator[tuple[str, str | None]]:
    """What a row may name and can be without, where that does not come: as it was, else nothing."""
    for field in LOOSE.get(table_of(key), ()):
        if row.get(field) is not None and row[field] not in rows:
            was = before.get(key, {}).get(field)
            yield field, was if was in rows else None
