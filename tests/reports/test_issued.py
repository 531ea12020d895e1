"""Issuing a report: once, whole, frozen; sent to its recipients; corrected, never changed."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from accounts.notices.models import Notice
from infra.attachments import store
from infra.audit.models import AuditEntry
from infra.database import db
from infra.mail.models import Mail
from infra.pdf import pdf_of
from infra.transaction import transaction
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import Problem, RuleBroken
from reports.issued import queries, service
from reports.issued.models import IssuedReport
from reports.issued.rules.draft import DraftData
from reports.issued.rules.framing import Decision
from reports.issuing import charts
from reports.issuing import service as issuing
from reports.issuing.cli import report as command
from reports.issuing.routes import LETTER
from roadmap.planting.rules import RowSeed
from roadmap.projects.models import Project
from roadmap.tasks.models import Task
from tests import factories
from tests.fixtures.app import NOW
from tests.reports.conftest import done, plant, snet
from tests.reports.plans import AS_OF

WRITTEN = {
    "as_of": "2026-02-18",
    "comment": "We lose a week to address data.",
    "decisions-0-what": "Approve 40 hours of overtime",
    "decisions-0-who": "Ruth Adeyemi",
    "decisions-0-by": "2026-02-20",
    "internal_note": "INTERNAL: the vendor is weak",
    "addresses": "board@partner.example",
    "key": "k1",
}
DATA = DraftData("We lose a week.", "INTERNAL", (Decision("Approve overtime", "it slips", "Ruth", date(2026, 2, 20)),))


pytestmark = pytest.mark.usefixtures("paper")


@pytest.fixture
def small(app):
    """A plan of two tasks, which makes a small PDF."""
    number = factories.project("Europe", target_go_live=date(2026, 3, 3))
    plant(
        number,
        [
            RowSeed("a", "Profile the sources", None, done(date(2026, 2, 16))),
            RowSeed("d", "Go-live", None, {"type": "milestone", "is_go_live": True, **snet(5, month=3)}),
        ],
    )
    return number


@pytest.fixture
def manager(browser, small):
    """A browser of somebody who manages the small project."""
    return browser(small, "manager")


def issue(app, project, data=DATA, as_of=AS_OF, key="k", deliver=None, **more):
    with app.test_request_context():
        compose = charts.composer(project, as_of, NOW)
        wanted = service.Wanted(data, as_of, key, **more)
        send = deliver or issuing.deliver(LETTER)
        editions = issuing.editions(data, project)
        return service.issue(project, wanted, compose, send, editions=editions, actor=SYSTEM)


def words(content):
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


def test_an_issue_has_a_number_a_file_an_entry_and_an_empty_draft(manager, small):
    manager.post(f"/projects/{small}/reports/next", data=WRITTEN | {"do": "keep"})
    answer = manager.post(f"/projects/{small}/reports/next", data=WRITTEN | {"do": "issue"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "We lose a week to address data." in answer.text
    assert "Approve 40 hours of overtime" in answer.text
    row = queries.report(small, 1)
    assert (row.as_of, row.recipients, row.opened) == (AS_OF, ("board@partner.example",), 1)
    assert store.path_of(wires().settings.files_dir, row.digest).exists()
    assert queries.digest_in_trail(row.id) == row.digest
    assert queries.draft_of(small).data.comment == ""
    assert queries.draft_of(small).data.addresses == ("board@partner.example",)
    assert "INTERNAL" not in answer.text + queries.document_of(row.id) + queries.page_of(row.id)


def test_what_was_issued_renders_to_the_same_text_whatever_changes_after(app, small, monkeypatch):
    monkeypatch.setattr(service, "pdf_of", pdf_of)
    issue(app, small)
    row = queries.report(small, 1)
    issued = words(service.content(row.digest))
    with transaction(SYSTEM, "project.changed") as work:
        work.session.get_one(Project, small).name = "Renamed"
        for task in work.session.query(Task):
            task.name = f"Another {task.id}"
    plant(small, [RowSeed("z", "New work", None, {"duration_minutes": 4800})])
    assert words(pdf_of(queries.document_of(row.id))) == issued
    assert "Verify " + queries.document_of(row.id).split("Verify ")[1][:12] in issued
    assert "Approve overtime" in issued
    assert "New work" not in queries.page_of(row.id)
    assert words(service.content(issue_again(app, small))) != issued


def issue_again(app, project):
    issue(app, project, key="again")
    return queries.report(project, 2).digest


def test_pressing_twice_issues_once(manager, small):
    for _press in range(2):
        manager.post(f"/projects/{small}/reports/next", data=WRITTEN | {"do": "issue"})
    assert [row.number for row in queries.reports(small)] == [1]


def test_two_at_once_get_two_numbers(app, small, monkeypatch):
    real, met = service._refuse_taken, []

    def overtake(project, wanted, number):
        if not met:
            met.append(number)
            raise service._Overtaken
        real(project, wanted, number)

    monkeypatch.setattr(service, "_refuse_taken", overtake)
    assert issue(app, small) == 1
    assert met == [1]


def test_an_issued_report_is_never_changed(app, small):
    issue(app, small)
    with transaction(SYSTEM, "x") as work:
        work.session.query(IssuedReport).one().comment = "All is well"
        with pytest.raises(RuntimeError, match="never changed"):
            work.session.flush()
        work.session.rollback()


def test_a_correction_names_the_old_one_and_leaves_it(app, manager, small):
    issue(app, small)
    form = WRITTEN | {"key": "c", "do": "issue"}
    refused = manager.post(f"/projects/{small}/reports/1/correct", data=form)
    assert (refused.status_code, "Say what was wrong" in refused.text) == (422, True)
    assert "We lose a week to address data." in refused.text
    done_ = manager.post(
        f"/projects/{small}/reports/1/correct", data=form | {"reason": "Wrong day"}, follow_redirects=True
    )
    assert "It corrects report 1" in done_.text
    assert "It stands in the place of report 1" in done_.text
    old = manager.get(f"/projects/{small}/reports/1").text
    assert "Read report 2 instead" in old
    assert "We lose a week." in old


def test_the_next_report_covers_the_days_since_the_last_and_says_what_moved(app, small):
    issue(app, small, as_of=date(2026, 2, 17))
    with transaction(SYSTEM, "x") as work:
        stone = work.session.query(Task).filter_by(name="Go-live").one()
        factories.db.session.flush()
        stone_id = stone.id
    frame = queries.framing_of(small, AS_OF)
    assert (frame.last, frame.since) == (1, date(2026, 2, 18))
    assert frame.before[stone_id] == date(2026, 3, 5)
    assert queries.framing_of(small, date(2026, 2, 17)).since == date(2026, 2, 11)
    assert queries.framing_of(small, date(2026, 2, 16)).last is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"as_of": "2026-02-19"}, "has not come yet"),
        ({"as_of": "soon"}, "Write the day as 2026-03-03."),
        ({"addresses": "ann@partner.example, nobody"}, "Not an e-mail address: nobody"),
        ({"addresses": "\n".join(f"a{n}@partner.example" for n in range(41))}, "At most 40 addresses"),
        ({"comment": "x" * 30_000}, "At most 4000 characters fit, this has 30000"),
        ({"decisions-1-why": "or else"}, "Say what has to be decided"),
        ({"decisions-0-by": "tomorrow"}, "Write the day as 2026-03-03."),
        ({"people": "4711"}, "Choose people of this project"),
    ],
    ids=["future", "no day", "address", "too many", "long", "decision", "day", "stranger"],
)
def test_bad_input_is_said_and_what_was_typed_is_kept(manager, small, change, says):
    answer = manager.post(f"/projects/{small}/reports/next", data=WRITTEN | change | {"do": "issue"})
    assert (answer.status_code, says in answer.text) == (422, True), answer.text
    assert "Approve 40 hours of overtime" in answer.text
    assert queries.reports(small) == []


@pytest.mark.parametrize("broken", ["disk", "font"])
def test_a_full_disk_or_a_missing_font_issues_nothing(manager, small, monkeypatch, broken):
    def fail(*_args, **_more):
        raise Problem(broken, "The server's disk is full.")

    monkeypatch.setattr(service if broken == "font" else service.store, "pdf_of" if broken == "font" else "put", fail)
    answer = manager.post(f"/projects/{small}/reports/next", data=WRITTEN | {"do": "issue"})
    assert (answer.status_code, "Nothing was issued. The server&#39;s disk is full." in answer.text) == (422, True)
    assert "We lose a week to address data." in answer.text
    assert queries.reports(small) == []
    assert db.session.query(Mail).count() == 0


def test_recipients_get_the_file_and_people_a_notice(app, small):
    ann = factories.person("Ann", email="ann@example.org", projects={small: "stakeholder"})
    issue(app, small, DraftData(people=(ann.id,), addresses=("board@partner.example",)))
    mails = {mail.recipient: mail for mail in db.session.query(Mail)}
    assert set(mails) == {"ann@example.org", "board@partner.example"}
    files = store.path_of(wires().settings.files_dir, mails["board@partner.example"].files[0]["digest"])
    assert files.read_bytes().startswith(b"%PDF-")
    assert db.session.query(Notice).filter_by(person_id=ann.id, kind="report_issued").count() == 1
    row = queries.report(small, 1)
    assert row.recipients == ("Ann", "board@partner.example")
    assert {row.digest} <= queries.kept_files()


def test_readers_see_reports_and_no_drafts(app, browser, small):
    issue(app, small)
    reader = browser(small)
    assert reader.get(f"/projects/{small}/reports/1").status_code == 200
    assert reader.get(f"/projects/{small}/reports/1.pdf").data.startswith(b"%PDF-")
    page = reader.get(f"/projects/{small}/reports").text
    assert "reports/next" not in page
    assert "board@" not in page
    assert reader.get(f"/projects/{small}/reports/2").status_code == 404
    assert reader.get(f"/projects/{small}/reports?format=csv").status_code == 200


def test_a_file_that_is_gone_is_told(app, browser, small):
    issue(app, small)
    row = queries.report(small, 1)
    store.path_of(wires().settings.files_dir, row.digest).unlink()
    answer = browser(small, "manager").get(f"/projects/{small}/reports/1.pdf")
    assert (answer.status_code, "missing on the server" in answer.text) == (400, True)


def test_the_trail_notices_a_changed_record(app, small):
    issue(app, small)
    row = queries.report(small, 1)
    entry = db.session.query(AuditEntry).filter_by(action="report.issued", subject=f"report:{row.id}").one()
    assert entry.changes["digest"] == [None, row.digest]
    assert entry.changes["number"] == [None, 1]


def test_a_correction_needs_a_reason(app, small):
    issue(app, small)
    with pytest.raises(RuleBroken, match="what was wrong"):
        issue(app, small, key="c", corrects=1)


def test_the_draft_can_be_undone(manager, small):
    manager.post(f"/projects/{small}/reports/next", data=WRITTEN | {"do": "keep"})
    later = WRITTEN | {"comment": "Another", "do": "keep"}
    page = manager.post(f"/projects/{small}/reports/next", data=later, follow_redirects=True)
    assert "Another" in page.text
    manager.post(re.findall(r"/undo/[0-9a-f]+", page.text)[-1])
    assert queries.draft_of(small).data.comment == WRITTEN["comment"]


def test_a_week_later_is_another_period(app, small):
    assert queries.framing_of(small, AS_OF + timedelta(days=7)).last is None


def test_the_command_writes_the_file_that_was_issued(app, small, tmp_path):
    issue(app, small)
    target = tmp_path / "one.pdf"
    outcome = CliRunner().invoke(command, ["status", str(small), "-o", str(target), "--issued", "1"], obj=lambda: app)
    assert outcome.exit_code == 0, outcome.output
    assert target.read_bytes() == service.content(queries.report(small, 1).digest)


def test_a_decision_becomes_an_action_item(app, manager, small):
    issue(app, small)
    row = queries.report(small, 1)
    page = manager.get(f"/projects/{small}/reports/1").text
    assert "Make it an action item" in page
    form = {"title": "Approve overtime", "due": "2026-02-20", "owner_id": "", "subject": row.subject}
    manager.post(f"/projects/{small}/actions/new", data=form | {"back": f"/projects/{small}/reports/1"})
    again = manager.get(f"/projects/{small}/reports/1").text
    assert "Approve overtime</bdi></a>" in again
