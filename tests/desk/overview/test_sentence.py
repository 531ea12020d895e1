"""The sentence that opens the overview, as a table of cases."""

import re
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from flask import g, get_template_attribute

from desk.overview.queries import Gate
from roadmap.standing.rules.health import Health
from roadmap.standing.rules.standing import Standing

LINKS = {"go_live": "#", "plan": "#", "late": "#", "items": "#", "gate": "#"}
GATE = Gate(3, "Data signed off", date(2026, 2, 20), 3, 1)


def stands(**more):
    values = {
        "state": "active",
        "tasks": 12,
        "go_live": date(2026, 3, 5),
        "go_live_id": 4,
        "live": False,
        "target": date(2026, 3, 3),
        "slip": 2,
        "finish": date(2026, 3, 27),
        "late": 0,
        "critical_days": 0,
        "done": 40.0,
        "plan": 50.0,
        "next": None,
        "health": Health.AT_RISK,
    }
    return Standing(**values | more)


CASES = [
    (
        stands(late=8),
        3,
        GATE,
        (
            "Go-live is planned for Thu 5 Mar, two days late. Eight tasks and three checklist items are late, "
            "and three required items hold “Data signed off”."
        ),
    ),
    (stands(late=1), 0, None, "Go-live is planned for Thu 5 Mar, two days late. One task is late."),
    (stands(slip=1), 1, None, "Go-live is planned for Thu 5 Mar, one day late. One checklist item is late."),
    (stands(slip=0), 0, None, "Go-live is planned for Thu 5 Mar, on its target. Nothing is late."),
    (
        stands(slip=-4),
        0,
        GATE,
        (
            "Go-live is planned for Thu 5 Mar, four days early. "
            "Nothing is late, but three required items hold “Data signed off”."
        ),
    ),
    (
        stands(slip=None, target=None, late=27),
        0,
        None,
        "Go-live is planned for Thu 5 Mar; no target is set. 27 tasks are late.",
    ),
    (stands(live=True, slip=0), 0, None, "It went live on Thu 5 Mar, on its target. Nothing is late."),
    (
        stands(go_live=None, go_live_id=None, slip=None),
        0,
        None,
        "No milestone is marked as go-live; the plan ends on Fri 27 Mar. Nothing is late.",
    ),
    (
        stands(tasks=0, go_live=None, slip=None, finish=None),
        0,
        None,
        "There is no plan yet. Import one, or add the first task.",
    ),
    (
        stands(state="finished", live=True, late=3),
        2,
        None,
        "This roll-out is finished. It went live on Thu 5 Mar, two days late.",
    ),
    (
        stands(state="archived", go_live=None, slip=None, finish=None),
        0,
        None,
        "This roll-out is archived: it can be read and takes no changes.",
    ),
]


@dataclass(frozen=True)
class Foreseen:
    """A kept forecast as the sentence reads it."""

    day: date = date(2026, 2, 16)
    p80: datetime = datetime(2026, 3, 11, 17)
    project_id: int = 1

    def slip(self, target):
        return None if target is None else (self.p80.date() - target).days


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Thu 5 Mar; P80 Wed 11 Mar (forecast of Mon 16 Feb), eight days late. Nothing is late."),
        ({"target": date(2026, 3, 11)}, "Thu 5 Mar; P80 Wed 11 Mar (forecast of Mon 16 Feb), on its target."),
        ({"target": None, "slip": None}, "Thu 5 Mar; P80 Wed 11 Mar (forecast of Mon 16 Feb); no target is set."),
        ({"live": True}, "It went live on Thu 5 Mar, two days late."),
    ],
)
def test_where_a_forecast_was_kept_its_p80_is_held_against_the_target(app, more, said):
    with app.test_request_context():
        g.today = date(2026, 2, 18)
        macro = get_template_attribute("desk/_standing.html", "overview_sentence")
        text = re.sub(r"<[^>]+>", "", str(macro(stands(**more), 0, None, LINKS, Foreseen())))
    assert said in " ".join(text.split())


@pytest.mark.parametrize(("standing", "items", "gate", "expected"), CASES, ids=[case[3][:60] for case in CASES])
def test_the_sentence_says_where_it_stands(app, standing, items, gate, expected):
    with app.test_request_context():
        g.today = date(2026, 2, 18)
        macro = get_template_attribute("desk/_standing.html", "overview_sentence")
        text = re.sub(r"<[^>]+>", "", str(macro(standing, items, gate, LINKS)))
    assert " ".join(text.split()) == expected
