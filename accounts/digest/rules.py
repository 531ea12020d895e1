"""What stands in a mail made of notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

FIRST = ("overdue", "due_tomorrow")
"""Kinds that stand before the others: what has to be done."""
MOST = 60
"""How many notices one mail lists; of the others it says how many there are."""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in a mail; ``href`` is empty where links can't be written."""

    kind: str
    text: str
    place: str
    href: str


@dataclass(frozen=True, slots=True)
class Part:
    """The notices of one project, or those of none."""

    place: str
    lines: Sequence[Line]


def parts(lines: Iterable[Line]) -> list[Part]:
    """Notices by project, those of none first, what is due before everything else.

    >>> [part.place for part in parts([Line("comment", "a", "Europe", ""), Line("overdue", "b", "", "")])]
    ['', 'Europe']
    """
    ordered = sorted(lines, key=lambda line: (line.place.casefold(), line.place, line.kind not in FIRST))[:MOST]
    return [Part(place, list(found)) for place, found in groupby(ordered, key=lambda line: line.place)]
