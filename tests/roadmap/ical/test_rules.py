"""What we write is read by others: four libraries of different hands agree on every entry."""

from __future__ import annotations

from datetime import UTC, date, datetime

import icalendar
import ics
import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream

from roadmap.ical.rules import LONGEST_TEXT, Entry, written

STAMP = datetime(2026, 2, 18, 9, tzinfo=UTC)
DAY, LATER = date(2026, 3, 3), date(2026, 3, 6)
EIGHT = datetime(2026, 3, 3, 8, tzinfo=UTC)
NAUGHTY = 'Müller, "quoted"; back\\slash\nnew line \u202eright to left 🚀'
ENTRIES = [
    Entry("task-1@launch90", "Map the fields", DAY, LATER, "2.3 Configuration", "https://example.org/1"),
    Entry("task-2@launch90", "Go-live ◆", DAY, DAY, done=True),
    Entry(
        "task-3@launch90", NAUGHTY, datetime(2026, 3, 3, 8, tzinfo=UTC), datetime(2026, 3, 3, 10, tzinfo=UTC), NAUGHTY
    ),
]


def by_icalendar(text):
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return [(str(each["uid"]), str(each["summary"]), str(each.decoded("dtstart"))[:10]) for each in events]


def by_vobject(text):
    found = vobject.readOne(text).vevent_list
    return [(each.uid.value, each.summary.value, str(each.dtstart.value)[:10]) for each in found]


def by_ics(text):
    found = ics.Calendar(text).events
    return sorted((each.uid, each.name, str(each.begin)[:10]) for each in found)


def by_ical(text):
    found = IcsCalendarStream.calendar_from_ics(text).events
    return [(each.uid, each.summary, str(each.dtstart)[:10]) for each in found]


@pytest.mark.parametrize("read", [by_icalendar, by_vobject, by_ics, by_ical])
def test_every_reader_finds_every_entry_as_it_was(read):
    found = read(written("Nordic launch", ENTRIES, STAMP).decode())
    assert [each[0] for each in found] == [entry.uid for entry in ENTRIES]
    assert [each[1] for each in found[:2]] == ["Map the fields", "Go-live ◆"]
    assert "Müller, " in found[2][1]
    assert {each[2] for each in found} == {"2026-03-03"}


def test_whole_days_end_before_the_next_and_moments_are_of_no_zone():
    text = written("Plan", ENTRIES, STAMP).decode()
    assert "DTEND;VALUE=DATE:20260307" in text
    assert "DTSTART:20260303T080000Z" in text


def test_lines_are_short_and_hold_no_control_characters():
    entry = Entry("1@launch90", "a\x00b\x07c\r\nBEGIN:VEVENT " + "x" * 10_000, DAY, DAY)
    raw = written("Plan", [entry], STAMP)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    (event,) = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert str(event["summary"]).startswith("abc\nBEGIN:VEVENT")
    assert len(str(event["summary"])) <= LONGEST_TEXT


def test_an_empty_plan_is_a_calendar_all_the_same():
    assert icalendar.Calendar.from_ical(written("Plan", [], STAMP)).walk("VEVENT") == []


@pytest.mark.parametrize("read", [by_icalendar, by_vobject, by_ics, by_ical])
def test_what_changed_is_counted_and_what_is_cancelled_stays_as_such(read):
    text = written("Plan", [Entry("1@launch90", "Map", DAY, DAY, sequence=7, cancelled=True)], STAMP).decode()
    assert "SEQUENCE:7" in text
    assert "STATUS:CANCELLED" in text
    assert [each[0] for each in read(text)] == ["1@launch90"]
