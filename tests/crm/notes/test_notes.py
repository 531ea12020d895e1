"""Notes: who reads them, what the database and the trail hold of a confidential one, and the way back."""

import pytest
from sqlalchemy import select, text

from crm.access.queries import access_of
from crm.notes import queries, rules, service
from crm.notes.service import NoteData
from crm.records.models import Lead
from infra.audit.models import AuditEntry
from infra.database import db
from infra.undo import undo
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", north)


@pytest.fixture
def boss(north):
    return factories.crm_role(factories.person("Boss"), "sales-manager", north, leads=True)


@pytest.fixture
def lead(sofie):
    return factories.record("lead", by=sofie)


def told(lead, who):
    return queries.timeline("lead", db.session.get(Lead, lead), access_of(who), None, 30)


def test_whoever_sees_the_record_reads_the_note(lead, sofie, boss):
    made, _work = service.add("lead", lead, NoteData("Prices", "Ten per cent off"), actor=sofie, now=NOW)
    assert [each.title for each in told(lead, boss)] == ["Prices"]
    assert not queries.note(access_of(boss), made).mine
    with pytest.raises(Refused):
        service.change(made, NoteData("Mine", "now"), actor=boss, now=NOW)
    outsider = factories.crm_role(factories.person(), "sales-representative")
    with pytest.raises(NotFound):
        queries.note(access_of(outsider), made)


def test_a_confidential_note_is_read_by_its_author_and_administrators(lead, sofie, boss):
    service.add("lead", lead, NoteData("Salary", "Asks for much", confidential=True), actor=sofie, now=NOW)
    assert told(lead, boss) == []
    assert told(lead, sofie)[0].body == "Asks for much"
    assert told(lead, factories.administrator())[0].title == "Salary (confidential)"


def test_neither_the_file_nor_the_trail_holds_the_words_of_a_confidential_note(lead, sofie):
    service.add("lead", lead, NoteData("Salary", "Asks for much", confidential=True), actor=sofie, now=NOW)
    stored = str(db.session.execute(text("SELECT * FROM crm_note")).all())
    entries = str([(each.changes, each.label) for each in db.session.scalars(select(AuditEntry))])
    for word in ("Salary", "Asks for much"):
        assert word not in stored
        assert word not in entries


def test_a_note_that_is_deleted_comes_back(lead, sofie):
    made, _work = service.add("lead", lead, NoteData("", "Rang", confidential=True), actor=sofie, now=NOW)
    work = service.remove(made, actor=sofie, now=NOW)
    with pytest.raises(NotFound):
        queries.note(access_of(sofie), made)
    undo(work.transaction_id, actor=sofie)
    db.session.expire_all()
    assert queries.note(access_of(sofie), made).body == "Rang"


@pytest.mark.parametrize(("title", "body"), [("", " "), ("x" * 201, ""), ("", "x" * 20_001)])
def test_a_note_without_words_or_with_too_many_is_refused(lead, sofie, title, body):
    with pytest.raises(RuleBroken):
        service.add("lead", lead, NoteData(title, body), actor=sofie, now=NOW)


def test_what_was_sealed_comes_apart_again():
    assert rules.apart(rules.together("", "Two\nlines")) == ("", "Two\nlines")


def test_a_note_is_written_and_pinned_through_a_browser(client, lead, sofie):
    browser = factories.sign_in(client, sofie)
    assert browser.get(f"/crm/leads/{lead}/notes/new").status_code == 200
    empty = browser.post(f"/crm/leads/{lead}/notes/new", data={"title": "", "body": ""})
    assert empty.status_code == 422
    browser.post(f"/crm/leads/{lead}/notes/new", data={"title": "<b>Prices</b>", "body": "Ten", "pinned": "1"})
    page = browser.get(f"/crm/leads/{lead}").text
    assert "Pinned notes" in page
    assert "&lt;b&gt;Prices" in page
    assert browser.get("/crm/notes/999").status_code == 404
