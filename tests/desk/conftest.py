"""Counting what a page asks of the database, and pages of other rooms, whether they are there or not."""

import pytest

from checklists.models import Checklist, Item, Section
from infra.transaction import transaction
from kernel.actor import SYSTEM


@pytest.fixture
def places(app):
    """The application; links to places that it does not have lead to their names."""
    app.url_build_error_handlers.append(lambda _error, endpoint, _values: f"/{endpoint}")
    return app


@pytest.fixture
def add_item(app):
    """Something to tick in a list of its own; its number."""

    def add(project_id, name, *, guards_id=None, **values):
        with transaction(SYSTEM, "checklist.added") as work:
            section = Section(project_id=project_id, name="All")
            listed = Checklist(
                project_id=project_id, name="Pre-implementation", guards_id=guards_id, sections=[section]
            )
            work.session.add(listed)
            work.session.flush()
            item = Item(project_id=project_id, checklist_id=listed.id, section_id=section.id, name=name, **values)
            work.session.add(item)
            work.session.flush()
            return item.id

    return add
