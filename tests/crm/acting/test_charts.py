"""The log of automations says once what happened to many records at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crm.acting import rules
from crm.acting.charts import together
from crm.acting.models import Run
from crm.acting.queries import Entry

AT = datetime(2026, 2, 17, 19, 30, 10, tzinfo=UTC)


def entry(number: int, **more: Any) -> Entry:
    run = {
        "id": number,
        "automation_id": 1,
        "at": AT,
        "state": rules.DONE,
        "did": [],
        "error": "",
        "tries": 1,
        "again": 0,
    }
    return Entry(Run(**(run | more)), "At risk", f"Ticket {number}", "")


def sizes(*entries: Entry) -> list[int]:
    return [len(each) for each in together(entries)]


def test_like_lines_of_one_minute_are_one_line():
    assert sizes(entry(1), entry(2), entry(3, at=AT + timedelta(seconds=20))) == [3]


def test_two_lines_stand_as_they_are():
    assert sizes(entry(1), entry(2)) == [1, 1]


def test_another_automation_minute_or_outcome_begins_anew():
    others = [entry(4, automation_id=2), entry(5, at=AT - timedelta(minutes=1)), entry(6, state=rules.PASSED)]
    for other in others:
        assert sizes(entry(1), entry(2), entry(3), other) == [3, 1]


def test_what_failed_or_was_tried_again_is_told_on_its_own():
    for wrong in ({"state": rules.FAILED}, {"error": "No such address."}, {"tries": 2}, {"again": 1}):
        assert sizes(*(entry(each, **wrong) for each in range(3))) == [1, 1, 1]
