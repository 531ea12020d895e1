"""How fast the page of adoption answers over a loaded CRM, its statements, and what its command costs.

    python -m benchmarks.adoption FOLDER

FOLDER is a data directory that `benchmarks.crm_load` filled, in any size, and is written to: it gets a roll-out that
has been live for twelve weeks, for everybody, and a visit of everybody on each working day.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from accounts.access import service as access
from accounts.people.models import Person
from adoption.crew import queries as crews
from adoption.measures import queries as measures
from adoption.measures.rules import Wish
from benchmarks.crm_kpis import said, timed
from benchmarks.crm_load import NOW, application
from benchmarks.crm_pages import browser
from benchmarks.harness import Figure, run
from crm.counts.rules.windows import Window
from crm.usage import queries as usage
from crm.usage.models import UsageHour, Visit
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM, project_scope
from roadmap.audience import service as audience
from roadmap.projects import service as projects

WEEKS, WORKDAYS = 12, 5
PAGE_MS, COMMAND_MS = 200, 1000
FEATURES = ("leads", "contacts", "opportunities")
READER = "executive@bench.example"


def live() -> int:
    """A roll-out that went live twelve weeks ago, and the visits since then."""
    day = NOW.date() - timedelta(weeks=WEEKS)
    project_id = projects.create_empty("Adoption", day - timedelta(weeks=8), actor=SYSTEM, now=NOW)
    audience.launch(project_id, day, actor=SYSTEM)
    rows = list(_visits())
    with transaction(SYSTEM, "usage.kept", at=NOW) as work:
        work.bulk_insert(Visit, [{"person_id": who, "started_at": at, "last_at": at} for who, at in rows])
        hours = ({"at": at.replace(minute=0, second=0, microsecond=0), "person_id": who} for who, at in rows)
        work.bulk_insert(UsageHour, [{**row, "feature": each, "count": 2} for row in hours for each in FEATURES])
    return project_id


def _visits() -> Iterator[tuple[int, Any]]:
    for number, user in enumerate(usage.everyone()):
        for days in range(1, 7 * WEEKS):
            at = NOW - timedelta(days=days, minutes=number % 120)
            if at.weekday() < WORKDAYS:
                yield user.id, at


def figures(folder: Path, database: str = "") -> list[Figure]:
    """The page by its stretches, its statements, and every promised figure over the audience."""
    app = application(folder, database)
    with app.app_context():
        project_id = live()
        reader = db.session.scalar(select(Person.id).where(Person.email == READER)) or 0
        access.grant_role(reader, "manager", project_scope(project_id), actor=SYSTEM)
        client, page = browser(app, reader), f"/projects/{project_id}/adoption"
        found: list[Figure] = []
        for address in (page, f"{page}?since=90", f"{page}?by=role"):
            client.get(address)
            found += said(address.replace(str(project_id), "1"), timed(partial(client.get, address)), PAGE_MS)
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        client.get(page)
        found.append(Figure("statements of the page of adoption", len(asked), ""))
        crew = crews.crew(project_id)
        assert crew.live_since is not None  # set above
        wish = Wish(Window(crew.live_since, NOW.date(), NOW), crew.live_since)
        found += said("every promised figure", timed(lambda: measures.figures(crew, wish), None, 3), COMMAND_MS)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a data directory that was loaded")
    run(lambda: figures(parser.parse_args().folder))
