"""People of two teams, and leads of theirs."""

import pytest

from tests import factories


@pytest.fixture
def people(app):
    north, south = factories.team("North"), factories.team("South")
    boss = factories.crm_role(factories.person("Jonas"), "sales-manager", north, leads=True)
    mine = factories.crm_role(factories.person("Oskar"), "sales-representative", north)
    other = factories.crm_role(factories.person("Dana"), "sales-representative", south)
    return boss, mine, other


@pytest.fixture
def leads(people):
    boss, mine, other = people
    for by, source in ((mine, "web"), (mine, "web"), (mine, "referral"), (boss, "web"), (other, "event"), (other, "")):
        factories.record("lead", by=by, source=source)
