"""An entry of the timeline, and how the entries of several sources become one page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PAGE = 12
"""How many entries a page of the timeline has."""


class Tab(StrEnum):
    """What of the timeline is shown."""

    ALL = "all"
    CALLS = "calls"
    MAIL = "mail"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. ``who`` is said below the title, ``body`` in a box, ``href`` is where the title leads.

    ``tab`` is the tab that shows it besides "all"; ``tail`` are small links (label, address) such as an attached file.
    """

    at: datetime
    icon: str
    title: str
    who: str = ""
    body: str = ""
    href: str = ""
    tab: Tab = Tab.ALL
    tail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the timeline; ``before`` is what the next one asks for, None at the end."""

    entries: tuple[TimelineEntry, ...]
    before: datetime | None = None


def page(entries: Iterable[TimelineEntry], limit: int = PAGE) -> Page:
    """The newest entries of several sources, each of which gave at most ``limit + 1`` of its own.

    Entries of one instant stay together, so that the next page begins below them all.

    >>> one = TimelineEntry(datetime(2026, 2, 18), "phone", "Call")
    >>> page([one], 5).before is None
    True
    """
    found = sorted(entries, key=lambda each: each.at, reverse=True)
    if len(found) <= limit:
        return Page(tuple(found))
    shown, following = found[:limit], found[limit]
    whole = [each for each in shown if each.at != following.at] or shown
    return Page(tuple(whole), whole[-1].at)
