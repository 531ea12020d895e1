"""A browser of somebody who may start a roll-out."""

import pytest

from tests import factories


@pytest.fixture
def browser(app, client):
    """Places of rooms that this one only leads to need not be there."""
    app.url_build_error_handlers.append(lambda _error, endpoint, values: f"/{endpoint}/{values.get('project_id', '')}")
    return factories.sign_in(client, factories.person("Priya Nair"))
