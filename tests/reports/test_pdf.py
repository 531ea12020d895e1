"""The report as a PDF: made once, then read from every side."""

from collections import Counter
from datetime import date
from io import BytesIO
from re import sub

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from infra.audit.models import AuditEntry
from infra.database import db
from infra.pdf import pdf_of
from infra.transaction import transaction
from kernel.actor import SYSTEM
from reports.issued.rules.framing import Decision, Framing
from reports.issuing.cli import report as command
from reports.status import charts, queries
from roadmap.planting.rules import RowSeed
from roadmap.projects.models import Project
from roadmap.tasks.models import Task
from tests import factories
from tests.fixtures.app import NOW
from tests.reports.conftest import HOSTILE, PLAIN_HOSTILE, listed, plant
from tests.reports.plans import AS_OF

LONG = "Reconcile every single field of the accounts with the system that it came from and explain what differs"


def read(app, project, as_of=AS_OF):
    with app.test_request_context():
        return PdfReader(BytesIO(pdf_of(charts.document(queries.gather(project, as_of, NOW)))))


def words(page):
    return sub(r"\s+", " ", page.extract_text())


def test_the_pdf_of_a_project(app, project):
    rename(project, f"Europe {PLAIN_HOSTILE}", PLAIN_HOSTILE)
    listed(project)
    found = read(app, project)
    first, roadmap = words(found.pages[0]), words(found.pages[1])
    behind = " ".join(words(page) for page in found.pages[2:])
    assert "Go-live is planned for Thu 26 March, 23 days late." in first
    assert "Late work" in first
    assert "<img src=x" in first
    assert "7*7" in roadmap
    assert "שלום" in roadmap or "םולש" in roadmap
    assert roadmap.count("Profile the sources") == 1
    assert "Data validated" in behind
    assert "Where the figures come from" in behind
    assert f"Not issued · page 1 of {len(found.pages)}" in first
    assert found.pages[1].mediabox.width > found.pages[1].mediabox.height
    assert "/StructTreeRoot" in found.trailer["/Root"]
    assert found.xmp_metadata is not None
    assert found.metadata.title.startswith("Status report of Europe")
    assert "Roadmap" in [each.title for each in flat(found.outline)]
    assert "Helvetica" not in str(found.pages[0]["/Resources"]["/Font"])


def rename(project, name, task_name):
    with transaction(SYSTEM, "project.changed") as work:
        work.session.get_one(Project, project).name = name
        task = work.session.query(Task).filter(Task.name.startswith("Reconcile")).one()
        task.name = f"Reconcile {task_name}"


def flat(outline):
    return [each for part in outline for each in (flat(part) if isinstance(part, list) else [part])]


def test_the_first_page_is_one_page_however_much_is_late(app):
    project = factories.project(LONG, target_go_live=date(2026, 2, 20))
    people = [factories.person(f"Maximiliane Featherstonehaugh-Cholmondeley {n}").id for n in range(4)]
    seeds = [
        RowSeed(
            f"t{n}",
            f"{LONG} {n} {PLAIN_HOSTILE}",
            None,
            {"duration_minutes": 480 * (1 + n % 20), "owner_id": people[n % 4]} if n % 3 else {"type": "milestone"},
        )
        for n in range(60)
    ]
    plant(project, seeds)
    for n in range(3):
        listed(project, name=f"{LONG} {n}")
    found = read(app, project)
    assert "Who waits for what" in words(found.pages[0])
    assert "Roadmap" in words(found.pages[1])
    assert found.pages[1].mediabox.width > found.pages[1].mediabox.height
    wide = [words(page) for page in found.pages if page.mediabox.width > page.mediabox.height]
    drawn = Counter(n for text in wide for n in range(60) if f"what differs {n} <img" in text)
    assert drawn == dict.fromkeys(range(60), 1)


def test_the_first_page_is_one_page_with_a_long_comment_and_long_decisions(app):
    project = factories.project(LONG, target_go_live=date(2026, 2, 20))
    seeds = [RowSeed(f"t{n}", f"{LONG} {n}", None, {"duration_minutes": 480 * (1 + n)}) for n in range(20)]
    stones = [RowSeed(f"m{n}", f"{LONG} {n}", None, {"type": "milestone"}) for n in range(20)]
    plant(project, seeds + stones)
    decisions = (Decision(f"{LONG} {PLAIN_HOSTILE}"[:160], LONG * 2, LONG[:80], AS_OF),) * 3
    moved = dict.fromkeys(range(1, 41), date(2026, 1, 1))
    frame = Framing(6, "7F3A-90C1-E2", LONG, f"{LONG} " * 38, decisions, 5, date(2026, 2, 12), moved)
    with app.test_request_context():
        made = pdf_of(charts.document(queries.gather(project, AS_OF, NOW, frame)))
    found = PdfReader(BytesIO(made))
    assert "Decisions needed" in words(found.pages[0])
    assert "Verify 7F3A-90C1-E2 · page 1 of" in words(found.pages[0])
    assert "Roadmap" in words(found.pages[1])
    behind = " ".join(words(page) for page in found.pages)
    assert "The manager's comment" in behind
    assert "Decisions needed, in full" in behind


def test_signs_that_no_font_has_leave_the_rest_readable(app):
    project = factories.project("Europe 🚀")
    plant(project, [RowSeed("a", f"Reconcile {HOSTILE}", None, {"duration_minutes": 480})])
    found = read(app, project)
    roadmap, *rest = ("".join(filter(str.isalpha, words(page))) for page in found.pages[1:])
    assert "Reconcile" in roadmap
    assert "Wherethefigurescomefrom" in "".join(rest)


def test_an_empty_project_has_a_report_too(app):
    found = read(app, factories.project("Empty"))
    assert "there is nothing to report" in words(found.pages[0])
    assert "there is nothing to draw" in words(found.pages[1])
    assert len(found.pages) <= 3


def test_the_file_is_named_and_its_export_noted(browser, project):
    answer = browser(project).get(f"/projects/{project}/report.pdf?as_of=2026-02-17")
    assert answer.mimetype == "application/pdf"
    assert answer.data[:5] == b"%PDF-"
    assert "status-report-europe-img-src-x" in answer.headers["Content-Disposition"]
    assert "2026-02-17.pdf" in answer.headers["Content-Disposition"]
    assert db.session.query(AuditEntry).filter_by(action="report.exported").count() == 1


def test_a_wrong_day_makes_no_file(browser, project):
    answer = browser(project).get(f"/projects/{project}/report.pdf?as_of=never")
    assert answer.status_code == 422
    assert "“never” is not a day" in answer.text


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["status", "1", "-o", "status.pdf", "--as-of", "2026-02-18"], 0, "status.pdf"),
        (["status", "1", "-o", "status.pdf", "--as-of", "soon"], 1, "is not a day"),
        (["status", "77", "-o", "status.pdf"], 1, "There is no such"),
        (["status", "1", "-o", "nowhere/status.pdf"], 1, "can't be written"),
        (["status", "1"], 2, "Missing option"),
        (["status", "1", "-o", "status.pdf", "--issued", "3"], 1, "There is no such"),
        (["status", "1", "-o", "status.pdf", "--issued", "1", "--as-of", "2026-02-18"], 1, "leave --as-of out"),
    ],
)
def test_the_command_writes_a_file_or_says_why_not(app, project, tmp_path, monkeypatch, arguments, status, says):
    monkeypatch.chdir(tmp_path)
    outcome = CliRunner().invoke(command, arguments, obj=lambda: app)
    assert (outcome.exit_code, says in outcome.output) == (status, True), outcome.output
    assert (tmp_path / "status.pdf").exists() is (status == 0)
