"""A plan that is there, and files that come back to it."""

import json

import pytest

from infra import sheets
from kernel.actor import SYSTEM
from roadmap.branches import queries as branches
from roadmap.exchange import queries as exchange
from roadmap.exchange import service as files
from roadmap.exchange.rules import mspdi_writing
from roadmap.reimport import queries, service
from tests.fixtures.app import NOW
from tests.roadmap.exchange.test_mspdi_export import RICH

KINDS = ("xml", "json", "csv", "xlsx")


def written(project, kind):
    """The plan as a file."""
    if kind == "xml":
        return mspdi_writing.write(exchange.outgoing(project))
    if kind == "json":
        return json.dumps(exchange.document(project)).encode()
    heads, rows = exchange.sheet(project)
    return sheets.write_csv(heads, rows) if kind == "csv" else sheets.write_xlsx("Plan", heads, rows)


def bring(project, content, *, actor=SYSTEM, **more):
    """A file brought into a plan."""
    return service.bring(project, queries.read(project, content), actor=actor, **more)


def look(project, content, *, actor=SYSTEM, **more):
    """What a file would do."""
    return service.look(project, queries.read(project, content), actor=actor, **more)


def shot(project):
    """All that a plan says."""
    return branches.read(project).shot


@pytest.fixture
def rich(app):
    """A plan with nearly all that MS Project knows."""
    return files.import_plan(files.read_plan(RICH), actor=SYSTEM, now=NOW, name="Rich")
