"""The weekly report: due in the project's time, once, also after a pause; held back or not without a comment."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.access.models import Membership
from accounts.notices.models import Notice
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import Problem
from reports.issued import queries, service
from reports.issued.rules.draft import DraftData
from reports.issued.rules.schedule import last_round, next_round
from reports.issuing import jobs
from roadmap.projects import service as projects
from tests import factories
from tests.fixtures.app import NOW

BRUSSELS = ZoneInfo("Europe/Brussels")
WEDNESDAY = 2
pytestmark = pytest.mark.usefixtures("paper")
MONDAY_BEFORE = datetime(2026, 2, 16, 8, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@given(MOMENTS, st.integers(0, 6), st.times().map(lambda t: f"{t:%H:%M}"))
def test_rounds_follow_each_other_a_week_apart_around_now(now, weekday, at):
    last, following = (turn(weekday, at, BRUSSELS, now) for turn in (last_round, next_round))
    assert last.at <= now < following.at
    assert following.day - last.day == timedelta(days=7)
    assert {last.day.weekday(), following.day.weekday()} == {weekday}


def test_a_round_stays_at_its_wall_time_when_the_clocks_change():
    before = last_round(4, "15:00", BRUSSELS, datetime(2026, 3, 28, tzinfo=UTC))
    after = last_round(4, "15:00", BRUSSELS, datetime(2026, 4, 4, tzinfo=UTC))
    assert (before.at.astimezone(UTC).hour, after.at.astimezone(UTC).hour) == (14, 13)


@pytest.fixture
def project(app):
    return factories.project("Europe", target_go_live=date(2026, 3, 3))


def schedule(project, at="09:00", without="issue", since=MONDAY_BEFORE, people=(), addresses=()):
    data = DraftData(people=people, addresses=addresses)
    service.set_schedule(project, WEDNESDAY, at, data, without, actor=SYSTEM, now=since)


def write(project, text="All is well."):
    service.save_draft(project, DraftData(comment=text), actor=SYSTEM, now=NOW)


def run(app, now=NOW):
    with app.test_request_context():
        return jobs.issue_due(SYSTEM, now)


def test_what_is_due_is_issued_once(app, project):
    schedule(project, addresses=("board@partner.example",))
    assert run(app) == "Europe: report 1"
    assert run(app) == ""
    assert run(app, NOW + timedelta(days=1)) == ""
    row = queries.report(project, 1)
    assert (row.period, row.as_of, row.recipients, row.issued_by) == (
        "2026-02-18",
        date(2026, 2, 18),
        ("board@partner.example",),
        "Launch90",
    )


def test_nothing_is_issued_for_a_round_before_the_schedule_was_set(app, project):
    schedule(project, since=NOW)
    assert run(app) == ""


def test_after_a_pause_of_weeks_one_report_is_issued(app, project):
    schedule(project, since=NOW - timedelta(weeks=6))
    assert run(app, NOW + timedelta(days=3)) == "Europe: report 1"
    assert [row.period for row in queries.reports(project)] == ["2026-02-18"]


def test_two_schedulers_issue_one_report(app, project, monkeypatch):
    """The second one looked before the first was done: only the unique round stops it."""
    schedule(project)
    real = queries.number_of
    run(app)
    looks = iter([None, None, None])
    monkeypatch.setattr(queries, "number_of", lambda *args: next(looks, real(*args)))
    assert run(app) == "Europe: report 1"
    assert len(queries.reports(project)) == 1


def test_without_a_comment_it_waits_reminds_and_goes_out_when_one_is_written(app, project):
    boss = factories.person("Maren", projects={project: "manager"})
    schedule(project, without="hold")
    run(app, datetime.combine(date(2026, 2, 17), time(10), UTC))
    assert kinds(boss) == ["report_due"]
    for _turn in range(2):
        assert run(app) == ""
    assert kinds(boss) == ["report_due", "report_held"]
    write(project)
    assert run(app, NOW + timedelta(hours=5)) == "Europe: report 1"
    assert queries.report(project, 1).comment == "All is well."


def kinds(person):
    return sorted(row.kind for row in db.session.query(Notice).filter_by(person_id=person.id))


def test_what_fails_is_said_tried_again_and_stops_no_other(app, project, monkeypatch):
    other = factories.project("Asia")
    for each in (project, other):
        schedule(each)
    real, asked = service.pdf_of, []

    def fail_once(html):
        asked.append(html)
        if len(asked) == 1:
            raise Problem("pdf.incomplete", "inter.woff2 is missing on the server.")
        return real(html)

    monkeypatch.setattr(service, "pdf_of", fail_once)
    with pytest.raises(Problem, match=r"Europe: inter\.woff2 is missing"):
        run(app)
    assert queries.reports(project) == []
    assert len(queries.reports(other)) == 1
    assert run(app) == "Europe: report 1"


def test_a_finished_project_issues_nothing_more(app, project):
    schedule(project)
    projects.finish(project, actor=SYSTEM)
    assert run(app) == ""


def test_people_who_left_the_project_get_nothing(app, project):
    ann = factories.person("Ann", projects={project: "member"})
    schedule(project, people=(ann.id,))
    with transaction(SYSTEM, "x") as work:
        for held in work.session.query(Membership).filter_by(person_id=ann.id, scope=f"project:{project}"):
            work.session.delete(held)
    assert run(app) == "Europe: report 1"
    assert queries.report(project, 1).recipients == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"at": "25:00"}, "Write the time like 09:00."),
        ({"at": ""}, "Write the time like 09:00."),
        ({"weekday": "9"}, "Not a valid choice"),
        ({"addresses": "nobody"}, "Not an e-mail address: nobody"),
        ({"without_comment": "shout"}, "Not a valid choice"),
    ],
)
def test_a_wrong_schedule_is_said_beside_its_field(browser, project, change, says):
    boss = browser(project, "manager")
    form = {"weekday": "2", "at": "9:30", "without_comment": "hold", "addresses": "kept@partner.example"}
    answer = boss.post(f"/projects/{project}/reports/schedule", data=form | change)
    assert (answer.status_code, says in answer.text) == (422, True)
    assert queries.schedule_of(project) is None


def test_a_schedule_is_kept_shown_and_dropped(browser, project):
    boss = browser(project, "manager")
    form = {"weekday": "4", "at": "9:30", "without_comment": "hold", "addresses": "a@partner.example"}
    page = boss.post(f"/projects/{project}/reports/schedule", data=form, follow_redirects=True)
    assert "Fri 20 Feb at 09:30" in page.text
    assert "a@partner.example" in boss.get(f"/projects/{project}/reports/schedule").text
    boss.post(f"/projects/{project}/reports/schedule/drop")
    assert queries.schedule_of(project) is None
