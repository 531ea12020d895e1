"""What changed between two versions of a text, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2
"""So many lines that stayed are shown around a change."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: ``same``, ``gone``, ``new``, or ``gap`` for lines that stayed and are left out."""

    kind: str
    text: str
    count: int = 1


def compare(before: str, after: str) -> list[Line]:
    r"""The lines of two versions, with what stayed far from any change folded into gaps.

    >>> [(each.kind, each.text) for each in compare("one\ntwo", "one\n2")]
    [('same', 'one'), ('gone', 'two'), ('new', '2')]
    """
    was, now = before.split("\n"), after.split("\n")
    found: list[Line] = []
    steps = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    for place, (kind, first, last, begin, end) in enumerate(steps):
        if kind == "equal":
            found += _folded(was[first:last], begins=place == 0, ends=place == len(steps) - 1)
        else:
            found += [Line("gone", each) for each in was[first:last]]
            found += [Line("new", each) for each in now[begin:end]]
    return found


def _folded(lines: list[str], *, begins: bool, ends: bool) -> list[Line]:
    head = 0 if begins else AROUND
    tail = 0 if ends else AROUND
    if len(lines) <= head + tail + 1:
        return [Line("same", each) for each in lines]
    first, last = lines[:head], lines[len(lines) - tail :]
    gap = Line("gap", "", len(lines) - head - tail)
    return [*(Line("same", each) for each in first), gap, *(Line("same", each) for each in last)]
