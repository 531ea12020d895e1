"""The report as a page: what it says, for whom, and of which day."""

from datetime import date

import pytest

from infra.database import db
from kernel.actor import SYSTEM
from reports.status import charts, queries
from roadmap.planting.rules import RowSeed
from roadmap.standing.rules.health import Health
from roadmap.tasks import service as tasks
from tests import factories
from tests.fixtures.app import NOW
from tests.reports.conftest import done, listed, plant
from tests.reports.plans import AS_OF, TARGET, checklist, go_live, report, work

SENTENCES = [
    ([], {}, "The plan has no tasks yet, so there is nothing to report."),
    ([go_live()], {}, "Go-live is planned for Thu 5 March, two days late. No task is late."),
    ([go_live(date(2026, 3, 4))], {}, "one day late."),
    ([go_live(TARGET)], {}, "Go-live is planned for Tue 3 March, on its target."),
    ([go_live(date(2026, 2, 27))], {}, "Go-live is planned for Fri 27 February, four days early."),
    ([go_live(target=None)], {"target": None}, "Go-live is planned for Thu 5 March; no target is set."),
    ([work(1, finish=date(2026, 3, 27))], {}, "The plan ends on Fri 27 March; no milestone in it is the go-live."),
    ([work(1), go_live(TARGET, 100)], {}, "It went live on Tue 3 March, on its target. No task is late."),
    ([go_live(TARGET, 100)], {}, "It went live on Tue 3 March, on its target."),
    (
        [work(1, "Validate", late=True), go_live(waits_for=(1,))],
        {},
        "Go-live is planned for Thu 5 March, two days late. 1 task is late; “Validate” drives the date.",
    ),
    ([work(1, "Validate"), go_live(waits_for=(1,))], {}, "No task is late; “Validate” drives the date."),
    ([work(1, late=True), work(2, late=True), go_live()], {}, "2 tasks are late."),
    (
        [go_live(TARGET)],
        {"as_of": date(2026, 1, 2)},
        "Work begins on Mon 5 January. Go-live is planned for Tue 3 March, on its target.",
    ),
]


@pytest.mark.parametrize(("rows", "more", "words"), SENTENCES, ids=[words[-50:] for _, _, words in SENTENCES])
def test_the_sentence_says_it_all(app, rows, more, words):
    with app.test_request_context():
        assert words in charts.sentence(report(rows, **more))


def test_a_very_long_name_does_not_fill_the_sentence(app):
    with app.test_request_context():
        said = charts.sentence(report([work(1, "Reconcile " * 30), go_live(waits_for=(1,))]))
    assert len(said) < 200
    assert "…" in said


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 2, 12), date(2026, 2, 18), "Thu 12 to Wed 18 February 2026"),
        (date(2026, 1, 29), date(2026, 2, 4), "Thu 29 January to Wed 4 February 2026"),
        (date(2025, 12, 29), date(2026, 1, 4), "Mon 29 December 2025 to Sun 4 January 2026"),
    ],
)
def test_a_period_names_no_month_twice(app, first, last, words):
    with app.test_request_context():
        assert charts.period(first, last) == words


def test_a_stored_project_is_gathered_as_it_stood(app, project):
    found = queries.gather(project, AS_OF, NOW).report
    assert [late.work.name.split()[0] for late in found.late] == ["Reconcile"]
    assert [each.name for each in found.done] == ["Profile the sources"]
    assert [wait.whom for wait in found.waits] == ["Hannah Okafor"]
    assert found.standing.slip == found.answer.slip == 23
    assert found.standing.health is Health.OFF_TRACK


def test_the_report_agrees_with_the_overview(browser, project):
    reader = browser(project)
    overview, report_ = (reader.get(f"/projects/{project}{page}").text for page in ("", "/report"))
    done = queries.gather(project, AS_OF, NOW).report.standing.done
    for words in ("Off track", "23 days late", f"{done:.0f} %"):
        assert words in overview
        assert words in report_


def test_gathering_takes_as_many_statements_for_any_plan(app, project, asked):
    listed(project)
    db.session.expire_all()
    with asked() as statements:
        queries.gather(project, AS_OF, NOW)
    assert len(statements) <= 60


def test_a_day_in_the_past_leaves_out_what_came_after_it(app, project):
    listed(project)
    then = queries.gather(project, date(2026, 2, 13), NOW).report
    assert then.done == ()
    assert [(each.done, each.total, each.late) for each in then.lists] == [(0, 2, 0)]
    assert [(each.done, each.total, each.late) for each in queries.gather(project, AS_OF, NOW).report.lists] == [
        (1, 2, 1)
    ]


def test_lists_without_items_are_neither_done_nor_late(app, project):
    listed(project, ticks=())
    found = queries.gather(project, AS_OF, NOW).report.lists[0]
    assert (found.done, found.total, found.late, found.required_open) == (0, 0, 0, 0)


def test_the_page_shows_names_as_text(browser, project):
    listed(project, name='<script>alert("x")</script>')
    page = browser(project).get(f"/projects/{project}/report")
    assert page.status_code == 200
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text
    assert "<script>alert" not in page.text
    assert "{{ 7*7 }}" in page.text


@pytest.mark.parametrize("typed", ["soon", "2026-02-31", "2026-02-19", '"><q>'])
def test_a_wrong_day_is_said_beside_its_field_and_kept(browser, project, typed):
    page = browser(project).get(f"/projects/{project}/report", query_string={"as_of": typed})
    assert page.status_code == 422
    assert "2026-02-18" in page.text
    assert "aria-invalid" in page.text
    assert '"><q>' not in page.text


def test_before_the_first_day_the_report_says_when_work_begins(browser, project):
    page = browser(project).get(f"/projects/{project}/report?as_of=2025-12-30")
    assert "Work begins on Mon 5 January." in page.text


def test_an_empty_project_says_of_each_part_that_there_is_nothing(browser):
    project = factories.project("Empty")
    page = browser(project).get(f"/projects/{project}/report").text
    for words in (
        "The plan has no tasks yet",
        "The plan has no milestones",
        "There is no work to be late yet",
        "Nothing begins or ends",
        "Nothing was finished",
        "Nobody waits",
        "The project has no checklists",
    ):
        assert words in page


def test_lists_that_do_not_fit_are_cut_and_repeated_in_full(app, browser):
    project = factories.project("Late")
    plant(project, [RowSeed(f"t{n}", f"Late task {n}", None, {"duration_minutes": 480}) for n in range(40)])
    page = browser(project).get(f"/projects/{project}/report").text
    assert "and 34 more" in page
    assert "All late work" in page
    assert page.count("Late task 39") == 2  # in full, and on the roadmap


def test_a_milestone_without_a_promise_says_so(app, browser):
    project = factories.project("Open")
    plant(project, [RowSeed("m", "Signed", None, {"type": "milestone"})])
    assert "no day promised" in browser(project).get(f"/projects/{project}/report").text


def test_what_was_finished_after_the_day_is_open_in_the_report_of_that_day(app, project):
    late = queries.gather(project, date(2026, 2, 17), NOW).report.late[0].work.id
    tasks.set_progress(project, late, 100, actor=SYSTEM, now=NOW)
    then = queries.gather(project, date(2026, 2, 17), NOW)
    assert late not in [each.id for each in then.report.done]
    assert not next(task for task in then.plan.tasks if task.id == late).done


def test_a_finish_in_the_week_is_shown_with_its_day(app):
    project = factories.project("Done")
    plant(project, [RowSeed("a", "Profiled", None, done(date(2026, 2, 17)))])
    assert [each.done_on for each in queries.gather(project, AS_OF, NOW).report.done] == [date(2026, 2, 17)]


def test_a_list_without_items_has_a_bar_too(app):
    assert "width=" in charts.progress_svg(checklist(done=0, total=0))
