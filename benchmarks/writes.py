"""What one report of progress costs: the row, all dates that follow, the items that follow them, the trail, on disk.

Run: python -m benchmarks.writes
"""

import itertools
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import select

from accounts.access.queries import actor_of
from benchmarks import demo
from benchmarks.harness import Figure, measure, run
from infra.database import db
from kernel.actor import SYSTEM
from roadmap.tasks import service
from roadmap.tasks.models import Task
from web.clock import morning_of

PROJECT, MANAGER, RUNS, WAIT_MS = 1, 2, 60, 25


def main() -> list[Figure]:
    """The wait at p95 and the processor time of a write, in a copy of the demo's data."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        shutil.copytree(demo.made().folder, folder, dirs_exist_ok=True)
        app = demo.application(Path(folder))
        with app.app_context():
            rows = select(Task.id).where(Task.project_id == PROJECT, Task.type == "task", Task.percent_complete == 0)
            wanted = itertools.product(range(5, 95), db.session.scalars(rows).all())
            actor, now = actor_of(MANAGER) or SYSTEM, morning_of(demo.DAY)
            db.session.remove()

        def report() -> None:
            percent, task_id = next(wanted)
            with app.app_context():
                service.set_progress(PROJECT, task_id, percent, actor=actor, now=now)

        name = "progress of one of 173 tasks"
        return [
            measure(name, report, runs=RUNS, target=WAIT_MS, at=95, warm_up=3),
            measure(name, report, runs=RUNS, clock="processor"),
        ]


if __name__ == "__main__":
    run(main)
