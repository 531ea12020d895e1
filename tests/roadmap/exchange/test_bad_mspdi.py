"""Bad files of MS Project: a clear sentence, or a warning with its place and the rest imported; never a crash."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.exchange import service as exchange
from roadmap.exchange.rules import mspdi_reading
from roadmap.tasks import queries as tasks
from tests.roadmap.exchange.test_mspdi import CALENDARS, HEAD, file, link, row, told

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
NEVER = (
    "<Calendars><Calendar><UID>1</UID><Name>Never</Name><WeekDays><WeekDay><DayType>2</DayType>"
    "<DayWorking>0</DayWorking></WeekDay></WeekDays></Calendar></Calendars>"
)
ANA = "<Resource><UID>5</UID><Name>Ana</Name></Resource>"
ZERO = "<Assignment><UID>1</UID><TaskUID>1</TaskUID><ResourceUID>5</ResourceUID><Units>0</Units></Assignment>"
PINNED = "<ConstraintType>2</ConstraintType><ConstraintDate>2026-01-06T08:00:00</ConstraintDate>"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE Project [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<Project><Title>&b;</Title></Project>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/hostname">]><Project>&x;</Project>'
DEEP = "<Project>" + "<Tasks>" * 500 + "</Tasks>" * 500 + "</Project>"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (BOMB, "definitions of its own"),
        (OUTSIDE, "definitions of its own"),
        ('<!DOCTYPE Project SYSTEM "http://example.org/x.dtd"><Project/>', "definitions of its own"),
        (DEEP, "nested too deeply"),
        (file(row(1)).decode()[:-40], "ends too early or is damaged"),
        ("<Project><Tasks>", "ends too early or is damaged"),
        ("<", "ends too early or is damaged"),
        ('<?xml version="1.0" encoding="no-such-thing"?><Project/>', "damaged"),
        ("<rss version='2.0'/>", "holds “rss”"),
        ("<Project>" + "<Tasks>" + row(1) * 20_001 + "</Tasks></Project>", "at most 20000"),
    ],
)
def test_what_is_no_plan_is_refused_with_a_sentence(content, says):
    with pytest.raises(RuleBroken, match=says):
        exchange.read_plan(content.encode())


@pytest.mark.parametrize(
    ("parts", "where", "says"),
    [
        ({"tasks": row(1) + row(1, name="Twin")}, "task 1", "used twice"),
        ({"tasks": row(1) + row("")}, "task 2", "missing"),
        ({"tasks": row("abc") + row(2, link("abc"))}, "", ""),
        ({"tasks": row(1, link(77))}, "task 1", "task 77, which the file does not hold"),
        ({"tasks": row(1, link(1))}, "task 1", "waits for itself"),
        ({"tasks": row(1, link(2)) + row(2, link(1))}, "task", "wait for each other"),
        ({"tasks": row(1) + row(2, link(1, 9))}, "task 2", "no known type"),
        ({"tasks": row(1) + row(2, link(1, 1, 999_999_999))}, "task 2", "10,000 days were taken"),
        ({"tasks": row(1, duration="PT99999999H0M0S")}, "task 1", "between 0 and 10,000 days"),
        ({"tasks": row(1, duration="ten days")}, "task 1", "“ten days” can't be read"),
        ({"tasks": row(1, duration="-PT8H0M0S")}, "task 1", "between 0 and 10,000 days"),
        ({"tasks": row(1, "<PercentComplete>140</PercentComplete>")}, "task 1", "140 %"),
        ({"tasks": row(1, "<ActualStart>1899-12-30T00:00:00</ActualStart>")}, "task 1", "1899-12-30 is out of range"),
        ({"tasks": row(1, "<Deadline>2026-13-45</Deadline>")}, "task 1", "can't be read"),
        ({"tasks": row(1, "<ConstraintType>2</ConstraintType>")}, "task 1", "needs a date"),
        ({"tasks": row(1, "<Name>Again</Name>")}, "task 1", "said twice"),
        ({"tasks": row(1, name=" ")}, "task 1", "no name"),
        ({"tasks": row(1, name="x" * 400)}, "task 1", "the first 300 were taken"),
        ({"tasks": row(1, "<CalendarUID>44</CalendarUID>")}, "task 1", "calendar 44"),
        (
            {
                "tasks": row(
                    1,
                    link(2) + "<ActualFinish>2026-01-02T08:00:00</ActualFinish>"
                    "<ActualStart>2026-01-05T08:00:00</ActualStart>",
                )
                + row(2)
            },
            "task 1",
            "before it starts",
        ),
        (
            {"tasks": row(1, PINNED), "head": "<HonorConstraints>0</HonorConstraints>"},
            "1 task",
            "Here the dates hold",
        ),
        ({"tasks": row(1), "calendars": NEVER}, "calendar 1", "no working time"),
        ({"tasks": row(1), "calendars": ""}, "", ""),
        ({"tasks": row(1), "resources": ANA + ANA}, "resource 5", "no number of its own"),
        ({"tasks": row(1), "resources": ANA.replace("Ana", "")}, "resource 5", "no name"),
        (
            {"tasks": row(1), "resources": ANA.replace("</UID>", "</UID><MaxUnits>-3</MaxUnits>")},
            "resource 5",
            "-300 %",
        ),
        (
            {
                "tasks": row(1),
                "resources": ANA,
                "assignments": ZERO,
            },
            "assignment 1",
            "with 0 %",
        ),
        (
            {
                "tasks": row(1),
                "resources": ANA,
                "assignments": "<Assignment><UID>1</UID><TaskUID>9</TaskUID><ResourceUID>5</ResourceUID></Assignment>",
            },
            "assignment 1",
            "not in the file",
        ),
        (
            {
                "tasks": row(1),
                "resources": ANA,
                "assignments": "<Assignment><UID>1</UID><TaskUID>1</TaskUID><ResourceUID>5</ResourceUID></Assignment>"
                * 2,
            },
            "assignment 1",
            "twice",
        ),
    ],
)
def test_what_is_wrong_is_listed_with_its_place_and_the_rest_imported(app, parts, where, says):
    plan = exchange.read_plan(file(parts.pop("tasks"), **parts))
    assert says in told(plan)
    assert where in told(plan)
    number = exchange.import_plan(plan, actor=SYSTEM, now=NOW, name="Bad")
    assert len(tasks.rows(number, date(2026, 1, 5))) == len(plan.rows) >= 1


def test_a_file_of_2002_needs_no_tag_that_came_later(app):
    task = "<Task><UID>1</UID><Name>Map</Name></Task>"
    old = f"{HEAD}<StartDate>2002-05-06T08:00:00</StartDate><Tasks>{task}</Tasks></Project>"
    number = exchange.import_plan(exchange.read_plan(old.encode()), actor=SYSTEM, now=NOW, name="Old")
    assert [each.start for each in tasks.rows(number, date(2026, 1, 5))] == [datetime(2002, 5, 6, 8)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_that_xml_allows(encoding):
    text = file(row(1, name="Prüfung ✓")).decode().replace('encoding="UTF-8"', f'encoding="{encoding[:6].rstrip("-")}"')
    assert exchange.read_plan(text.encode(encoding)).rows[0].name == "Prüfung ✓"


def test_days_that_come_again_without_end_are_laid_out_around_the_plan():
    forever = CALENDARS.replace("<ToDate>2028-12-24", "<ToDate>9999-12-24").replace("<FromDate>2026", "<FromDate>0001")
    plan = exchange.read_plan(file(row(1), calendars=forever))
    assert plan.calendar is not None
    days = [day for day, _name, _periods in plan.calendar.exceptions]
    assert date(2026, 12, 24) in days
    assert max(days) < date(2033, 1, 1)


def test_a_thousand_circles_are_not_opened_one_by_one():
    pairs = "".join(row(2 * n, link(2 * n + 1)) + row(2 * n + 1, link(2 * n)) for n in range(1, 200))
    with pytest.raises(RuleBroken, match="circles of tasks"):
        exchange.read_plan(file(pairs))


TAGS = ("UID", "Duration", "Start", "OutlineLevel", "PercentComplete", "ActualStart", "ConstraintType", "LevelingDelay")


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(TAGS), st.text("0123456789-:TPHMS. x", max_size=14)), max_size=8))
def test_whatever_stands_in_a_task_is_read_or_told(values):
    more = "".join(f"<{tag}>{text}</{tag}>" for tag, text in values)
    plan = mspdi_reading.read(f"<Project><Tasks><Task>{more}</Task></Tasks></Project>".encode())
    assert len(plan.rows) <= 1
