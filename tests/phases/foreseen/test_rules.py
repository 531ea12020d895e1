"""States and what details say."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.setup.service import _foreseen
from desk.template import queries as templates
from kernel.errors import RuleBroken
from phases.foreseen import rules

TODAY = date(2026, 2, 18)
ELEMENTS = list(_foreseen(templates.load("crm-90-day")))


@dataclass
class Thing:
    state: str
    due: date | None = None


def said(kind, **details):
    return [str(each) for each in rules.in_words(kind, details)]


@pytest.mark.parametrize(
    ("now", "wanted", "allowed"),
    [
        ("planned", "done", True),
        ("planned", "dropped", True),
        ("done", "planned", True),
        ("dropped", "planned", True),
        ("done", "done", True),
        ("done", "dropped", False),
        ("dropped", "done", False),
    ],
)
def test_from_planned_to_done_or_dropped_and_back(now, wanted, allowed):
    if allowed:
        assert rules.check_move(now, wanted) == wanted
    else:
        with pytest.raises(RuleBroken, match="Plan it again"):
            rules.check_move(now, wanted)


def test_another_word_is_no_state():
    with pytest.raises(RuleBroken, match="planned, done or dropped"):
        rules.check_move("planned", "<b>")


@given(
    st.lists(st.builds(Thing, st.sampled_from(rules.State), st.none() | st.dates(date(2026, 2, 1), date(2026, 3, 1))))
)
def test_counts_add_up(things):
    found = rules.count(things, TODAY)
    assert found.total + found.dropped == len(things)
    assert 0 <= found.late <= found.planned
    assert found.percent is None or 0 <= found.percent <= 100
    half = len(things) // 2
    assert rules.count(things[:half], TODAY) + rules.count(things[half:], TODAY) == found


@pytest.mark.parametrize(
    ("kind", "details", "words"),
    [
        ("communication", {"audience": "everybody", "channel": "e-mail"}, ["To everybody", "by e-mail"]),
        ("training", {"audience": "sales", "format": "webinar"}, ["For sales", "webinar"]),
        ("scope", {"inside": True}, ["in scope"]),
        ("scope", {"inside": False}, ["out of scope"]),
        ("objective", {"change_percent": 15.0, "due_months": 12}, ["+15 %", "within 12 months"]),
        ("kpi", {"target": None}, ["watched, without a target"]),
        ("sla", {"response_hours": 2.0, "resolution_hours": 24.0, "hours": "calendar"},
         ["answer within 2 h", "solved within 24 h", "around the clock"]),
        ("kpi", {"comparator": "<=", "target": 0.0, "unit": "defects"}, ["none"]),
        ("kpi", {"comparator": "<=", "target": 3.0, "unit": "seconds", "per": "week"},
         ["at most 3 seconds", "each week"]),
        ("kpi", {"comparator": "=", "target": 1.0, "unit": "yes/no"}, ["yes"]),
        ("attendee", {"anything": 1}, []),
        ("unknown", {}, []),
    ],
)  # fmt: skip
def test_details_in_words(kind, details, words):
    assert said(kind, **details) == words


def test_every_detail_of_the_template_can_be_said():
    for each in ELEMENTS:
        words = [str(phrase) for phrase in rules.in_words(each.kind, each.details)]
        assert all(word.strip() and "%(" not in word and "None" not in word for word in words), each.key
        assert words or each.kind in ("meeting", "attendee", "goal", "outcome", "deliverable"), each.key


def test_every_kind_of_the_template_is_known():
    assert {each.kind for each in ELEMENTS} <= set(rules.KINDS)
    assert rules.kind_of("survey").many == "survey"


def test_a_note_has_an_end():
    assert rules.check_note("  kept ") == "kept"
    with pytest.raises(RuleBroken, match="20000"):
        rules.check_note("x" * 20_001)
