"""What follows from the values of a record for whoever reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

_NO_VALUES = frozenset({"n/a", "na", "n.a.", "none", "-", "--", "?", "??", "x", "xx", "xxx", "tbd", "tba", "unknown"})
"""What people type to get past a field."""


def is_filled(value: Any) -> bool:
    """Whether a field holds something: what people type to get past a field does not count.

    >>> is_filled("n/a"), is_filled("Biotechnology"), is_filled(0)
    (False, True, True)
    """
    return value is not None and (not isinstance(value, str) or value.strip().lower() not in _NO_VALUES | {""})


def weighted(amount: Decimal, own: int | None, of_stage: int) -> Decimal:
    """What a deal is worth by how likely it is, in whole units: its own likelihood, else that of its stage, in percent.

    >>> weighted(Decimal("142000"), None, 60)
    Decimal('85200')
    """
    return (amount * (of_stage if own is None else own) / 100).quantize(Decimal(1))


class Neighbours(NamedTuple):
    """The addresses of the records before and after one in the list that one came from."""

    before: str | None
    after: str | None


def neighbours(walk: Any, kind: str, record_id: int) -> Neighbours | None:
    """Who stands beside a record in the list that was looked at last; None for one that was not on its page.

    At an end of the page the way goes on over the list, which leads to the last or first record of the page there.

    >>> walk = {"kind": "lead", "path": "/crm/leads", "ids": [7, 3], "previous": None, "next": "/crm/leads?page=2"}
    >>> neighbours(walk, "lead", 3)
    Neighbours(before='/crm/leads/7', after='/crm/leads?page=2&go=first')
    >>> neighbours(walk, "lead", 7)
    Neighbours(before=None, after='/crm/leads/3')
    >>> neighbours(walk, "account", 7) is None
    True
    """
    if not walk or walk["kind"] != kind or record_id not in walk["ids"] or "path" not in walk:
        return None
    path, ids = walk["path"], walk["ids"]
    place = ids.index(record_id)
    earlier, later = (walk["previous"] and f"{walk['previous']}&go=last", walk["next"] and f"{walk['next']}&go=first")
    return Neighbours(
        f"{path}/{ids[place - 1]}" if place else earlier,
        f"{path}/{ids[place + 1]}" if place + 1 < len(ids) else later,
    )


def may_close(kind: str, record: Any, written: Collection[str]) -> bool:
    """Whether a deal can be marked as won or lost by its reader."""
    return kind == "opportunity" and record.outcome == "open" and "stage_id" in written


def may_convert(kind: str, record: Any, written: Collection[str]) -> bool:
    """Whether a lead can be converted by its reader."""
    return kind == "lead" and record.status not in ("converted", "disqualified") and "status" in written


class Ends(NamedTuple):
    """The stages in which a deal ends, none where there is no such stage or the reader may not close it."""

    won: int | None = None
    lost: int | None = None


def ends(stages: Iterable[Any]) -> Ends:
    """The first stage in use for each way in which a deal ends."""
    found: dict[str, int] = {}
    for each in stages:
        if each.active and each.outcome != "open":
            found.setdefault(each.outcome, each.id)
    return Ends(**found)
