"""The portfolio's sentence, as a table of cases, and its order."""

import re
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from flask import g, get_template_attribute

from desk.portfolio import charts, rules
from roadmap.standing.rules.health import Health
from roadmap.standing.rules.standing import Standing

TODAY = date(2026, 2, 18)


def rollout(id, name, health=Health.ON_TRACK, slip=None, go_live=None, state="active", critical_days=0, live=False):
    standing = Standing(state, 1, go_live, None, live, None, slip, None, 0, critical_days, None, None, None, health)
    return SimpleNamespace(id=id, name=name, standing=standing, worst=health, forecast=None)


GREEN = [rollout(1, "Iberia"), rollout(2, "Nordics")]
RED = rollout(3, "Europe launch", Health.OFF_TRACK, 8, date(2026, 3, 11))
AMBER = rollout(4, "Partner channel", Health.AT_RISK, 0, critical_days=1)
UNKNOWN = rollout(5, "Asia", Health.UNKNOWN)
CLOSED = rollout(6, "UK", Health.CLOSED, 0, date(2026, 1, 20), "finished", live=True)
NEXT = " Next to go live: Europe launch, Wed 11 Mar."
CASES = [
    ([], "No roll-out yet."),
    ([CLOSED], "No roll-out is running. One is finished."),
    (GREEN, "Both roll-outs are on track."),
    (GREEN[:1], "The roll-out is on track."),
    ([RED], "The roll-out is off track: Europe launch goes live eight days late." + NEXT),
    (
        [*GREEN, RED, AMBER, UNKNOWN],
        "One of five roll-outs is off track: Europe launch goes live eight days late." + NEXT,
    ),
    (
        [RED, rollout(9, "Other", Health.OFF_TRACK, 6)],
        "Both roll-outs are off track: Europe launch goes live eight days late, Other goes live six days late." + NEXT,
    ),
    ([*GREEN, AMBER], "One of three roll-outs is at risk: Partner channel has a critical task one day late."),
    ([GREEN[0], UNKNOWN], "One of two roll-outs is without a go-live date to measure: Asia."),
]


@pytest.mark.parametrize(("entries", "expected"), CASES, ids=[case[1][:50] for case in CASES])
def test_the_sentence_names_who_needs_help(places, entries, expected):
    with places.test_request_context():
        g.today = TODAY
        macro = get_template_attribute("desk/_standing.html", "portfolio_sentence")
        text = re.sub(r"<[^>]+>", "", str(macro(rules.summary(entries, TODAY))))
    assert " ".join(text.split()) == expected


def test_what_needs_help_stands_first():
    found = rules.ordered([CLOSED, *GREEN, UNKNOWN, AMBER, RED])
    assert [row.name for row in found] == ["Europe launch", "Partner channel", "Asia", "Iberia", "Nordics", "UK"]


def test_a_small_line_needs_two_days():
    assert rules.spark_days(TODAY, TODAY) == []
    assert rules.spark_days(date(2026, 2, 17), TODAY) == [date(2026, 2, 17), TODAY]
    assert rules.spark_days(date(2026, 3, 2), TODAY) == []


def test_the_picture_holds_what_is_ahead_soonest_first_and_stays_in_its_frame():
    later = rollout(7, "Later", slip=-2, go_live=date(2026, 9, 1))
    ahead = charts.ahead([later, CLOSED, RED, UNKNOWN])
    assert [row.name for row in ahead] == ["Europe launch", "Later"]
    for picture in charts.go_lives(ahead, TODAY):
        assert all(0 <= row.foreseen <= picture.width - charts.LABEL for row in picture.rows)
    assert charts.go_lives([], TODAY) == ()


def test_where_a_forecast_was_kept_its_p80_is_drawn_and_orders_what_is_ahead():
    sure, unsure = rollout(7, "Sure", go_live=date(2026, 3, 20)), rollout(8, "Unsure", go_live=date(2026, 3, 10))
    unsure.forecast = SimpleNamespace(p80=datetime(2026, 4, 1, 17), day=date(2026, 2, 16), slip=lambda _target: 9)
    found = charts.ahead([unsure, sure])
    assert [row.name for row in found] == ["Sure", "Unsure"]
    drawn = charts.go_lives(found, TODAY)[0].rows
    assert [(row.foreseen_day, row.slip, row.by_plan) for row in drawn] == [
        (date(2026, 3, 20), None, True),
        (date(2026, 4, 1), 9, False),
    ]
    assert rules.summary(found, TODAY).upcoming is sure
