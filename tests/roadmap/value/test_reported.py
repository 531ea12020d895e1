"""What is told of a day gone by: progress as it was reported by then, and how that is known."""

from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from kernel.actor import SYSTEM
from roadmap.baselines import service as baselines
from roadmap.outline import service as outline
from roadmap.tasks import service as tasks
from roadmap.value import charts, queries, service
from roadmap.value.cli import as_data
from roadmap.value.rules import Item, Told
from tests import factories

DAY = 480
MONDAY, TUESDAY, FRIDAY = date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 9)
AFTER = date(2026, 2, 2)
FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)


def report(project, task, percent, moment, start=datetime(2026, 1, 5, 8)):
    values = {"percent_complete": percent, "actual_start": start}
    tasks.change(project, task, values, actor=SYSTEM, now=moment)


def earned(project, day, today=AFTER):
    found = queries.value_of(project, day, today)
    return found.total.earned.ev / DAY, found.told


@pytest.fixture
def at(clock):
    """Live through some moments of another day."""

    @contextmanager
    def there(moment):
        before, clock.now = clock.now, moment
        try:
            yield
        finally:
            clock.now = before

    return there


@pytest.fixture
def plan(app, at):
    """Ten days of work that came in on Monday; 20 percent were reported on Tuesday late, 60 two weeks later."""
    with at(FIRST):
        project = factories.project(start=MONDAY, timezone="Europe/Brussels")
        task = factories.task(project, "Clean", duration_minutes=10 * DAY)
    with at(datetime(2026, 1, 6, 22, 30, tzinfo=UTC)):
        report(project, task, 20, FIRST)
    with at(datetime(2026, 1, 20, 9, tzinfo=UTC)):
        report(project, task, 60, FIRST)
    return project, task


@pytest.mark.parametrize(
    ("day", "days"), [(MONDAY, 0), (TUESDAY, 2), (FRIDAY, 2), (date(2026, 1, 19), 2), (date(2026, 1, 20), 6)]
)
def test_a_day_gone_by_knows_what_had_been_reported_by_its_end(plan, day, days):
    assert earned(plan[0], day) == (pytest.approx(days), Told.REPORTED)


def test_the_curve_goes_the_way_that_was_reported(plan):
    points = {each.day: each.ev for each in queries.value_of(plan[0], date(2026, 1, 25), AFTER).points}
    assert (points[date(2026, 1, 11)], points[date(2026, 1, 18)], points[date(2026, 1, 25)]) == (960, 960, 2880)


def test_the_last_day_has_all_that_is_done(plan):
    assert earned(plan[0], date(2026, 1, 9), date(2026, 1, 10)) == (6, Told.CURRENT)


def test_what_came_in_later_is_put_together_from_when_it_began_and_that_is_said(app, plan, at):
    project, _task = plan
    with at(datetime(2026, 1, 30, 9, tzinfo=UTC)):
        late = factories.task(project, "Load", duration_minutes=4 * DAY)
        report(project, late, 50, FIRST)
    assert earned(project, TUESDAY) == (pytest.approx(2 + 2), Told.MIXED)
    assert earned(project, date(2026, 1, 2))[1] is Told.RECONSTRUCTED
    found = queries.value_of(project, TUESDAY, AFTER)
    with app.test_request_context():
        assert "of tasks that came into this system later" in charts.told_words(found)


def test_a_task_that_is_gone_earns_nothing_on_any_day(plan, at):
    project, task = plan
    with at(FIRST):
        factories.task(project, "Other", duration_minutes=DAY)
        baselines.take(project, "Kick-off", "", reference=True, actor=SYSTEM, now=FIRST)
    outline.delete(project, [task], actor=SYSTEM)
    assert earned(project, FRIDAY)[0] == 0


def test_what_was_kept_in_the_night_stands_beside_it(app, plan):
    project, _task = plan
    service.keep_day(project, date(2026, 1, 10), actor=SYSTEM, now=FIRST)
    found, kept = queries.value_of(project, FRIDAY, AFTER), queries.kept_of(project)
    data = as_data(found, kept[0])
    assert (data["progress"], data["ev"], data["kept"]["ev"]) == ("reported", 2, 6)
    with app.test_request_context():
        assert "EV 6" in charts.kept_words(found, kept)
        assert charts.kept_words(found, []) == ""


def test_the_scope_of_a_burn_up_is_that_of_the_baseline_of_its_day_and_then_of_the_plan(plan, at):
    project, _task = plan
    with at(FIRST):
        baselines.take(project, "Kick-off", "", reference=True, actor=SYSTEM, now=FIRST)
        factories.task(project, "Extra", duration_minutes=5 * DAY)
        baselines.take(project, "More", "", reference=True, actor=SYSTEM, now=datetime(2026, 1, 14, 9, tzinfo=UTC))
        factories.task(project, "Even more", duration_minutes=DAY)
    scopes, now = queries.scopes_of(project), queries.work_of(project)
    days = (date(2026, 1, 2), MONDAY, date(2026, 1, 14), AFTER)
    assert [charts.scope_on(scopes, now, AFTER, day) / DAY for day in days] == [10, 10, 15, 16]
    assert charts.scope_on([], now, AFTER, MONDAY) / DAY == 16


def test_before_the_first_report_nothing_is_known():
    item = Item(1, None, (), ((TUESDAY, 0.0), (FRIDAY, 40.0)))
    assert [item.reported(day) for day in (MONDAY, TUESDAY, FRIDAY, AFTER)] == [None, 0, 40, 40]
