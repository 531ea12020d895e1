"""Load of 50 people over 26 weeks, from ten roll-outs: reading and computing it, and the whole page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import event

from accounts.absences import service as absences
from accounts.absences.rules import Share, Span
from accounts.access import service as access
from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.signin import service as signin
from accounts.signin.queries import TOKEN
from accounts.tries.rules import Visit
from benchmarks.harness import Figure, measure, run
from infra.database import db
from infra.transaction import transaction
from kernel.actor import INSTANCE, SYSTEM
from roadmap.projects import service as projects
from roadmap.resources import queries
from roadmap.staffing import service as roles
from roadmap.staffing.models import Allocation
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Task
from web.app import create_app
from web.settings import read

START = date(2026, 1, 5)
TODAY = date(2026, 2, 18)
MONDAY = date(2026, 2, 16)
NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)
PEOPLE, PROJECTS, PROJECTS_EACH, TASKS_EACH, WEEKS = 50, 10, 3, 10, 26
RUNS = 15
MOST_STATEMENTS = 8


def main() -> list[Figure]:
    """Wall time of reading the load, its statements, and the page across projects as a browser gets it."""
    with TemporaryDirectory() as folder:
        app = create_app(read({"ROADMAP_DATA_DIR": folder, "ROADMAP_SECRET_KEY": "x" * 40}), clock=lambda: NOW)
        with app.app_context():
            db.create_all()
            ids = _fill()
            figures = _figures(app, ids)
            db.session.remove()
            db.engine.dispose()
        return figures


def _figures(app: Flask, ids: list[int]) -> list[Figure]:
    first, last = MONDAY, MONDAY + timedelta(weeks=WEEKS, days=-1)

    def load() -> None:
        db.session.rollback()
        db.session.expunge_all()
        found = queries.loads(ids, first, last, SYSTEM, today=TODAY)
        assert sum(each.person_id is not None for each in found) == PEOPLE

    with _counted() as statements:
        load()
    client = app.test_client()
    token = signin.open_session(_administrator(), stays=False, visit=Visit("127.0.0.1", "benchmark", NOW))
    with client.session_transaction() as session:
        session[TOKEN] = token
    address = f"/resources?weeks={WEEKS}"
    size = f"{PEOPLE} people x {WEEKS} weeks"
    return [
        measure(f"load of {size}, read and computed", load, runs=RUNS),
        Figure(f"load of {size}, statements", len(statements), "", MOST_STATEMENTS),
        measure(f"load page of {size}", lambda: client.get(address), runs=RUNS, target=100),
        Figure(f"load page of {size}, size", len(client.get(address).data) / 1024, "KiB"),
    ]


@contextmanager
def _counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def _fill() -> list[int]:
    persons = [
        people.add_person(PersonData(f"Person {number:02d}", company="Vendor"), now=NOW, actor=SYSTEM)
        for number in range(PEOPLE)
    ]
    ids = [
        projects.create_empty(f"Roll-out {number}", START, actor=SYSTEM, now=NOW, country="DE")
        for number in range(PROJECTS)
    ]
    for number, person_id in enumerate(persons[::5]):
        span = Span(TODAY + timedelta(days=number * 7), TODAY + timedelta(days=number * 7 + 4))
        absences.add_absence(person_id, span, "holiday", actor=SYSTEM)
        absences.set_share(person_id, Share(TODAY, 60), actor=SYSTEM)
    with transaction(SYSTEM, "benchmark") as work:
        for number, project_id in enumerate(ids):
            _plan(project_id, persons, number)
            tasks.reschedule(project_id, work)
    return ids


def _plan(project_id: int, persons: list[int], number: int) -> None:
    """Everybody works in three roll-outs: a task a fortnight in each, and in half of them an allocation."""
    role_id = roles.add_role(project_id, {"name": "Specialist"}, actor=SYSTEM)[0]
    here = [each for place, each in enumerate(persons) if (place + number) % PROJECTS < PROJECTS_EACH]
    rows = [
        Task(**_task(project_id, role_id, owner, place, each))
        for place, owner in enumerate(here)
        for each in range(TASKS_EACH)
    ]
    lines = [Allocation(**_line(project_id, role_id, owner, number)) for owner in here[::2]]
    db.session.add_all([*rows, *lines])


def _task(project_id: int, role_id: int, owner: int, place: int, each: int) -> dict[str, object]:
    begins = datetime.combine(START + timedelta(days=14 * each), clock(8))
    return {
        "project_id": project_id,
        "role_id": role_id,
        "owner_id": owner,
        "position": place * TASKS_EACH + each,
        "name": f"Prepare step {each} of the roll-out",
        "duration_minutes": 5 * 480,
        "work_minutes": 480,
        "constraint_type": "SNET",
        "constraint_date": begins,
    }


def _line(project_id: int, role_id: int, owner: int, number: int) -> dict[str, object]:
    first = START + timedelta(days=number * 7)
    last = first + timedelta(weeks=WEEKS)
    return {
        "project_id": project_id,
        "role_id": role_id,
        "person_id": owner,
        "first": first,
        "last": last,
        "percent": 30,
        "note": "",
    }


def _administrator() -> int:
    made = people.add_person(PersonData("Ada Admin", "ada@example.org"), now=NOW, actor=SYSTEM)
    access.grant_role(made, "administrator", INSTANCE, actor=SYSTEM)
    return made


if __name__ == "__main__":
    run(main)
