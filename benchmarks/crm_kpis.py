"""How fast the figures answer: the executive dashboard by reader, also right after a write, and a day kept.

    python -m benchmarks.crm_kpis FOLDER

FOLDER is a data directory that `benchmarks.crm_load` filled, and is written to: an activity is changed before each
page of the second kind, and the figures of a day are kept. Wall and processor time, as other work shares the machine.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, func, select

from accounts.access.queries import actor_of
from benchmarks.crm_load import NOW
from benchmarks.crm_pages import browser
from benchmarks.harness import percentile
from crm.access.queries import access_of
from crm.access.rules import widest
from crm.kpis.models import KpiDay
from crm.objects.rules.catalogue import OBJECTS
from crm.records import service
from crm.records.models import Activity
from crm.trends.service import keep_day
from infra.database import db
from kernel.actor import SYSTEM
from kernel.permission import Visibility
from web.app import create_app
from web.settings import read

RUNS = 10
PAGES = ("/crm/dashboards/executive", "/crm/dashboards/sales")
MOST_PEOPLE = 400
Times = list[tuple[float, float]]


def readers() -> Iterator[tuple[str, int]]:
    """Who sees the deals of all, of their team with those below it, of their team, and only their own."""
    known: set[Visibility] = set()
    for person_id in range(1, MOST_PEOPLE):
        actor = actor_of(person_id)
        access = access_of(actor) if actor else None
        level = widest(access, "see", OBJECTS["opportunity"]) if access else None
        if access and level and level not in known and "figures" in access.functions():
            known.add(level)
            yield level.name.lower().replace("_", " "), person_id


def timed(action: Callable[[], object], before: Callable[[], object] | None = None, runs: int = RUNS) -> Times:
    """Milliseconds by the wall and of the processor, of each run; ``before`` is not counted."""
    found = []
    for _ in range(runs):
        if before is not None:
            before()
        wall, processor = time.perf_counter(), time.process_time()
        action()
        found.append(((time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000))
    return found


def say(what: str, who: str, times: Times, target: int) -> None:
    """One line: median and p95 by the wall, median of the processor, and what p95 has to stay under."""
    walls, processors = [each[0] for each in times], [each[1] for each in times]
    print(
        f"{what:38} {who:15} p50 {percentile(walls, 50):6.0f}  p95 {percentile(walls, 95):6.0f}"
        f"  processor {percentile(processors, 50):6.0f}  target {target} ms",
        flush=True,
    )


def write() -> None:
    """Change an activity of the last days, so that its day has to be counted anew."""
    newest = select(func.max(Activity.id)).where(Activity.deleted_at.is_(None), Activity.occurred_at.is_not(None))
    number = db.session.scalar(newest.where(Activity.occurred_at < NOW - timedelta(days=3))) or 0
    at = db.session.scalar(select(Activity.occurred_at).where(Activity.id == number)) or NOW
    service.change("activity", number, {"occurred_at": at - timedelta(minutes=1)}, actor=SYSTEM, now=NOW)


def pages(app: Flask) -> None:
    """The dashboards for each reader, as they stand and right after a write."""
    for who, person_id in readers():
        client = browser(app, person_id)
        target = 300 if who == "all" else 1000
        for page in PAGES:
            client.get(page)
            say(page, who, timed(lambda: client.get(page)), target)  # noqa: B023  # called before the next round
        say(f"{PAGES[0]}, after a write", who, timed(lambda: client.get(PAGES[0]), write, 5), target)  # noqa: B023


def main(folder: Path) -> None:
    """Measure and print."""
    app = create_app(read({"ROADMAP_DATA_DIR": str(folder), "ROADMAP_SECRET_KEY": "x" * 40}), clock=lambda: NOW)
    with app.app_context():
        pages(app)
        day = NOW.date() - timedelta(days=1)
        db.session.execute(delete(KpiDay).where(KpiDay.day == day))
        db.session.commit()
        say("figures of a day kept", "", timed(lambda: keep_day(day, actor=SYSTEM, now=NOW, zone=UTC), None, 1), 5000)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else sys.exit("Name a data directory that benchmarks.crm_load filled."))
