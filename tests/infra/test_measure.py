"""How the application fares: counted by the worker, kept by the minute, folded into hours, read back as medians."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from infra.database import db
from infra.measure import queries, rules, service
from infra.measure.models import FailedAnswer, Measurement
from infra.measure.rules import BOUNDS_MS, HOUR, MINUTE, Failure, Kept, Tally, Window
from kernel.actor import SYSTEM
from tests.fixtures.app import NOW

TIMES = st.lists(st.floats(0, 20_000, allow_nan=False), min_size=1, max_size=40)


def tally_of(times, failed=0):
    tally = Tally()
    for place, each in enumerate(times):
        tally = tally.with_answer(each, failed=place < failed)
    return tally


@given(TIMES, st.floats(0.01, 1))
def test_a_share_lies_in_the_bucket_of_the_answer_that_has_it(times, share):
    found = tally_of(times).quantile(share)
    exact = sorted(times)[max(0, -(-int(share * 1e9) * len(times) // 10**9) - 1)]
    top = next((bound for bound in BOUNDS_MS if bound >= exact), BOUNDS_MS[-1])
    assert found <= max(top, 0) + 1e-6 or exact > BOUNDS_MS[-1]


@given(TIMES, TIMES)
def test_adding_tallies_is_counting_all(first, second):
    both = tally_of(first) + tally_of(second)
    assert both.counts == tally_of([*first, *second]).counts
    assert both.answered == len(first) + len(second)


def test_nothing_asked_is_unknown_not_zero():
    assert Tally().quantile(0.5) is None
    assert Tally().error_rate is None
    assert rules.in_service([], NOW, Window.DAY, None) is None


def test_a_quarter_of_the_answers_failed():
    assert tally_of([10, 10, 10, 10], failed=1).error_rate == 0.25


def test_time_in_service_counts_minutes_in_which_any_worker_was_up():
    first = rules.start_of(NOW, MINUTE) - MINUTE * 10
    up = [Kept(first + MINUTE * number, "", Tally(), 1) for number in (0, 1, 2, 3, 4, 4, 10)]
    assert rules.in_service(up, NOW, Window.DAY, first) == 0.5


def test_minutes_fold_into_hours_without_loss():
    at = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
    minutes = [Kept(at + MINUTE * n, "home", tally_of([10, 200])) for n in range(3)]
    up = [Kept(at + MINUTE * n, "", Tally(), 1) for n in (0, 1, 1)]
    pages, seen = rules.folded([*minutes, *up])
    assert (pages.at, pages.tally.answered, seen.minutes) == (at, 6, 2)


def test_a_line_has_every_step_and_ends_now():
    found = rules.steps([Kept(NOW - HOUR, "home", tally_of([5]))], NOW, Window.DAY)
    assert len(found) == 24
    assert found[-1].at == rules.start_of(NOW, HOUR)
    assert [step.tally.answered for step in found].index(1) == 22


def test_answers_are_kept_and_read_back(app):
    for milliseconds in (8, 8, 8, 300):
        service.count("tasks.table", milliseconds, NOW)
    service.count("tasks.page", 20, NOW, Failure(NOW, "GET", "/projects/1/tasks/9", 500, "abc123"))
    assert service.keep(NOW) == 5
    service.count("tasks.table", 8, NOW)
    assert service.keep(NOW) == 1
    found = queries.fared(NOW, Window.DAY)
    assert [(row.endpoint, row.answered, row.failed) for row in found.pages] == [
        ("tasks.table", 5, 0),
        ("tasks.page", 1, 1),
    ]
    assert found.tally.answered == 6
    assert [each.request_id for each in found.failures] == ["abc123"]
    assert db.session.scalars(select(Measurement.minutes).where(Measurement.endpoint == "")).one() == 1


def test_what_could_not_be_kept_is_counted_again(app, monkeypatch):
    service.count("home", 10, NOW)

    def refuse(*_args):
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(service, "_write", refuse)
        with pytest.raises(OperationalError):
            service.keep(NOW)
    assert service.keep(NOW) == 1


def test_old_minutes_become_hours_and_old_hours_go(app):
    for days, endpoint in ((3, "home"), (500, "home"), (0, "home")):
        at = NOW - timedelta(days=days)
        service.count(endpoint, 10, at, Failure(at, "GET", "/", 500, "x"))
        service.keep(at)
    service.fold_minutes(SYSTEM, NOW)
    rows = db.session.scalars(select(Measurement).where(Measurement.endpoint == "home").order_by(Measurement.at)).all()
    assert [(row.seconds, row.failed) for row in rows] == [(3600, 1), (60, 1)]
    assert len(db.session.scalars(select(FailedAnswer)).all()) == 2
    assert service.fold_minutes(SYSTEM, NOW) == 0
