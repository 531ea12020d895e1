"""The verify page: original, altered, unknown, no PDF; and what a stranger learns."""

from io import BytesIO

import pytest
from sqlalchemy import text

from infra.database import db
from infra.knocks import rules as doors
from reports.issued import queries, service
from reports.issued.rules.code import read_code, spelled
from tests import factories
from tests.reports.test_issued import issue

pytestmark = pytest.mark.usefixtures("paper")


@pytest.fixture
def row(app):
    project = factories.project("Europe CRM")
    issue(app, project)
    return queries.report(project, 1)


def check(client, code, content=None, name="report.pdf"):
    form = {"code": code} if content is None else {"code": code, "file": (BytesIO(content), name)}
    return client.post("/verify", data=form, content_type="multipart/form-data")


def test_the_original_is_told_whatever_its_name_and_the_spelling_of_the_code(client, row):
    content = service.content(row.digest)
    for code in (spelled(row.code), row.code.lower(), f" {row.code[:4]} {row.code[4:]} "):
        answer = check(client, code, content, "anything.bin")
        assert (answer.status_code, "This is the original" in answer.text) == (200, True)
    assert row.digest in answer.text
    assert "as report 1" in answer.text
    assert "Europe CRM" not in answer.text


def test_an_altered_file_is_told(client, row):
    content = service.content(row.digest)
    altered = content[:200] + bytes([content[200] ^ 1]) + content[201:]
    for other in (content + b"\n", altered, b"%PDF-1.7 another", b"PK\x03\x04 a zip"):
        answer = check(client, row.code, other)
        assert (answer.status_code, "This is not the original" in answer.text) == (200, True)
        assert "Europe CRM" not in answer.text


@pytest.mark.parametrize("content", [b"", b"<html>", b"%PD"])
def test_what_is_no_pdf_is_told(client, row, content):
    answer = check(client, row.code, content)
    assert (answer.status_code, "This is no PDF" in answer.text) == (422, True)


def test_an_unknown_code_is_told_and_guessing_throttled(client, row):
    for _turn in range(doors.WRONG.most):
        answer = check(client, "0000-0000-00", b"%PDF-")
        assert (answer.status_code, "No report carries this code" in answer.text) == (404, True)
    assert check(client, row.code, b"%PDF-").status_code == 429


@pytest.mark.parametrize("code", ["", "7F3A", "7F3A-90C1-EZ", "x" * 300, "<script>"])
def test_what_can_be_no_code_is_told(client, row, code):
    answer = check(client, code)
    assert (answer.status_code, "such as 7F3A-90C1-E2" in answer.text) == (422, True)
    assert "<script>" not in answer.text.split("<main")[1]


def test_without_a_file_a_stranger_learns_nothing_and_a_reader_where_it_stands(client, browser, row):
    stranger = check(client, row.code)
    assert (stranger.status_code, row.digest in stranger.text) == (422, False)
    reader = check(browser(row.project_id), row.code)
    assert reader.status_code == 200
    assert row.digest in reader.text
    assert f"/projects/{row.project_id}/reports/1" in reader.text


def test_a_record_that_was_changed_behind_the_trail_is_told(client, row):
    content = service.content(row.digest)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE issued_report SET digest = :d"), {"d": "0" * 64})
    db.session.expire_all()
    assert "can't be trusted" in check(client, row.code, content).text


def test_the_page_fills_the_code_in(client, row):
    assert spelled(row.code) in client.get(f"/verify?code={spelled(row.code)}").text


def test_codes_of_two_reports_differ(app, row):
    issue(app, row.project_id, key="2")
    assert queries.report(row.project_id, 2).code != row.code
    assert read_code(spelled(row.code)) == row.code
