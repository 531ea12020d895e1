"""The pages of quality, duplicates and merging through the browser."""

import pytest

from crm.quality import queries
from crm.records.models import Contact, Lead
from infra.database import db
from tests import factories
from tests.factories import sign_in

EVIL = '<script>alert("x")</script>\u202e' + "=cmd" * 20


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def boss(north):
    return factories.crm_role(factories.person("Boss"), "crm-administrator", north)


@pytest.fixture
def page(client, boss):
    return sign_in(client, boss)


def test_an_empty_crm_says_so(page):
    assert "There is nothing to judge yet." in page.get("/crm/quality").text
    assert "No two records that you see look like one." in page.get("/crm/duplicates").text
    assert "No further record of yours" in page.get("/crm/quality/mend").text
    assert "Nothing was merged yet" in page.get("/crm/merges").text


def test_the_figure_stands_first_and_leads_to_the_records(page, boss):
    factories.record("contact", by=boss, last_name=EVIL, title="n/a")
    text = page.get("/crm/quality").text
    assert "33.3 % of what is required" in text
    assert "/crm/quality/contacts?field=title" in text
    listed = page.get("/crm/quality/contacts?field=title").text
    assert "These contacts lack: job title." in listed
    assert "<script>alert" not in listed
    for query in ("?field=nothing", "?team=x&owner=y&after=-3", "?after=99999999999"):
        assert page.get(f"/crm/quality/contacts{query}").status_code == 200
    assert page.get("/crm/quality/nothing").status_code == 404


def test_records_are_mended_one_after_the_other(page, boss):
    one = factories.record("contact", by=boss, title="n/a")
    factories.record("contact", by=boss)
    begun = page.get("/crm/quality/mend", follow_redirects=True).text
    assert "2 of your contacts lack something" in begun
    assert "Job title only holds the place" in begun
    address = f"/crm/quality/mend/contacts/{one}"
    wrong = page.post(address, data={"title": "Buyer", "email": "ines@", "phone": "12"})
    assert wrong.status_code == 422
    assert "is not an e-mail address" in wrong.text
    assert 'value="ines@"' in wrong.text
    sent = {"title": "Buyer", "email": "ines@kestrel.example", "phone": "+32 2 555 12 34"}
    after = page.post(address, data=sent, follow_redirects=True).text
    assert "1 mended today" in after
    row = db.session.get(Contact, one)
    assert (row.title, row.email, row.phone) == ("Buyer", "ines@kestrel.example", "+3225551234")
    assert "No further record" in page.get("/crm/quality/mend/contacts?after=999").text


def two_leads(boss, **more):
    values = {"first_name": "Ines", "last_name": "Maertens", "email": "ines@kestrel.example", **more}
    return [factories.record("lead", by=boss, **values) for _ in range(2)]


def test_a_pair_is_shown_with_its_reasons_and_put_aside(page, boss):
    two_leads(boss, company="Kestrel")
    text = page.get("/crm/duplicates?object=lead&level=sure&mine=1").text
    assert "1 pair may be one and the same record; 1 surely is." in text
    assert "Same e-mail, same last name, same first name" in text
    assert page.get("/crm/duplicates?object=x&level=y&start=-4").status_code == 200
    put = page.post("/crm/duplicates/1/dismiss", follow_redirects=True)
    assert "They stay two." in put.text
    assert page.post("/crm/duplicates/99/dismiss").status_code == 404


def test_records_are_merged_and_the_old_address_leads_to_the_one_that_stays(page, boss):
    one, other = two_leads(boss, company=EVIL)
    compared = page.get(f"/crm/merge/leads?ids={one},{other}")
    assert compared.status_code == 200
    assert "<script>alert" not in compared.text
    sent = {"ids": [one, other], "into": one, "email": other}
    merged = page.post("/crm/merge/leads", data=sent)
    assert merged.headers["Location"] == f"/crm/leads/{one}"
    assert page.get(f"/crm/leads/{other}").headers["Location"] == f"/crm/leads/{one}"
    assert "Merged into it" in page.get(f"/crm/leads/{one}").text
    assert "Take back" in page.get("/crm/merges").text
    assert "as they were before" in page.post("/crm/merges/1/undo", follow_redirects=True).text
    assert db.session.get(Lead, other, populate_existing=True).deleted_at is None
    assert "taken back already" in page.post("/crm/merges/1/undo", follow_redirects=True).text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/crm/merge/leads", 404),
        ("/crm/merge/leads?ids=x", 404),
        ("/crm/merge/leads?ids=99,98", 404),
        ("/crm/merge/nothing?ids=1,2", 404),
        ("/crm/merge/leads?ids=1", 200),
    ],
)
def test_bad_addresses_of_merging(page, boss, address, status):
    two_leads(boss)
    assert page.get(address).status_code == status


@pytest.mark.parametrize("sent", [{}, {"ids": "1,2"}, {"ids": "1", "into": "1"}, {"ids": "1,99", "into": "1"}])
def test_bad_merges_change_nothing(page, boss, sent):
    two_leads(boss)
    assert page.post("/crm/merge/leads", data=sent).status_code in (404, 422)
    assert queries.db.session.get(Lead, 2).deleted_at is None


def test_what_is_merged_by_itself_is_switched_on_and_off(page):
    assert (
        "merged without asking from now on"
        in page.post("/crm/merges/automatic", data={"on": "1"}, follow_redirects=True).text
    )
    assert "Sure duplicates are merged without asking." in page.get("/crm/merges").text
    assert "Nothing is merged by itself" in page.post("/crm/merges/automatic", follow_redirects=True).text


@pytest.mark.parametrize("address", ["/crm/quality", "/crm/duplicates"])
def test_a_page_asks_the_database_little(page, boss, address, asked):
    for number in range(4):
        two_leads(boss, company=f"Kestrel {number}")
    page.get(address)
    with asked() as sent:
        page.get(address)
    assert len(sent) <= 16
