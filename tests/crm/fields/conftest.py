"""Who shapes the fields and who works with them."""

import pytest

from tests.factories import crm_role, person, team


@pytest.fixture
def north(app):
    return team("North")


@pytest.fixture
def ada(app, north):
    """Somebody who may shape fields."""
    return crm_role(person("Ada"), "crm-administrator", north)


@pytest.fixture
def sofie(app, north):
    """Somebody who works with records."""
    return crm_role(person("Sofie"), "sales-representative", north)
