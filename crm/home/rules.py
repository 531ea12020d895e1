"""The order in which a day tells what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, tzinfo
from typing import Protocol, TypeVar


class Timed(Protocol):
    """Something planned for a moment; without one it comes last."""

    @property
    def at(self) -> datetime | None:
        """When it was to be done, an instant with its zone."""


class Dated(Protocol):
    """Something planned for a day."""

    @property
    def on(self) -> date:
        """The day it is due."""


_T = TypeVar("_T", bound=Timed)
_D = TypeVar("_D", bound=Dated)


def in_order(timed: Sequence[_T], dated: Sequence[_D], zone: tzinfo) -> list[_T | _D]:
    """What waits, the longest first: what has only a day counts from that day's beginning in the reader's zone."""
    moments: list[tuple[datetime, int, _T | _D]] = []
    never = datetime.max.replace(tzinfo=zone)
    moments += [(each.at or never, place, each) for place, each in enumerate(timed)]
    moments += [(datetime.combine(each.on, time(), zone), place, each) for place, each in enumerate(dated)]
    return [each for _moment, _place, each in sorted(moments, key=lambda row: row[:2])]
