"""A ticket's priority, team and moments follow from what it says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.queues import rules
from crm.queues.rules import Desk, State
from kernel.errors import RuleBroken

NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)
DESK = Desk(rules.shipped_matrix(), {1: 10, 2: 20})
TICKET = {"queue_id": 1, "severity": "high", "impact": "team", "state": "new", "team_id": None}


def test_every_severity_and_impact_has_a_priority_that_never_falls_when_either_rises():
    shipped = rules.shipped_matrix()
    assert len(shipped) == len(rules.SEVERITIES) * len(rules.IMPACTS)
    grade = {each: at for at, each in enumerate(rules.PRIORITIES)}
    for at, worse in enumerate(rules.SEVERITIES[:-1]):
        for impact in rules.IMPACTS:
            assert grade[shipped[worse, impact]] <= grade[shipped[rules.SEVERITIES[at + 1], impact]]


def test_a_new_ticket_goes_to_the_team_of_its_queue_and_moves_with_it():
    assert rules.follow({}, TICKET, NOW, DESK) == {"team_id": 10, "priority": "high"}
    moved = {**TICKET, "team_id": 10}
    assert rules.follow(moved, {**moved, "queue_id": 2}, NOW, DESK)["team_id"] == 20
    assert rules.follow(moved, {**moved, "queue_id": 2, "team_id": 7}, NOW, DESK)["team_id"] == 7


def test_resolving_verifying_and_closing_keep_their_moments_and_reopening_takes_them():
    before = {**TICKET, "team_id": 10}
    resolved = {**before, "state": "resolved"}
    assert rules.follow(before, resolved, NOW, DESK)["resolved_at"] == NOW
    closed = rules.follow(resolved, {**resolved, "state": "closed", "resolved_at": NOW}, NOW, DESK)
    assert closed["closed_at"] == closed["resolved_at"] == NOW
    again = rules.follow(resolved, {**resolved, "state": "reopened", "reopened": 1}, NOW, DESK)
    assert (again["reopened"], again["resolved_at"]) == (2, None)


@given(st.sampled_from(list(State)), st.sampled_from(list(State)))
def test_a_ticket_moves_only_where_the_table_says(was, to):
    before = {**TICKET, "state": was.value}
    after = {**before, "state": to.value}
    if was is to or to in rules.MOVES[was]:
        assert rules.follow(before, after, NOW, DESK)["priority"] == "high"
    else:
        with pytest.raises(RuleBroken, match="can't become"):
            rules.follow(before, after, NOW, DESK)


def test_a_choice_that_is_none_is_left_to_be_refused():
    assert "priority" not in rules.follow({}, {**TICKET, "severity": "huge"}, NOW, DESK)
