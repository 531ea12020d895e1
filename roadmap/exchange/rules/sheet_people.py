"""Who works on what, as the cell of a sheet says it: `Data lead; CRM administrator[50%]; "Doe, Jane"`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from roadmap.exchange.rules.plan_file import AssignmentSeed, RoleSeed

Workers = Sequence[tuple[str, float]]
"""Names with percent of a full day."""
MOST_SHARE = 100
_ONE = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^;,"]*))\s*(?:[;,]|$)')
_SHARE = re.compile(r"\s*\[\s*(\d{1,5}(?:\.\d{1,4})?)\s*%\s*\]\s*$")


def read(cell: str) -> list[tuple[str, float]]:
    """The names of a cell with their shares, each once; one without a share works all day.

    >>> read('Vendor[50%]; "Doe, Jane[200%]"; Vendor')
    [('Vendor', 50.0), ('Doe, Jane', 200.0)]
    """
    found: dict[str, float] = {}
    for match in _ONE.finditer(cell):
        text = (match[1] or "").replace('""', '"') or match[2] or ""
        share = _SHARE.search(text)
        name = " ".join((text[: share.start()] if share else text).split())[:200]
        if name:
            found.setdefault(name, float(share[1]) if share else 100.0)
    return list(found.items())


def written(workers: Iterable[tuple[str, float]]) -> str:
    """The same as a cell.

    >>> written([("Vendor", 50.0), ("Doe, Jane", 100.0)])
    'Vendor[50%]; "Doe, Jane"'
    """
    return "; ".join(_one(name if share == 100 else f"{name}[{share:g}%]") for name, share in workers)


def _one(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search('[;,"]', text) else text


def shares_of(workers: Iterable[Workers]) -> dict[str, int]:
    """The share of each role: the first that is said of it."""
    found: dict[str, int] = {}
    for name, share in (each for row in workers for each in row):
        found.setdefault(name, min(round(share), MOST_SHARE))
    return found


def roles_of(shares: Mapping[str, int]) -> tuple[RoleSeed, ...]:
    """A role for each name."""
    return tuple(RoleSeed(name, name) for name in shares)


def alone(workers: Workers, shares: Mapping[str, int]) -> str | None:
    """Who does a row alone and with the share of their role; None where several do, or one with another share."""
    return workers[0][0] if len(workers) == 1 and workers[0][1] == shares[workers[0][0]] else None


def assigned(row: str, workers: Workers, shares: Mapping[str, int]) -> list[AssignmentSeed]:
    """The assignments of a row that is not done by one role alone."""
    if alone(workers, shares) is not None:
        return []
    return [AssignmentSeed(row, name, share) for name, share in workers]
