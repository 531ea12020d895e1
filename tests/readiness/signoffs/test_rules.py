"""When a word is needed, when it is enough, and when it no longer stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from readiness.gates.rules.decision import Decision, stand
from readiness.gates.rules.definitions import Category, Criterion, Gate
from readiness.gates.rules.results import Evidence, judge
from readiness.signoffs import rules
from readiness.signoffs.rules import Answer, Given, Holder, Place, Seat, SignOff, Table

NOW, TODAY = datetime(2026, 2, 18, 9, tzinfo=UTC), date(2026, 2, 18)


def place(number, answer=None, *, required=True, stale=False, decides=False):
    seat = Seat(f"person:{number}", f"Seat {number}", (Holder(number, f"P{number}"),), required, decides)
    word = answer and SignOff(
        number, seat.key, answer, "", None, NOW, f"P{number}", number, Decision.GO, NOW if stale else None
    )
    return Place(seat, word or None)


def test_the_quorum_needs_every_required_word_and_as_many_as_it_says():
    yes, late = place(1, Answer.APPROVE), place(2)
    extra = place(3, required=False)
    assert not Table((yes, late, extra)).reached
    assert [each.seat.name for each in Table((yes, late, extra)).missing] == ["Seat 2"]
    assert Table((yes, extra)).reached
    three = Table((yes, extra), quorum=2)
    assert (three.reached, three.short) == (False, 1)


def test_a_no_counts_for_the_quorum_and_a_stale_word_does_not():
    assert Table((place(1, Answer.REJECT),)).reached
    assert [each.seat.name for each in Table((place(1, Answer.REJECT),)).rejected] == ["Seat 1"]
    assert not Table((place(1, Answer.APPROVE, stale=True),)).reached


@given(st.lists(st.tuples(st.sampled_from([None, *Answer]), st.booleans(), st.booleans()), min_size=1, max_size=9))
def test_counts_agree_with_counting_one_by_one(rows):
    places = tuple(place(n, answer, required=need, stale=stale) for n, (answer, need, stale) in enumerate(rows))
    table = Table(places)
    counted = [answer for answer, _need, stale in rows if answer and not stale]
    yes, whole, words = rules.share(places)
    assert (whole, words) == (len(rows), len(counted))
    assert yes == sum(answer is not Answer.REJECT for answer in counted)
    assert table.reached == all(answer and not stale for answer, need, stale in rows if need)


def test_who_decides_is_who_sits_there_else_who_manages():
    assert rules.may_decide(Table((place(1, decides=True),)), 1, (9,))
    assert not rules.may_decide(Table((place(1, decides=True),)), 9, (9,))
    assert rules.may_decide(Table((place(1),)), 9, (9,))
    assert not rules.may_decide(Table((place(1),)), None, (9,))


def test_signatures_do_not_make_the_evidence_better_or_worse():
    gate = Gate(1, 1, "go-live", "Go-live")
    data = Criterion(1, 1, "data", "Data", Category.DATA, "kpi", threshold=1)
    agree = Criterion(2, 1, "agree", "Agree", Category.BUSINESS, rules.SOURCE, subject="all", must_have=True)
    good = judge(data, Evidence(1.0, n=1, at=NOW), NOW)
    standing = stand(gate, [good, judge(agree, Evidence(why="nobody"), NOW)])
    assert (standing.decision, rules.apart(standing)) == (Decision.NO_GO, Decision.GO)


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        (Given("s", ""), "answer"),
        (Given("s", "perhaps"), "answer"),
        (Given("s", "reject", "  "), "words"),
        (Given("s", "condition", ""), "words"),
        (Given("s", "approve", "x" * 4001), "words"),
        (Given("s", "condition", "Mend it", date(2026, 2, 17)), "due"),
        (Given("s", "condition", "Mend it", date(2030, 1, 1)), "due"),
    ],
)
def test_what_is_refused_says_where(given_, field):
    with pytest.raises(RuleBroken) as refused:
        rules.check_answer(given_, TODAY)
    assert refused.value.field == field


def test_a_day_is_kept_of_a_condition_only():
    assert rules.check_answer(Given("s", "approve", " fine ", TODAY), TODAY) == (Answer.APPROVE, "fine", None)
    assert rules.check_answer(Given("s", "condition", "Mend", TODAY), TODAY) == (Answer.CONDITION, "Mend", TODAY)


@pytest.mark.parametrize(("keys", "quorum"), [([], None), (["a"], 2), (["a"], 0), ([str(n) for n in range(41)], None)])
def test_nobody_too_many_or_an_odd_quorum_is_refused(keys, quorum):
    with pytest.raises(RuleBroken):
        rules.check_seats(keys, quorum)
