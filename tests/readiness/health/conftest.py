"""Counting what health asks of the database."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from infra.database import db


@pytest.fixture
def asked(app):
    """A block that collects the statements it sends, without those that open and close a transaction."""

    @contextmanager
    def collect():
        seen = []

        def note(_connection, _cursor, statement, *_more):
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collect
