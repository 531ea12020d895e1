"""A roll-out with something to report: late, done, coming, waited for."""

from datetime import date, datetime

import pytest

from checklists.models import Checklist, Item, Section
from infra.transaction import transaction
from kernel.actor import SYSTEM
from reports.issued import service as issued
from roadmap.exchange import service as exchange
from roadmap.planting.rules import RowSeed, TieSeed
from tests import factories
from tests.fixtures.app import NOW

HOSTILE = '<img src=x onerror="alert(1)"> שלום مرحبا 🚀 {{ 7*7 }} %(day)s'
PLAIN_HOSTILE = HOSTILE.replace("🚀 ", "")
"""Without a sign that a machine without such fonts leaves out of the text layer."""


@pytest.fixture
def browser(app, client):
    """Somebody who reads the reports of one project; places of other rooms need not be there."""
    app.url_build_error_handlers.append(lambda _error, endpoint, values: f"/{endpoint}/{values.get('task_id', '')}")

    def sign_in(project, role="stakeholder"):
        return factories.sign_in(client, factories.person(projects={project: role}))

    return sign_in


@pytest.fixture
def project(app):
    """A dozen weeks with a hostile name and hostile tasks."""
    number = factories.project(f"Europe {HOSTILE}", target_go_live=date(2026, 3, 3))
    hannah, tom = factories.person("Hannah Okafor").id, factories.person("Tom <b>Lindqvist</b>").id
    plant(
        number,
        [
            RowSeed("p", "Data migration"),
            RowSeed("a", "Profile the sources", "p", done(date(2026, 2, 16), owner_id=hannah)),
            RowSeed("b", f"Reconcile {HOSTILE}", "p", {"duration_minutes": 480, "owner_id": hannah, **snet(12)}),
            RowSeed("c", "Test the load", "p", {"duration_minutes": 2400, "owner_id": tom, **snet(19)}),
            RowSeed("d", "Go-live", "p", {"type": "milestone", "is_go_live": True, **snet(26, month=3)}),
        ],
        [TieSeed("b", "c"), TieSeed("c", "d")],
    )
    return number


def snet(day, month=2):
    return {"constraint_type": "SNET", "constraint_date": datetime(2026, month, day, 8)}


def done(day, **values):
    at = {
        "actual_start": datetime(day.year, day.month, day.day, 8),
        "actual_finish": datetime(day.year, day.month, day.day, 17),
    }
    return {"duration_minutes": 480, "percent_complete": 100, **at, **values}


def plant(project, seeds, links=()):
    with transaction(SYSTEM, "plan.planted") as work:
        return exchange.plant(project, seeds, links, work)


def listed(project, name="Data validated", ticks=(True, False), due=date(2026, 2, 16)):
    """A checklist with an item a tick."""
    with transaction(SYSTEM, "checklist.planted") as work:
        made = Checklist(project_id=project, name=name)
        section = Section(project_id=project, name="All", checklist=made)
        work.session.add_all([made, section])
        work.session.flush()
        for number, ticked in enumerate(ticks):
            work.session.add(
                Item(
                    project_id=project,
                    checklist_id=made.id,
                    section_id=section.id,
                    position=number,
                    name=f"Item {number}",
                    due=due,
                    required=True,
                    ticked_at=NOW if ticked else None,
                )
            )
    return made


@pytest.fixture
def paper(monkeypatch):
    """PDFs that hold their own HTML: made at once, and searched as they are."""

    def made(html):
        return b"%PDF-1.7 " + html.encode()

    monkeypatch.setattr(issued, "pdf_of", made)
