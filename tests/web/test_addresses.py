"""Numbers in addresses: what no row can have leads nowhere, whatever it is."""

import re

import pytest
from sqlalchemy import select

from crm.records.models import Lead
from infra.database import db
from tests import factories

HUGE = ["2147483648", "99999999999999999999", "9" * 5000, "-1", "1.0", "٣" * 4000, "0x10"]


@pytest.mark.parametrize("number", HUGE, ids=lambda number: number[:12])
@pytest.mark.parametrize("path", ["/projects/{}/tasks", "/projects/1/tasks/{}", "/projects/1/team/roles/{}"])
def test_a_number_that_no_row_can_have_is_not_found(app, path, number):
    client = factories.sign_in(app.test_client(), factories.administrator())
    factories.project()
    assert client.get(path.format(number)).status_code == 404


def test_the_largest_number_of_a_row_is_looked_for(app):
    client = factories.sign_in(app.test_client(), factories.administrator())
    assert client.get("/projects/2147483647/tasks").status_code == 404
    project = factories.project()
    assert client.get(f"/projects/{project}/tasks").status_code == 200


@pytest.mark.parametrize(
    "address", ["/crm/bin?q=%00", "/notices?scope=%00", "/crm/setup/ask?person=1&action=see&object=lead&record=%00a"]
)
def test_a_nul_is_left_out_of_what_is_asked(client, address):
    factories.sign_in(client, factories.administrator())
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/s/%00", "/crm/%00", "/crm/setup/roles/%00", "/crm/kpis/%00"])
def test_a_nul_in_an_address_leads_nowhere(client, address):
    factories.sign_in(client, factories.administrator())
    assert client.get(address).status_code == 404


def test_a_nul_is_left_out_of_what_is_sent(client):
    factories.sign_in(client, factories.administrator())
    assert client.post("/crm/leads/new", data={"last_name": "Maer\0tens", "status": "new"}).status_code == 303
    assert db.session.scalar(select(Lead.last_name)) == "Maertens"


def test_numbers_that_no_row_can_have_choose_nothing(client):
    factories.sign_in(client, factories.administrator())
    for address in (
        "/crm/quality/contacts?team={0}&owner={0}&after={0}",
        "/crm/duplicates?start={0}",
        "/crm/merge/contacts?ids={0}",
        "/crm/quality/mend/contacts?after={0}",
        "/crm/kpis?team={0}&person={0}",
    ):
        assert client.get(address.format(10**11)).status_code == client.get(address.format("x")).status_code != 500


def test_no_two_pages_share_an_address(app):
    """The second of them would never be reached."""
    found: dict[tuple[str, str], list[str]] = {}
    for rule in app.url_map.iter_rules():
        shape = re.sub(r"<(?:[^:<>]+:)?[^<>]+>", "<>", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found.setdefault((method, shape), []).append(rule.endpoint)
    assert {key: names for key, names in found.items() if len(set(names)) > 1} == {}
