"""The tickets of a roll-out as evidence: what counts, whose queue, and what is unknown."""

from datetime import date, timedelta

import pytest

from crm.tickets import service as tickets
from crm.tickets.service import Asked, Said
from kernel.actor import SYSTEM
from readiness.evidence.queries import evidence, may_state
from readiness.gates.rules.definitions import Category, Comparator, Criterion
from readiness.gates.rules.results import Result, judge
from readiness.gates.rules.sources import Look
from readiness.supported.queries import SUBJECTS
from roadmap.audience import service as audience
from roadmap.helpdesk import service as helpdesk
from tests import factories
from tests.fixtures.app import NOW

TODAY, HOUR = date(2026, 2, 18), timedelta(hours=1)


@pytest.fixture
def project(app):
    return factories.project()


@pytest.fixture
def queue(project):
    return helpdesk.open_queue(project, None, actor=SYSTEM)[0]


def look_at(project, subject="critical", now=NOW, **more):
    usual = {"unit": "tickets", "comparator": Comparator.AT_MOST, "threshold": 0.0, "minimum_sample": 0}
    one = Criterion(
        1, 1, "x", "X", source="tickets", subject=subject, category=Category.SUPPORT, freshness_days=7, **(usual | more)
    )
    return judge(one, evidence([one], Look(project, now, TODAY))[1], now), evidence([one], Look(project, now, TODAY))[1]


def ask(queue, severity="critical", impact="organisation", at=NOW):
    asked = Asked("No lead opens", "Nothing happens.", queue_id=queue, severity=severity, impact=impact)
    return tickets.receive(asked, actor=SYSTEM, now=at)[0]


def test_without_a_help_desk_nothing_is_known(project):
    line, told = look_at(project)
    assert (line.result, told.value) == (Result.UNKNOWN, None)
    assert "not open yet" in told.why


def test_a_help_desk_without_trouble_passes(project, queue):
    line, told = look_at(project)
    assert (line.result, told.value, told.n) == (Result.PASS, 0.0, 0)


def test_what_is_open_counts_and_is_named(project, queue):
    number = ask(queue)
    ask(queue, "low", "person")
    ask(None)
    line, told = look_at(project)
    assert (line.result, told.value, told.n) == (Result.FAIL, 1.0, 2)
    assert [each.label for each in told.offenders] == [f"T-{number} No lead opens"]
    assert look_at(project, "open")[1].value == 2
    tickets.resolve(number, {"resolution": "Done"}, actor=SYSTEM, now=NOW)
    assert look_at(project)[0].result is Result.PASS


def test_late_is_what_is_past_its_next_promise(project, queue):
    number = ask(queue)
    assert look_at(project, "late")[1].value == 0
    assert look_at(project, "late", NOW + 3 * HOUR)[1].value == 1
    tickets.reply(number, Said("We look into it"), actor=SYSTEM, now=NOW + HOUR)
    assert look_at(project, "late", NOW + 3 * HOUR)[1].value == 0


def test_early_adopters_asked_before_it_went_live(project, queue):
    ask(queue, at=NOW - timedelta(days=9))
    ask(queue)
    assert look_at(project, "early-adopters")[1].value == 2
    audience.launch(project, TODAY, actor=SYSTEM)
    assert look_at(project, "early-adopters")[1].value == 1


def test_promises_are_a_share_of_those_that_ended(project, queue):
    share = {"unit": "%", "comparator": Comparator.AT_LEAST, "threshold": 90.0}
    line, told = look_at(project, "promises", **share)
    assert (line.result, told.value) == (Result.UNKNOWN, None)
    kept, broken = ask(queue), ask(queue)
    tickets.reply(kept, Said("At once"), actor=SYSTEM, now=NOW + HOUR)
    tickets.reply(broken, Said("At last"), actor=SYSTEM, now=NOW + 5 * HOUR)
    line, told = look_at(project, "promises", NOW + 6 * HOUR, **share)
    assert (line.result, told.value, told.n) == (Result.FAIL, 50.0, 2)


def test_what_is_counted_is_not_stated(project):
    for key in SUBJECTS:
        one = Criterion(1, 1, "x", "X", source="tickets", subject=key, category=Category.SUPPORT)
        assert not may_state(one)
    assert may_state(Criterion(1, 1, "x", "X", source="tickets", subject="mood", category=Category.SUPPORT))
