"""A plan of two thousand tasks in a folder of its own, and who may edit it: for what measures editing."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from accounts.access import service as access
from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.signin import service as signin
from accounts.signin.queries import TOKEN
from accounts.tries.rules import Visit
from benchmarks import demo
from infra import migrate
from infra.database import db
from infra.transaction import transaction
from infra.wires import wires
from kernel.actor import INSTANCE, SYSTEM
from roadmap.projects import service as projects
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Dependency, Task
from web.places import place

TASKS, PHASE, DAY = 2_000, 20, 480


@dataclass(frozen=True)
class LongPlan:
    """The application, a browser without scripts that is signed in, the project and its tasks in their order."""

    app: Flask
    browser: FlaskClient
    project: int
    ids: list[int]


def made(folder: Path) -> LongPlan:
    """Build it: phases of twenty in a line, each begins after the third task of the one before."""
    app = demo.application(folder)
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        migrate.upgrade(db.engine, place("migrations"))
        project, ids = _plan()
        return LongPlan(app, _browser(app), project, ids)


def _plan() -> tuple[int, list[int]]:
    project = projects.create_empty("Benchmark", date(2026, 1, 5), actor=SYSTEM, now=wires().clock())
    with transaction(SYSTEM, "task.added") as work:
        phases = TASKS // PHASE
        above = work.bulk_insert(Task, [_row(project, n, None, "summary") for n in range(phases)])
        rows = [_row(project, n, above[n // (PHASE - 1)]) for n in range(phases * (PHASE - 1))]
        ids = work.bulk_insert(Task, rows)
        links = [(ids[n - 1 if n % (PHASE - 1) else n - (PHASE - 1) + 2], ids[n]) for n in range(1, len(ids))]
        work.bulk_insert(Dependency, [
            {"project_id": project, "predecessor_id": before, "successor_id": after} for before, after in links
        ])  # fmt: skip
        tasks.reschedule(project, work)
    return project, ids


def _row(project: int, n: int, parent: int | None, kind: str = "task") -> dict[str, object]:
    return {
        "project_id": project,
        "parent_id": parent,
        "position": n,
        "name": f"Prepare step {n} of the roll-out",
        "type": kind,
        "duration_minutes": DAY * (1 + n % 4),
    }


def _browser(app: Flask) -> FlaskClient:
    now = wires().clock()
    who = people.add_person(PersonData("Maren Vogel", "maren@example.org"), now=now, actor=SYSTEM)
    access.grant_role(who, "administrator", INSTANCE, actor=SYSTEM)
    token = signin.open_session(who, stays=False, visit=Visit("127.0.0.1", "benchmark", now))
    browser = app.test_client()
    with browser.session_transaction() as session:
        session[TOKEN] = token
    return browser
