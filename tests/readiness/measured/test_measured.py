"""What the system measured, as evidence for criteria: each source on a database, at the edges, stale and unknown."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from crm.counts.rules.windows import Window
from crm.duplicates.models import DuplicatePair
from crm.kpis.rules.definitions import KPIS
from crm.records import service as records
from crm.trust.models import PermissionRun
from crm.usage.models import Visit
from infra.backup.models import DrillRun
from infra.measure.models import Measurement
from infra.measure.rules import Tally
from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.evidence.queries import SOURCES, evidence, may_state
from readiness.gates.rules.definitions import Category, Comparator, Criterion
from readiness.gates.rules.results import Result, Unknown, judge
from readiness.gates.rules.sources import Look
from readiness.measured.rules import stretch
from roadmap.audience import service as audience
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def project(app) -> int:
    return factories.project()


def asked(source, subject="", threshold=95.0, **more) -> Criterion:
    usual = {"unit": "%", "category": Category.DATA, "freshness_days": 7}
    return Criterion(1, 1, "asked", "Asked", source=source, subject=subject, threshold=threshold, **(usual | more))


def most(source, subject, threshold, **more) -> Criterion:
    return asked(source, subject, threshold, comparator=Comparator.AT_MOST, **more)


def line(project, criterion, now=NOW):
    look = Look(project, now, TODAY)
    return judge(criterion, evidence([criterion], look)[criterion.id], now)


def keep(*rows) -> None:
    with transaction(SYSTEM, "test") as work:
        work.session.add_all(rows)


def account(owner, **values) -> int:
    """An account whose five required fields are valid but for what the values say."""
    full = {"kind": "customer", "industry": "energy", "phone": "+3225551234", "owner_id": owner.id}
    return factories.record("account", **(full | values))


def test_ninety_four_of_a_hundred_fields_are_red_and_the_ninety_fifth_turns_it_green(project):
    owner = factories.person("Oskar")
    flawed = [account(owner, industry="") for _each in range(6)]
    for _each in range(14):
        account(owner)
    asks = asked("kpi", "data-completeness", minimum_sample=100, must_have=True)
    found = line(project, asks)
    assert (found.result, found.evidence.value, found.evidence.n) == (Result.FAIL, 94.0, 100)
    assert (found.evidence.offending, found.evidence.href) == (6, "/crm/kpis/data-completeness")
    assert line(project, asked("data-quality", "account")).result is Result.FAIL
    records.change("account", flawed[0], {"industry": "energy"}, actor=SYSTEM, now=NOW)
    found = line(project, asks)
    assert (found.result, found.evidence.value, found.attained) == (Result.PASS, 95.0, 1.0)
    assert line(project, asked("data-quality", "account")).result is Result.PASS
    assert line(project, asked("data-quality", "required-fields")).evidence.value == 95.0
    few = line(project, asked("kpi", "data-completeness", minimum_sample=101))
    assert (few.result, few.unknown) == (Result.UNKNOWN, Unknown.FEW)


def test_figures_are_those_of_the_audience(project):
    north, south = factories.team("North"), factories.team("South")
    mine = factories.crm_role(factories.person("Jonas"), "sales-representative", north)
    other = factories.crm_role(factories.person("Oskar"), "sales-representative", south)
    for _each in range(4):
        account(mine)
        account(other, industry="")
    assert line(project, asked("kpi", "data-completeness")).evidence.value == 90.0
    audience.choose(project, [north], actor=SYSTEM)
    assert line(project, asked("kpi", "data-completeness")).evidence.value == 100.0
    assert line(project, asked("data-quality", "required-fields")).evidence.value == 100.0


def test_without_records_a_figure_is_unknown(project):
    for criterion in (
        asked("kpi", "data-completeness"),
        asked("data-quality", "required-fields"),
        most("data-quality", "duplicates", 2),
        asked("kpi", "weekly-active"),
    ):
        found = line(project, criterion)
        assert found.result is Result.UNKNOWN
        assert found.evidence.why


@pytest.mark.parametrize(("signed_in", "result"), [(15, "fail"), (16, "pass")])
def test_weekly_use_is_that_of_the_last_whole_week(project, signed_in, result, clock):
    clock.now = NOW - timedelta(days=30)
    people = [factories.crm_role(factories.person(), "sales-representative") for _each in range(20)]
    clock.now = NOW
    monday = NOW - timedelta(days=9)
    visits = [monday + DAY * day for day in range(3)]
    keep(*(Visit(person_id=who.id, started_at=at, last_at=at + HOUR) for who in people[:signed_in] for at in visits))
    found = line(project, asked("kpi", "weekly-active", 80, minimum_sample=10))
    assert (found.result, found.evidence.value, found.evidence.n) == (result, signed_in * 5.0, 20)
    assert (found.evidence.since, found.evidence.until) == (date(2026, 2, 9), date(2026, 2, 15))


@pytest.mark.parametrize(
    ("key", "days", "live", "covered"),
    [
        ("data-completeness", None, None, (TODAY, TODAY)),
        ("weekly-active", None, None, (date(2026, 2, 9), date(2026, 2, 15))),
        ("weekly-active", 14, None, (date(2026, 2, 2), date(2026, 2, 15))),
        ("activity-timeliness", None, None, (date(2026, 2, 12), TODAY)),
        ("contact-creation", None, None, None),
        ("contact-creation", None, date(2026, 2, 1), (date(2026, 2, 1), TODAY)),
        ("contact-creation", None, date(2026, 1, 1), (date(2026, 1, 1), date(2026, 1, 30))),
        ("contact-creation", None, date(2026, 3, 1), None),
    ],
)
def test_the_stretch_of_a_figure(key, days, live, covered):
    found = stretch(KPIS[key], days, live, Window(TODAY, TODAY, NOW, UTC))
    assert covered == (None if found is None else (found.since, found.until))


def test_growth_is_unknown_before_the_roll_out_is_live(project):
    assert "not live" in line(project, asked("kpi", "contact-creation", 10)).evidence.why
    audience.launch(project, TODAY - timedelta(days=10), actor=SYSTEM)
    assert "not live" not in line(project, asked("kpi", "contact-creation", 10)).evidence.why


@pytest.mark.parametrize(("bits", "dismissed", "threshold", "result"), [
    (16, False, 50, "pass"), (16, False, 49, "fail"), (3, False, 49, "fail"), (2.9, False, 0, "pass"),
    (16, True, 0, "pass"),
])  # fmt: skip
def test_duplicates_are_the_records_that_are_likely_one(project, bits, dismissed, threshold, result):
    numbers = [factories.record("account") for _each in range(4)]
    gone = factories.record("account")
    pairs = [(numbers[0], numbers[1]), (numbers[1], gone)]
    keep(*(
        DuplicatePair(kind="account", first_id=one, second_id=two, bits=bits, reasons=[], dismissed=dismissed)
        for one, two in pairs
    ))  # fmt: skip
    records.remove("account", [gone], actor=SYSTEM, now=NOW)
    found = line(project, most("data-quality", "duplicates", threshold, minimum_sample=4))
    assert (found.result, found.evidence.n) == (result, 4)


def run(at=NOW, cases=40, failed=0, compared=0, agreed=0) -> PermissionRun:
    return PermissionRun(
        at=at, by_id=None, by_name="Tomas", summary="", cases=cases, failed=failed, compared=compared, agreed=agreed,
        grants_digest="abcdef0123", results=[],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "result", "value"),
    [
        ([], "unknown", None),
        ([run(failed=1)], "fail", 97.5),
        ([run(failed=9), run()], "pass", 100.0),
        ([run(compared=100, agreed=99)], "fail", 99.0),
        ([run(at=NOW - timedelta(days=7))], "pass", 100.0),
        ([run(at=NOW - timedelta(days=7, seconds=1))], "unknown", 100.0),
        ([run(cases=19)], "unknown", 100.0),
        ([run(cases=20)], "pass", 100.0),
    ],
)
def test_the_last_run_of_the_permission_tests_counts(project, rows, result, value):
    for row in rows:
        keep(run(row.at, row.cases, row.failed, row.compared, row.agreed))
    found = line(project, asked("permission-test", "matrix", 100, minimum_sample=20))
    assert (found.result, found.evidence.value) == (result, value)
    assert not rows or found.evidence.href.startswith("/crm/setup/permission-tests/")


@pytest.mark.parametrize(
    ("passed", "age", "result"),
    [(True, 0, "pass"), (False, 0, "fail"), (True, 7, "pass"), (True, 8, "unknown"), (None, 0, "unknown")],
)
def test_the_last_restore_drill_counts(project, passed, age, result):
    if passed is not None:
        checks = [["rows", True, "equal"], ["files", passed, "equal" if passed else "two are missing"]]
        keep(DrillRun(file="b.zip", started_at=NOW - age * DAY, milliseconds=9, passed=passed, checks=checks))
    found = line(project, asked("backup-drill", "latest", 1, unit="yes/no", comparator=Comparator.EQUAL))
    assert found.result == result
    assert found.evidence.offending == (1 if passed is False else 0)


def answers(count, milliseconds, failed, at) -> Measurement:
    tally = Tally()
    for number in range(count):
        tally = tally.with_answer(milliseconds, failed=number < failed)
    counts = list(tally.counts)
    return Measurement(at=at, seconds=60, endpoint="overview.page", counts=counts, failed=failed, total_ms=1.0)


@pytest.mark.parametrize(
    ("failed", "age", "rate", "speed"),
    [(1, HOUR, "pass", "pass"), (2, HOUR, "fail", "pass"), (0, 2 * DAY, "unknown", "unknown")],
)
def test_answers_are_measured_over_a_day(project, failed, age, rate, speed):
    keep(answers(200, 900, failed, NOW - age))
    errors = line(project, most("measurement", "error-rate", 0.5, minimum_sample=200))
    times = line(project, most("measurement", "response-p95", 1, unit="seconds", minimum_sample=200))
    assert (errors.result, times.result) == (rate, speed)
    assert (errors.evidence.value, times.evidence.value) == ((failed / 2, 0.975) if age < DAY else (None, None))
    assert line(project, most("measurement", "response-p95", 1000, unit="ms", minimum_sample=201)).result == "unknown"


def test_a_window_of_its_own_reaches_further_back_and_may_be_stale(project):
    keep(answers(200, 900, 0, NOW - 3 * DAY))
    asks = most("measurement", "error-rate", 0.5, window_days=7, minimum_sample=200)
    assert line(project, asks).result is Result.PASS
    stale = most("measurement", "error-rate", 0.5, window_days=7, minimum_sample=200, freshness_days=2)
    assert line(project, stale).unknown is Unknown.STALE


@pytest.mark.parametrize(
    ("source", "subject", "open_to_statements"),
    [
        ("kpi", "data-completeness", False),
        ("kpi", "csat", False),
        ("kpi", "sla-met", False),
        ("kpi", "horoscope", True),
        ("measurement", "error-rate", False),
        ("measurement", "cutover-rehearsal", True),
        ("data-quality", "duplicates", False),
        ("data-quality", "weather", True),
        ("permission-test", "matrix", False),
        ("survey", "satisfaction", True),
        ("nothing-known", "", True),
    ],
)
def test_a_statement_answers_only_what_nothing_measures(project, source, subject, open_to_statements):
    assert may_state(asked(source, subject)) is open_to_statements
    found = line(project, asked(source, subject))
    assert found.result is Result.UNKNOWN
    assert found.evidence.why


def test_each_source_says_what_it_can_be_asked(project):
    look = Look(project, NOW, TODAY)
    for key in ("kpi", "data-quality", "permission-test", "backup-drill", "measurement"):
        said = SOURCES[key].subjects(look)
        assert said
        assert all(SOURCES[key].answers(subject) and name for subject, name in said)
