"""Entries of a calendar as iCalendar text (RFC 5545, with the refresh interval of RFC 7986).

Whole days carry no zone; moments are written in UTC, so that no reader needs to know the project's zone. The same
entry has the same UID each time, and a calendar program moves it instead of adding another; a number that grows with
each change of a plan's row (SEQUENCE) tells it which of two copies is the newer one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

PRODID = "-//Launch90//Roadmap//EN"
REFRESH = timedelta(hours=4)
"""How often a reader should come back."""
LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a calendar: on whole days (``last`` is the last of them), or between two moments in UTC.

    ``sequence`` grows whenever it changes, None where nobody counts; what is ``cancelled`` stays as such.
    """

    uid: str
    title: str
    first: date | datetime
    last: date | datetime
    text: str = ""
    href: str = ""
    done: bool = False
    sequence: int | None = None
    cancelled: bool = False


def written(name: str, entries: Iterable[Entry], stamp: datetime) -> bytes:
    """A calendar of some entries as a file; ``stamp`` says in UTC when they were read.

    >>> day = date(2026, 3, 3)
    >>> b"DTEND;VALUE=DATE:20260304" in written("Plan", [Entry("1@x", "Go-live", day, day)], datetime(2026, 2, 18))
    True
    """
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _clean(name))
    calendar.add("x-wr-calname", _clean(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    for entry in entries:
        calendar.add_component(_event(entry, stamp))
    return bytes(calendar.to_ical())


def _event(entry: Entry, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", stamp)
    event.add("summary", _clean(entry.title))
    event.add("dtstart", entry.first)
    event.add("dtend", entry.last if isinstance(entry.last, datetime) else entry.last + timedelta(days=1))
    if entry.text:
        event.add("description", _clean(entry.text))
    if entry.href:
        event.add("url", entry.href)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.sequence is not None:
        event.add("sequence", entry.sequence)
    if entry.done:
        event.add("categories", ["Done"])
    return event


def _clean(text: str) -> str:
    """Without control characters, which no calendar may hold, and not endless."""
    kept = "".join(each for each in text if each in "\n\t" or each.isprintable())
    return kept if len(kept) <= LONGEST_TEXT else kept[: LONGEST_TEXT - 1] + "…"
