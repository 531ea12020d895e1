"""WBS numbers from the order and nesting of the rows."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """A row in tree order: its id, its WBS number, and how deep it stands (0 at the top)."""

    id: int
    wbs: str
    depth: int


def outline(rows: Iterable[tuple[int, int | None]]) -> list[OutlineRow]:
    """Tree order of (id, parent id) pairs; siblings keep the order given. A row whose parent is missing stands on top.

    Rows that are each other's parents are left out: `check` and `schedule` refuse them.
    """
    pairs = list(rows)
    known = {each for each, _ in pairs}
    below: dict[int | None, list[int]] = {}
    for each, parent in pairs:
        below.setdefault(parent if parent in known else None, []).append(each)
    found: list[OutlineRow] = []
    waiting = _numbered(below.get(None, []), "", 0)
    while waiting:
        row = waiting.pop()
        found.append(row)
        waiting += _numbered(below.get(row.id, []), f"{row.wbs}.", row.depth + 1)
    return found


def _numbered(ids: list[int], prefix: str, depth: int) -> list[OutlineRow]:
    return [OutlineRow(each, f"{prefix}{place}", depth) for place, each in enumerate(ids, 1)][::-1]
