"""The register says what is done with personal data, and what nobody said yet."""

from __future__ import annotations

from datetime import date

import pytest

from desk.processing import queries, rules, service
from desk.processing.rules import SHIPPED, ActivityData
from infra.undo.service import undo
from kernel.errors import NotFound, RuleBroken
from tests import factories

TODAY = date(2026, 2, 18)


@pytest.fixture
def ada(app):
    return factories.administrator()


def test_what_the_product_does_is_a_whole_beginning(ada):
    assert [rules.gaps(each) for each in SHIPPED] == [[]] * len(SHIPPED)
    service.begin(actor=ada)
    service.begin(actor=ada)
    rows = queries.activities()
    assert len(rows) == len(SHIPPED)
    assert all(rules.is_old(row.reviewed, TODAY) for row in rows), "somebody has to look at each"


@pytest.mark.parametrize(
    "data",
    [ActivityData(" "), ActivityData("x" * 121), ActivityData("Backups"), ActivityData("New", purpose="x" * 2001)],
)
def test_an_entry_that_can_not_be_is_refused(data, ada):
    service.begin(actor=ada)
    with pytest.raises(RuleBroken):
        service.add(data, actor=ada, today=TODAY)


def test_an_entry_is_changed_removed_and_brought_back(ada):
    made, _work = service.add(ActivityData("Payroll"), actor=ada, today=TODAY)
    assert len(rules.gaps(queries.data_of(queries.activity(made)))) == len(rules.TEXTS)
    service.change(made, ActivityData("Payroll", "Paying people"), actor=ada, today=TODAY)
    work = service.remove(made, actor=ada)
    with pytest.raises(NotFound):
        queries.activity(made)
    undo(work.transaction_id, actor=ada)
    assert queries.activity(made).purpose == "Paying people"


def test_the_pages_say_what_is_missing(client, ada):
    browser = factories.sign_in(client, ada)
    assert "Nothing is registered yet" in browser.get("/crm/privacy/register").text
    assert browser.post("/crm/privacy/register/begin").status_code == 303
    assert browser.post("/crm/privacy/register/new", data={"name": ""}).status_code == 422
    assert browser.post("/crm/privacy/register/new", data={"name": "=1+1", "data": "<i>"}).status_code == 303
    page = browser.get("/crm/privacy/register").text
    assert "One of 7 entries is not complete" in page
    assert "&lt;i&gt;" in page
    made = next(row.id for row in queries.activities() if row.name == "=1+1")
    assert "&lt;i&gt;" in browser.get(f"/crm/privacy/register/{made}").text
    assert browser.post(f"/crm/privacy/register/{made}", data={"name": "Backups"}).status_code == 422
    assert browser.post(f"/crm/privacy/register/{made}/remove").status_code == 303
