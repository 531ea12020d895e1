"""The readiness pack: what it says, of now and of a kept day, issued with a code that verifies, and as a command."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from io import BytesIO
from re import sub

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from infra.pdf import pdf_of
from infra.sheets import clean, guard
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from readiness.decisions.rules import Taken
from readiness.gates import service as criteria
from readiness.gates.models import ReadinessCriterion, ReadinessGate
from readiness.gates.rules.sources import Look
from readiness.meeting import service as meeting
from readiness.signoffs import service as signs
from readiness.signoffs.rules import Chosen, Given
from readiness.verdict import service as verdict
from readiness.verdict.models import ReadinessDay
from reports.issued import queries as issued
from reports.issuing.cli import report
from reports.readiness import charts, queries, service
from reports.verify import service as verify
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
HOSTILE = '<script>alert(1)</script> \u202eاختبار {{ 7 * 7 }} =cmd|"/c calc"'


@pytest.fixture
def project(app):
    made = factories.project("Europe launch", target_go_live=date(2026, 3, 3))
    with transaction(SYSTEM, "project.created") as work:
        limits = {"minimum_score": 85, "minimum_confidence": 80}
        work.session.add(ReadinessGate(project_id=made, key="go-live", name="Gate go-live", **limits))
    values = {"statement": f"A survey was held {HOSTILE}"[:200], "source": "survey", "must_have": True}
    criteria.add_criterion(made, "go-live", values, actor=SYSTEM)
    return made


@pytest.fixture
def maren(project):
    return factories.person("Maren", projects={project: "manager"})


def decided(project, maren):
    look = Look(project, NOW, TODAY)
    signs.choose(project, "go-live", Chosen(["member:manager"], ["member:manager"]), actor=maren)
    signs.ask(look, "go-live", None, actor=maren)
    meeting.sign("go-live", Given("member:manager", "reject", HOSTILE), look, actor=maren)
    meeting.decide("go-live", Taken("no-go", HOSTILE, key="k"), look, actor=maren)


def html_of(project, as_of=None, now=NOW):
    return charts.document(charts.said(queries.gather(project, "", as_of, now)))


def test_the_pack_says_what_the_meeting_looks_at(project, maren):
    decided(project, maren)
    html = html_of(project)
    for words in (
        "No-go today. One must-have is unknown.",
        "decided: no-go",
        "Rejected",
        "Gate go-live",
        "taken by Maren on",
        "Not issued",
        "The quorum is reached.",
    ):
        assert words in html, words
    assert "<script>alert" not in html


def test_a_kept_day_gives_its_own_figures_and_one_that_was_not_kept_is_refused(project):
    verdict.keep_day(Look(project, NOW, TODAY), actor=SYSTEM)
    later = NOW + timedelta(days=3)
    assert "No-go on Wednesday 18 February 2026" in html_of(project, TODAY, later)
    with pytest.raises(RuleBroken, match="Nothing was kept"):
        html_of(project, TODAY - timedelta(days=1), later)
    with pytest.raises(NotFound):
        queries.gather(project, "x", None, NOW)


def test_a_pack_of_a_kept_day_is_told_by_what_was_asked_on_that_day(project):
    verdict.keep_day(Look(project, NOW, TODAY), actor=SYSTEM)
    then = queries.gather(project, "go-live", TODAY, NOW)
    with transaction(SYSTEM, "gates.changed") as work:
        gate = work.session.scalars(select(ReadinessGate).where(ReadinessGate.project_id == project)).one()
        gate.name, gate.minimum_score = "Another name", 10
        row = work.session.scalars(select(ReadinessCriterion).where(ReadinessCriterion.project_id == project)).one()
        row.threshold, row.weight, row.must_have, row.statement = 7, 5, False, "Something else"
    later = queries.gather(project, "go-live", TODAY, NOW + timedelta(days=3))
    (line,) = later.standing.lines
    assert (line.criterion.threshold, line.criterion.weight, line.criterion.must_have) == (1, 1, True)
    assert line.criterion.statement.startswith("A survey was held")
    assert (later.gate.name, later.gate.minimum_score) == ("Gate go-live", 85)
    assert charts.workbook(then)[1].rows == charts.workbook(later)[1].rows
    assert "those of today" not in charts.said(later).sentence


def test_a_day_whose_questions_were_not_kept_says_so(project):
    verdict.keep_day(Look(project, NOW, TODAY), actor=SYSTEM)
    with transaction(SYSTEM, "gates.changed") as work:
        work.session.scalars(select(ReadinessDay)).one().asked = None
    later = queries.gather(project, "go-live", TODAY, NOW + timedelta(days=3))
    assert "The criteria are those of today" in charts.said(later).sentence


def test_an_issued_pack_verifies_and_renders_to_the_same_text(app, project, maren):
    decided(project, maren)
    pack = queries.gather(project, "go-live", None, NOW)
    numbers = [service.issue(project, charts.composer(pack), pack.as_of, "press", actor=maren) for _turn in range(2)]
    assert numbers == [1, 1]
    row = issued.report(project, 1)
    assert (row.kind, row.state) == ("readiness", "no-go")
    assert row.title.startswith("Readiness pack 1 of Europe launch")
    again = pdf_of(issued.document_of(row.id))
    assert hashlib.sha256(again).hexdigest() == row.digest
    assert verify.compare(row, row.digest).verdict is verify.Verdict.ORIGINAL
    assert issued.newest(project) is None
    assert issued.framing_of(project, TODAY).last is None
    found = PdfReader(BytesIO(again))
    text = " ".join(sub(r"\s+", " ", each.extract_text()) for each in found.pages)
    for words in ("Readiness pack 1", "Criteria", "Sign-offs in full", "Where the figures come from", "page 1 of"):
        assert words in text, words


def test_the_pack_is_issued_from_the_meeting_and_read_like_a_report(app, project, maren):
    client = factories.sign_in(app.test_client(), maren)
    assert "Issue the pack" in client.get(f"/projects/{project}/readiness/decision").text
    answer = client.post(f"/projects/{project}/readiness/gates/go-live/pack", data={"key": "k"})
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Readiness pack 1" in page
    assert "Correct" not in page
    assert client.get(f"{answer.location}/correct").status_code == 404
    assert "Readiness pack" in client.get(f"/projects/{project}/reports").text
    assert client.get(f"{answer.location}.pdf").data.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("query", "status"), [("", 200), ("?gate=x", 404), ("?as_of=2026-02-01", 422), ("?as_of=x", 422)]
)
def test_the_file_of_the_moment(app, project, maren, query, status):
    answer = factories.sign_in(app.test_client(), maren).get(f"/projects/{project}/readiness/pack.pdf{query}")
    assert answer.status_code == status
    if status == 200:
        assert answer.data.startswith(b"%PDF-")
        assert "readiness-pack-europe-launch" in answer.headers["Content-Disposition"]


def test_the_workbook_holds_the_same_figures_and_runs_no_formula(app, project, maren):
    answer = factories.sign_in(app.test_client(), maren).get(f"/projects/{project}/readiness/pack.xlsx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith("2026-02-18.xlsx")
    book = load_workbook(BytesIO(answer.data))
    assert book.sheetnames == ["Gate", "Criteria", "Waivers", "Sign-offs", "Decisions", "History"]
    pack, facts = queries.gather(project, "", None, NOW), dict(book["Gate"].iter_rows(values_only=True))
    assert facts["Score"] == pack.standing.score
    rows = list(book["Criteria"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == [guard(clean(line.criterion.statement)) for line in pack.standing.lines]
    assert sum(row[10] for row in rows) == pytest.approx(pack.standing.score or 0, abs=0.1)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


def test_the_command_writes_the_file(app, project, tmp_path):
    target = tmp_path / "pack.pdf"
    found = CliRunner().invoke(report, ["readiness", str(project), "-o", str(target)], obj=lambda: app)
    assert found.exit_code == 0, found.output
    assert target.read_bytes().startswith(b"%PDF-")
