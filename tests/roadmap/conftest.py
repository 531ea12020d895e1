"""Counting statements."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from infra.database import db


@pytest.fixture
def statements(app):
    """A block that collects the SQL it sends."""

    @contextmanager
    def collect():
        seen = []

        def note(_connection, _cursor, statement, *_more):
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collect
