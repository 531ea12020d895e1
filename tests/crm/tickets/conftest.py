"""A team that answers tickets, and one of its agents."""

import pytest
from sqlalchemy import select

from crm.queues.models import Queue
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories


@pytest.fixture
def team(app):
    number = factories.team("Service")
    with transaction(SYSTEM, "queue.changed"):
        for queue in db.session.scalars(select(Queue)):
            queue.team_id = number
    return number


@pytest.fixture
def agent(team):
    return factories.crm_role(factories.person("Sune Agent"), "service-agent", team)
