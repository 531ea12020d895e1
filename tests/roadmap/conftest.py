"""Counting statements, hearing events."""

from contextlib import contextmanager
from dataclasses import replace

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


@pytest.fixture
def listening(app):
    """Facts of some kinds, in a list that grows as they are told."""

    def to(*kinds):
        heard = []
        wires = app.extensions["launch90"]
        ears = tuple((kind, lambda event, _work: heard.append(event)) for kind in kinds)
        app.extensions["launch90"] = replace(wires, handlers=wires.handlers + ears)
        return heard

    return to
