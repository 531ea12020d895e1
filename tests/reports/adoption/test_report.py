"""The adoption report: what the page says, on paper, of any day since go-live, and never of single people."""

import re
from io import BytesIO

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from sqlalchemy import select

from infra.audit.models import AuditEntry
from infra.database import db
from reports.adoption import charts, service
from reports.adoption.cli import report
from reports.issued import queries as issued
from reports.issued.models import IssuedReport
from reports.issued.rules.code import spelled
from reports.verify import service as verify
from roadmap.audience import service as audience
from tests import factories
from tests.adoption.conftest import team_of_six, used
from tests.fixtures.app import NOW

__all__ = ["team_of_six", "used"]


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(service, "pdf_of", lambda html: html.encode())


def run(app, *arguments):
    return CliRunner().invoke(report, ["adoption", *arguments], obj=lambda: app)


def test_the_report_says_what_the_page_says(app, team_of_six, used):
    used(3, 3, 3, 3, 3, 0)
    html = charts.document(team_of_six.project, NOW.date(), NOW)
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "6 users in one team" in text
    assert "3 sign-ins in the ISO week" in text
    assert "n =" in text
    assert "Anna A" not in text


def test_a_past_day_knows_nothing_of_later_ones(app, team_of_six, used):
    used(3, 3, 3, 3, 3, 3)

    def value(day):
        return charts.view_of(team_of_six.project, day, NOW).whole["weekly-active"].value

    assert value(NOW.date()) != value(NOW.date().replace(day=8))


def test_the_command_writes_a_pdf_that_can_be_read(app, team_of_six, tmp_path):
    target = tmp_path / "a.pdf"
    ran = run(app, str(team_of_six.project), "-o", str(target), "--as-of", "2026-02-18")
    assert ran.exit_code == 0, ran.output
    text = " ".join(page.extract_text() for page in PdfReader(target).pages)
    assert "Weekly active users" in text
    assert "Figures as of Wed 18 Feb" in " ".join(text.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["1", "-o", "a.pdf", "--as-of", "2025-12-01"], "was not live"),
        (["1", "-o", "a.pdf", "--as-of", "soon"], "is not a day"),
        (["77", "-o", "a.pdf"], "There is no such"),
        (["1", "-o", "nowhere/a.pdf"], "can't be written"),
    ],
)
def test_what_can_not_be_written_is_said(app, team_of_six, quick, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    ran = run(app, *arguments)
    assert ran.exit_code != 0
    assert said in f"{ran.output} {ran.exception}"


def test_people_take_it_from_the_page_and_the_trail_knows(app, client, team_of_six, quick):
    browser = factories.sign_in(client, team_of_six.manager)
    assert (
        f'href="/projects/{team_of_six.project}/adoption.pdf"'
        in browser.get(f"/projects/{team_of_six.project}/adoption").text
    )
    answer = browser.get(f"/projects/{team_of_six.project}/adoption.pdf")
    assert answer.headers["Content-Disposition"].endswith("pilot-adoption-2026-02-18.pdf")
    assert b"Weekly active users" in BytesIO(answer.data).read()
    assert db.session.query(AuditEntry).filter_by(action="adoption.reported").count() == 1
    assert browser.get(f"/projects/{team_of_six.project}/adoption.pdf?as_of=2026-13-01").status_code == 422


def test_fewer_than_five_people_are_told_nothing_of(app):
    project = factories.project()
    factories.crm_role(factories.person("Solo"), "sales-representative")
    audience.launch(project, NOW.date().replace(day=2), actor=factories.administrator())
    html = charts.document(project, NOW.date(), NOW)
    assert "Fewer than five people work with it" in html
    assert "Weekly active users" not in html


def test_an_issued_report_stays_as_it_is_and_verifies(app, team_of_six, used):
    used(3, 3, 3, 3, 3, 0)
    manager = factories.person("Maren", projects={team_of_six.project: "manager"})
    client = factories.sign_in(app.test_client(), manager)
    answer = client.post(f"/projects/{team_of_six.project}/adoption/report", data={"key": "k"})
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Adoption report 1" in page
    assert "6 users in one team" in page
    first = client.get(f"{answer.location}.pdf").data
    used(3, 3, 3, 3, 3, 3)
    assert client.get(f"{answer.location}.pdf").data == first
    again = client.post(f"/projects/{team_of_six.project}/adoption/report", data={"key": "k"})
    assert again.location == answer.location
    row = db.session.scalars(select(IssuedReport)).one()
    text = " ".join(" ".join(each.extract_text() for each in PdfReader(BytesIO(first)).pages).split())
    assert spelled(row.code) in text
    assert verify.compare(issued.report(team_of_six.project, 1), row.digest).verdict is verify.Verdict.ORIGINAL
    assert "Adoption report" in client.get(f"/projects/{team_of_six.project}/reports").text


def test_before_go_live_there_is_nothing_to_issue(app):
    project = factories.project()
    manager = factories.person("Maren", projects={project: "manager"})
    client = factories.sign_in(app.test_client(), manager)
    answer = client.post(f"/projects/{project}/adoption/report", follow_redirects=True)
    assert "was not live" in answer.text
    assert db.session.scalars(select(IssuedReport)).all() == []
