"""Somebody who holds a role without any grant meets no CRM, and no error."""

import pytest

from crm.access.models import CrmHolder, CrmRole
from crm.access.queries import access_of
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories


@pytest.fixture
def nobody(app):
    who = factories.person("Nils")
    with transaction(SYSTEM, "crm_role.added"):
        db.session.add(CrmRole(key="empty", name="Empty", description=""))
        db.session.flush()
        db.session.add(CrmHolder(person_id=who.id, role_key="empty"))
    return who


@pytest.mark.parametrize("address", ["/crm", "/crm/leads", "/crm/tickets", "/crm/desk", "/crm/dashboards/service"])
def test_a_role_without_any_grant_opens_nothing_and_breaks_nothing(app, nobody, address):
    factories.record("lead")
    assert not access_of(nobody).uses
    answer = factories.sign_in(app.test_client(), nobody).get(address)
    assert answer.status_code in (403, 404)


def test_who_holds_it_may_still_ask_for_help(app, nobody):
    assert factories.sign_in(app.test_client(), nobody).get("/support").status_code == 200
