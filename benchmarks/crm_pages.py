"""How fast lists, records, the board and search answer, and how that grows: p50 and p95 by page and by reader.

    python -m benchmarks.crm_pages FOLDER [FOLDER…]

Each FOLDER is a data directory that `benchmarks.crm_load` filled. Readers are one who sees all and those who own most
and least; each page is asked for in the process itself, without a network. With several folders the last column says
how much longer the largest takes than the smallest.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.access.queries import actor_of
from accounts.signin import service as signin
from accounts.signin.queries import TOKEN
from accounts.tries.rules import Visit
from benchmarks.crm_load import application
from benchmarks.harness import Figure, percentile, timings
from crm.access.queries import access_of
from crm.access.rules import widest
from crm.objects.rules.catalogue import OBJECTS
from crm.records.models import TABLES, Activity, Contact
from infra.database import db
from infra.wires import wires
from kernel.permission import Visibility

TARGET = 150
"""Milliseconds that p95 has to stay under."""
RUNS = 20
PAGES = (
    "/crm/contacts",
    "/crm/contacts?sort=-name&page=100",
    "/crm/contacts?q=maertens",
    "/crm/opportunities?open=yes",
    "/crm/activities",
    "/crm/activities?kind=call",
    "/crm/activities?q=reference",
    "/crm",
    "/crm/contacts/{contact}",
    "/crm/pipeline",
    "/crm/search?q=maertens",
    "/crm/search?q=offer",
    "/crm/search?q=maertnes",
)


def readers() -> Iterator[tuple[str, int]]:
    """A name and a number: who sees all activities, and who sees most and least of a team."""
    owned = select(Activity.owner_id, func.count().label("n")).group_by(Activity.owner_id).order_by(func.count().desc())
    seen = {Visibility.ALL: "all"}
    everybody = [*db.session.scalars(select(TABLES["contact"].owner_id).distinct()), *range(1, 400)]
    for person_id in everybody:
        actor = actor_of(person_id) if person_id else None
        if actor and widest(access_of(actor), "see", OBJECTS["activity"]) is Visibility.ALL:
            yield seen[Visibility.ALL], person_id
            break
    ranked = [row.owner_id for row in db.session.execute(owned) if row.owner_id]
    for name, person_id in zip(("most", "least"), (ranked[0], ranked[-1]), strict=True):
        yield name, person_id


def contact_of(person_id: int) -> int | None:
    """A contact that somebody sees: one of their own, or any for who owns none."""
    live = select(func.max(Contact.id)).where(Contact.deleted_at.is_(None))
    return db.session.scalar(live.where(Contact.owner_id == person_id)) or db.session.scalar(live)


def browser(app: Flask, person_id: int) -> FlaskClient:
    """A browser in which somebody is signed in."""
    token = signin.open_session(person_id, stays=False, visit=Visit("127.0.0.1", "benchmark", wires().clock()))
    client = app.test_client()
    with client.session_transaction() as session:
        session[TOKEN] = token
    return client


def figures(folder: Path, database: str = "") -> list[Figure]:
    """The same as figures, and the memory of a process that answered all of it."""
    found = [
        figure
        for (who, page), (median, p95) in measure(folder, database).items()
        for figure in (
            Figure(f"{page} ({who}), p50", median, "ms"),
            Figure(f"{page} ({who}), p95", p95, "ms", TARGET),
        )
    ]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*found, Figure("memory of a worker after these pages", memory, "MB")]


def measure(folder: Path, database: str = "") -> dict[tuple[str, str], tuple[float, float]]:
    """The median and p95 of each page for each reader, in milliseconds."""
    app = application(folder, database)
    found = {}
    with app.app_context():
        for name, person_id in readers():
            client, contact = browser(app, person_id), contact_of(person_id)
            for page in PAGES:
                address = page.format(contact=contact)
                if client.get(address).status_code != HTTPStatus.OK:
                    continue
                values = timings(partial(client.get, address), RUNS)
                found[name, page] = (percentile(values, 50), percentile(values, 95))
    return found


def main(folders: list[Path]) -> None:
    """Measure and print, the smallest folder first."""
    all_found = [measure(folder) for folder in folders]
    for key in all_found[-1]:
        cells = [f"{found[key][0]:7.0f} {found[key][1]:7.0f}" for found in all_found if key in found]
        growth = all_found[-1][key][0] / all_found[0][key][0] if key in all_found[0] else 0
        late = " over the target" if all_found[-1][key][1] > TARGET else ""
        print(f"{key[0]:6} {key[1]:40} {'  '.join(cells)}  x{growth:.1f}{late}", flush=True)


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]] or sys.exit("Name at least one data directory."))
