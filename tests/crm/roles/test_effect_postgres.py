"""What a move means is what happens, counted by PostgreSQL."""

import pytest
from sqlalchemy import func, select

from crm.access import queries as access
from crm.access.queries import access_of, reach
from crm.handover import service as handover
from crm.objects.rules.catalogue import OBJECTS
from crm.records.models import TABLES
from crm.roles import queries
from crm.roles.queries import Moving
from infra.database import db
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

LEAD = OBJECTS["lead"]


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_app")
def test_the_effect_is_what_happens():
    north, south = factories.team("North"), factories.team("South")
    rep = factories.crm_role(factories.person(), "sales-representative", north)
    old = factories.crm_role(factories.person(), "sales-manager", north)
    new = factories.crm_role(factories.person(), "sales-manager", south)
    for _each in range(3):
        factories.record("lead", by=rep)
    state = access.state()
    for team_id in (south, None):
        told = queries.effect(state, _moved(state, rep.id, team_id), Moving(rep.id, team_id))
        found = {each.holder.id: each.records for each in told.people}
        assert (found[old.id][0].gained, found[old.id][0].lost) == (0, 3)
        assert (new.id in found) is (team_id == south)
    handover.move(rep.id, south, leads=False, follow=True, actor=SYSTEM, now=NOW)
    seen = {who.id: _count(who) for who in (rep, old, new)}
    assert seen == {rep.id: 3, old.id: 0, new.id: 3}


def _moved(state, person_id, team_id):
    return queries.with_person(state, person_id, state.holders[person_id].roles, team_id, leads=False)


def _count(who):
    table = TABLES["lead"]
    return db.session.scalar(select(func.count()).where(reach(access_of(who), "see", LEAD, table)))
