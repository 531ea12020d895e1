"""The pages of imports and their commands."""

import io
import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from crm.imports.models import Import
from crm.records.models import Lead, Opportunity
from infra.database import db
from tests import factories
from tests.crm.imports.test_service import LEADS
from web import wiring
from web.cli import merged


@pytest.fixture
def boss(app):
    return factories.crm_role(factories.person("Boss"), "sales-manager", factories.team("North"), leads=True)


@pytest.fixture
def browser(client, boss):
    return factories.sign_in(client, boss)


def upload(browser, text, kind="lead", name="leads.csv"):
    return browser.post(
        "/crm/imports", data={"object": kind, "file": (io.BytesIO(text.encode()), name)}, follow_redirects=True
    )


def test_a_file_is_looked_at_mapped_and_brought_in(browser):
    page = upload(browser, LEADS).text
    assert "2 would be made" in page
    assert "looks like name@example.org" in page
    row = db.session.scalar(select(Import))
    sent = {f"to_{place}": each for place, each in enumerate(["", "first_name", "last_name", "email", "company", ""])}
    done = browser.post(f"/crm/imports/{row.id}", data={**sent, "key_0": "1", "mode": "full"}, follow_redirects=True)
    assert "2 records were made" in done.text
    assert "Take this import back" in done.text
    assert [each.source for each in db.session.scalars(select(Lead))] == ["", ""]
    csv = browser.get(f"/crm/imports/{row.id}/rejected.csv").text
    assert "nobody@kestrel.example" in csv
    mapping = browser.get(f"/crm/imports/{row.id}/mapping.json").json
    assert mapping["columns"]["E-mail"] == {"to": "email"}
    assert "taken back" in browser.post(f"/crm/imports/{row.id}/back", follow_redirects=True).text
    assert db.session.scalars(select(Lead.id)).all() == []


def test_a_doubtful_date_is_asked_on_the_page_and_cannot_be_brought_in_before(browser):
    page = upload(browser, "Name;Close date\nA;03/04/2026\n", "opportunity").text
    assert "One column can be read in two ways" in page
    row = db.session.scalar(select(Import))
    browser.post(f"/crm/imports/{row.id}", data={"to_0": "name", "to_1": "closes_on", "mode": "full"})
    assert db.session.scalars(select(Opportunity.id)).all() == []
    sent = {"to_0": "name", "to_1": "closes_on", "date_1": "DD/MM/YYYY", "mode": "full"}
    browser.post(f"/crm/imports/{row.id}", data=sent)
    assert db.session.scalar(select(Opportunity.closes_on)).isoformat() == "2026-04-03"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose a CSV or XLSX file first"),
        ({"object": "lead", "file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}, "PDF"),
        ({"object": "nothing", "file": (io.BytesIO(b"a\nb"), "a.csv")}, "Choose what the rows"),
    ],
)
def test_what_is_no_file_of_records_is_told(browser, data, said):
    answer = browser.post("/crm/imports", data=data)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_refusal_keeps_what_was_chosen(browser):
    upload(browser, "Last name;Firm;Mail\nBrandt;Nord;a@nord.example\n")
    row = db.session.scalar(select(Import))
    sent = {"to_0": "last_name", "to_1": "email", "to_2": "email", "key_2": "1", "mode": "full"}
    answer = browser.post(f"/crm/imports/{row.id}", data=sent)
    assert answer.status_code == 422
    assert "Two columns fill “E-mail”" in answer.text
    assert answer.text.count('<option value="email" selected>') == 2
    assert 'name="key_2" type="checkbox" value="1" checked' in answer.text


def test_the_page_shows_what_is_understood_of_the_first_rows(browser):
    upload(browser, "Name;Close date;Amount\nA;31/12/2026;1.234,56\n", "opportunity")
    page = browser.get(f"/crm/imports/{db.session.scalar(select(Import.id))}").text
    assert "The first rows, as they would be taken over" in page
    assert "1,234.56" in page
    assert "31 Dec" in page


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"columns": {"nothing": {"to": "name"}}}', b"\xff\xfe"])
def test_a_broken_mapping_file_is_told_and_the_page_stays(browser, content):
    upload(browser, LEADS)
    row = db.session.scalar(select(Import))
    answer = browser.post(f"/crm/imports/{row.id}", data={"mapping": (io.BytesIO(content), "mapping.json")})
    assert answer.status_code == 422
    assert "What the columns mean" in answer.text


def test_a_representative_is_told_why_there_is_no_form(client, app):
    rep = factories.crm_role(factories.person(), "sales-representative")
    page = factories.sign_in(client, rep).get("/crm/imports").text
    assert "A new file" not in page
    assert upload(client, LEADS).status_code == 403


def test_the_import_of_somebody_else_is_not_there(browser, client):
    upload(browser, LEADS)
    row = db.session.scalar(select(Import))
    other = factories.crm_role(factories.person(), "sales-manager")
    assert factories.sign_in(client, other).get(f"/crm/imports/{row.id}").status_code == 404


def run(app, *words):
    (group,) = (each for each in merged(wiring.commands()) if each.name == "crm")
    return CliRunner().invoke(group, words, obj=lambda: app)


def test_the_command_brings_a_file_in_and_out_again(app, tmp_path):
    source, rest, out = tmp_path / "leads.csv", tmp_path / "rest.csv", tmp_path / "out.csv"
    source.write_text(LEADS)
    checked = run(app, "import", "leads", str(source), "--mode", "dry-run", "--format", "json")
    assert json.loads(checked.stdout)["created"] == 2
    assert db.session.scalars(select(Lead.id)).all() == []
    done = run(app, "import", "lead", str(source), "--rejected", str(rest), "--format", "json")
    assert (done.exit_code, json.loads(done.stdout)["rejected"]) == (0, 2)
    assert "not an address" in rest.read_text()
    assert run(app, "export", "leads", "-o", str(out)).exit_code == 0
    lines = out.read_text().splitlines()
    assert lines[0].startswith("id,first_name,last_name,name,company")
    assert len(lines) == 3
    listed = json.loads(run(app, "fields", "lead", "--format", "json").stdout)
    assert {"name": "email", "type": "e-mail", "protected": "personal"}.items() <= listed["fields"][5].items()


def test_the_command_refuses_what_it_would_have_to_guess(app, tmp_path):
    source = tmp_path / "deals.csv"
    source.write_text("Name,Close date\nA,03/04/2026\n")
    refused = run(app, "import", "opportunity", str(source))
    assert refused.exit_code == 1
    assert "can be read in two ways" in refused.output
    assert run(app, "import", "nothing", str(source)).exit_code == 1
    assert run(app, "fields", "nothing").exit_code == 1
