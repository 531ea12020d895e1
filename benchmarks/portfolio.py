"""The portfolio of 50 roll-outs of 60 tasks, with seven gates, a criterion each and eight kept weeks, as pages.

Roll-outs of the whole template, 166 tasks each and all of them late, are asked for by `benchmarks.readiness`.

Run: python -m benchmarks.portfolio
"""

from __future__ import annotations

from datetime import datetime, timedelta
from datetime import time as clock
from tempfile import TemporaryDirectory

from accounts.access import service as access
from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.signin import service as signin
from accounts.signin.queries import TOKEN
from accounts.tries.rules import Visit
from benchmarks.harness import Figure, percentile, run, settle, timings
from benchmarks.resources import NOW, START, TODAY
from infra.database import db
from infra.transaction import transaction
from kernel.actor import INSTANCE, SYSTEM
from readiness.gates.models import ReadinessCriterion, ReadinessGate
from readiness.verdict.models import ReadinessDay
from roadmap.projects import service as projects
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Task
from web.app import create_app
from web.settings import read

PROJECTS, TASKS, GATES, CRITERIA, WEEKS = 50, 60, 7, 60, 8
TARGET_MS, RUNS = 300, 15
PAGES = {"portfolio for executives": "/portfolio/executive", "portfolio": "/"}


def main() -> list[Figure]:
    """Both looks at the portfolio as a browser gets them."""
    with TemporaryDirectory() as folder:
        app = create_app(read({"ROADMAP_DATA_DIR": folder, "ROADMAP_SECRET_KEY": "x" * 40}), clock=lambda: NOW)
        with app.app_context():
            db.create_all()
            _fill()
            boss = people.add_person(PersonData("Ada Admin", "ada@example.org"), now=NOW, actor=SYSTEM)
            access.grant_role(boss, "administrator", INSTANCE, actor=SYSTEM)
            token = signin.open_session(boss, stays=False, visit=Visit("127.0.0.1", "benchmark", NOW))
            db.session.remove()
        client = app.test_client()
        with client.session_transaction() as session:
            session[TOKEN] = token
        figures = []
        for name, path in PAGES.items():
            client.get(path)
            settle()
            took = timings(lambda at=path: client.get(at), RUNS, 2, "processor")  # type: ignore[misc]  # each its own
            label = f"{name}, {PROJECTS} roll-outs"
            figures.append(Figure(f"{label} (processor, p95)", percentile(took, 95), "ms", TARGET_MS))
            took = timings(lambda at=path: client.get(at), RUNS)  # type: ignore[misc]  # each page its own
            figures.append(Figure(f"{label} (wall, median)", percentile(took, 50), "ms"))
        with app.app_context():
            db.engine.dispose()
        return figures


def _fill() -> None:
    ids = [
        projects.create_empty(f"Roll-out {number}", START, actor=SYSTEM, now=NOW, target_go_live=TODAY + timedelta(14))
        for number in range(PROJECTS)
    ]
    with transaction(SYSTEM, "benchmark") as work:
        for project_id in ids:
            db.session.add_all([Task(**_task(project_id, number)) for number in range(TASKS)])
            tasks.reschedule(project_id, work)
    with transaction(SYSTEM, "benchmark"):
        for project_id in ids:
            _gates(project_id)


def _task(project_id: int, number: int) -> dict[str, object]:
    last = number == TASKS - 1
    return {
        "project_id": project_id,
        "position": number,
        "name": "Go-live" if last else f"Step {number}",
        "type": "milestone" if last else "task",
        "is_go_live": last,
        "duration_minutes": 0 if last else 480,
        "work_minutes": 0 if last else 480,
        "constraint_type": "SNET",
        "constraint_date": datetime.combine(START + timedelta(days=number), clock(8)),
    }


def _gates(project_id: int) -> None:
    for number in range(GATES):
        key = "go-live" if number == 0 else f"gate-{number}"
        values = {"minimum_score": 85.0, "minimum_confidence": 80.0, "position": number}
        gate = ReadinessGate(project_id=project_id, key=key, name=key, **values)
        db.session.add(gate)
        db.session.flush()
        lines = [_criterion(gate, each) for each in range(CRITERIA if number == 0 else 0)]
        for day in range(WEEKS * 7 if number == 0 else 1):
            at = NOW - timedelta(days=day)
            kept = {"decision": "no-go", "score": 60.0 + day % 7, "confidence": 0.7, "lines": lines, "at": at}
            db.session.add(ReadinessDay(project_id=project_id, gate_id=gate.id, day=at.date(), **kept))


def _criterion(gate: ReadinessGate, number: int) -> dict[str, object]:
    row = {"key": f"c-{number}", "statement": f"What is asked as number {number} is so", "weight": 1.0}
    more = {"category": "data", "source": "survey", "comparator": ">=", "threshold": 1.0, "unit": "yes/no"}
    must = {"position": number, "must_have": number < 10}  # noqa: PLR2004  # some of them
    db.session.add(ReadinessCriterion(project_id=gate.project_id, gate_id=gate.id, **row, **more, **must))
    return row | {"result": "fail" if number % 3 == 0 else "unknown", "value": None, "contribution": 1.0}


if __name__ == "__main__":
    run(main)
