"""How fast the figures answer: the executive dashboard by reader, also right after a write, and a day kept.

    python -m benchmarks.crm_kpis FOLDER

FOLDER is a data directory that `benchmarks.crm_load` filled, and is written to: an activity is changed before each
page of the second kind, and the figures of a day are kept. Wall and processor time, as other work shares the machine.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, func, select

from accounts.access.queries import actor_of
from benchmarks.crm_load import NOW, application
from benchmarks.crm_pages import browser
from benchmarks.harness import Figure, percentile
from benchmarks.harness import show as show_figures
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

RUNS = 10
OF_ALL_MS, OF_SOME_MS, A_DAY_MS = 300, 1000, 5000
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


def said(what: str, times: Times, target: int) -> list[Figure]:
    """Median and p95 by the wall, and the median of the processor."""
    walls, processors = [each[0] for each in times], [each[1] for each in times]
    return [
        Figure(f"{what}, p50", percentile(walls, 50), "ms"),
        Figure(f"{what}, p95", percentile(walls, 95), "ms", target),
        Figure(f"{what}, processor", percentile(processors, 50), "ms"),
    ]


def write() -> None:
    """Change an activity of the last days, so that its day has to be counted anew."""
    newest = select(func.max(Activity.id)).where(Activity.deleted_at.is_(None), Activity.occurred_at.is_not(None))
    number = db.session.scalar(newest.where(Activity.occurred_at < NOW - timedelta(days=3))) or 0
    at = db.session.scalar(select(Activity.occurred_at).where(Activity.id == number)) or NOW
    service.change("activity", number, {"occurred_at": at - timedelta(minutes=1)}, actor=SYSTEM, now=NOW)


def pages(app: Flask) -> Iterator[Figure]:
    """The dashboards for each reader, as they stand and right after a write."""
    for who, person_id in readers():
        client = browser(app, person_id)
        target = OF_ALL_MS if who == "all" else OF_SOME_MS
        for page in PAGES:
            show = partial(client.get, page)
            show()
            yield from said(f"{page} ({who})", timed(show), target)
        show = partial(client.get, PAGES[0])
        yield from said(f"{PAGES[0]} ({who}) right after a write", timed(show, write, 5), target)


def figures(folder: Path, database: str = "") -> list[Figure]:
    """Dashboards, a day kept, and the memory of the process that did it."""
    app = application(folder, database)
    with app.app_context():
        found = list(pages(app))
        day = NOW.date() - timedelta(days=1)
        db.session.execute(delete(KpiDay).where(KpiDay.day == day))
        db.session.commit()
        kept = timed(lambda: keep_day(day, actor=SYSTEM, now=NOW, zone=UTC), None, 1)
        found.append(Figure("figures of a day kept", kept[0][0], "ms", A_DAY_MS))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*found, Figure("memory of a worker after the dashboards", memory, "MB")]


if __name__ == "__main__":
    show_figures(figures(Path(sys.argv[1])) if sys.argv[1:] else sys.exit("Name a data directory that was loaded."))
