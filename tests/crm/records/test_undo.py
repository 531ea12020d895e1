"""Undoing a change to a record asks what changing it by hand would ask, now."""

import pytest

from crm.access import service as access
from crm.records import service
from crm.records.models import Lead
from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", north)


def test_ones_own_change_is_taken_back(sofie):
    lead = factories.record("lead", by=sofie, company="Kestrel")
    work = service.change("lead", lead, {"company": "Osprey"}, actor=sofie, now=NOW)
    undo(work.transaction_id, actor=sofie)
    db.session.expire_all()
    assert db.session.get(Lead, lead).company == "Kestrel"


def test_nobody_undoes_a_change_to_a_record_that_went_to_somebody_else(sofie, north):
    lead = factories.record("lead", by=sofie, company="Kestrel")
    work = service.change("lead", lead, {"company": "Osprey"}, actor=sofie, now=NOW)
    other = factories.crm_role(factories.person(), "sales-representative", north)
    service.change("lead", lead, {"owner_id": other.id}, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        undo(work.transaction_id, actor=sofie)
    db.session.expire_all()
    assert db.session.get(Lead, lead).company == "Osprey"


def test_nobody_undoes_a_change_that_their_role_only_reads_by_now(sofie):
    deal = factories.record("opportunity", by=sofie, next_step="Call")
    work = service.change("opportunity", deal, {"next_step": "Write"}, actor=sofie, now=NOW)
    access.give_role(sofie.id, "executive", actor=SYSTEM)
    access.take_role(sofie.id, "sales-representative", actor=SYSTEM)
    with pytest.raises(Refused):
        undo(work.transaction_id, actor=sofie)
