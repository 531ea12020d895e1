"""Readiness on a large CRM: the page of a gate with 60 criteria, all criteria anew, the portfolio of 50 roll-outs,
and the readiness pack as PDF.

    python -m benchmarks.readiness [--activities 1000000] [--into FOLDER] [--database URL]

Without options 20,000 activities are loaded into a folder that is thrown away; BENCH_SCALE=1 makes it 1,000,000.
A FOLDER that `benchmarks.crm_load` filled before is taken as it is. Pages are asked for in the process itself, by
somebody who manages every roll-out and sees all of the CRM.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from itertools import product
from multiprocessing import get_context
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from accounts.access import service as access
from accounts.people import service as people
from accounts.people.rules import PersonData
from benchmarks.crm_load import NOW, application, load
from benchmarks.crm_pages import browser
from benchmarks.harness import Figure, percentile, run, settle, timings
from crm.kpis.rules.definitions import KPIS
from crm.records.models import Activity
from desk.setup import service as setup
from desk.setup.service import NewProject
from infra.database import db
from infra.pdf import pdf_of
from infra.transaction import transaction
from kernel.actor import INSTANCE, SYSTEM
from readiness.gates import queries as gates
from readiness.gates.models import ReadinessCriterion
from readiness.gates.rules.definitions import GO_LIVE
from readiness.gates.rules.sources import Look
from readiness.verdict import queries as verdicts
from readiness.verdict import service as keeping
from reports.readiness import charts as packs
from reports.readiness import queries as gathered

CRITERIA, PROJECTS = 60, 50
ALL_ACTIVITIES = 1_000_000
USUAL = 20_000
PAGE, ANEW, PORTFOLIO, PACK = 200, 2000, 300, 3000
"""Milliseconds that each may take."""
RUNS, PACKS = 20, 5
WEEKS = 7
"""How long the roll-outs have been running."""


def main() -> list[Figure]:
    """All figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = round(float(os.environ.get("BENCH_SCALE", USUAL / ALL_ACTIVITIES)) * ALL_ACTIVITIES)
    parser.add_argument("--activities", type=int, default=usual)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="readiness-bench-") as folder:
        into = options.into or Path(folder)
        if not (options.into and any(options.into.glob("*"))):
            into.mkdir(parents=True, exist_ok=True)
            # A load changes how its process works, so it has one of its own.
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                pool.submit(load, into, options.activities / ALL_ACTIVITIES, options.database).result()
        return figures(into, options.database)


def figures(folder: Path, database: str = "") -> list[Figure]:
    """What the pages and a new judgement take."""
    app = application(folder, database)
    with app.app_context(), app.test_request_context():
        logged = db.session.scalar(select(func.count()).select_from(Activity)) or 0
        reader = people.add_person(PersonData("Reader", f"reader{logged}@bench.example"), now=NOW, actor=SYSTEM)
        access.grant_role(reader, "administrator", INSTANCE, actor=SYSTEM)
        projects = [_rollout(number, reader) for number in range(PROJECTS)]
        asked = _ask_for_more(projects[0])
        for project_id in projects:
            keeping.keep_day(_look(project_id), actor=SYSTEM)
    where = f"{asked} criteria, {logged} activities"
    page = _answer_times(app, reader, f"/projects/{projects[0]}/readiness?gate={GO_LIVE}")
    listed = _answer_times(app, reader, "/")
    anew = timings(partial(_judge_anew, app, projects[0]), RUNS)
    write = partial(_pack, app, projects[0])
    write()  # warms the child that makes PDFs
    pack = timings(write, PACKS)
    return [
        Figure(f"readiness page, {where}, p50", percentile(page, 50), "ms"),
        Figure(f"readiness page, {where}, p95", percentile(page, 95), "ms", PAGE),
        Figure(f"all criteria of a roll-out anew, {where}", percentile(anew, 95), "ms", ANEW),
        Figure(f"portfolio of {PROJECTS} roll-outs, p95", percentile(listed, 95), "ms", PORTFOLIO),
        Figure(f"readiness pack as PDF, {where}, warm, p95", percentile(pack, 95), "ms", PACK),
    ]


def _rollout(number: int, manager: int) -> int:
    start = (NOW - timedelta(weeks=WEEKS)).date()
    wanted = NewProject(f"Roll-out {number}", start, manager_id=manager, target_go_live=start + timedelta(days=63))
    return setup.create(wanted, actor=SYSTEM, now=NOW)


def _ask_for_more(project_id: int) -> int:
    """Fill the gate for go-live up to 60 criteria, with figures over stretches of their own; how many it asks for."""
    gate = gates.gate(project_id, GO_LIVE)
    with transaction(SYSTEM, "readiness.criterion_added") as work:
        for number, (key, days) in zip(range(len(gate.criteria), CRITERIA), _figures(), strict=False):
            work.session.add(
                ReadinessCriterion(
                    project_id=project_id, gate_id=gate.id, position=number, key=f"more-{number}",
                    statement=f"{KPIS[key].label} of {days} days", category="business", source="kpi", subject=key,
                    comparator=">=", threshold=1.0, unit="%", weight=1.0, window_days=days,
                )
            )  # fmt: skip
    return len(gates.gate(project_id, GO_LIVE).criteria)


def _figures() -> Iterator[tuple[str, int]]:
    yield from ((key, days) for days, key in product((30, 7, 90, 14, 60), KPIS))


def _look(project_id: int) -> Look:
    return Look(project_id, NOW, NOW.date())


def _judge_anew(app: Flask, project_id: int) -> object:
    with app.test_request_context():
        return verdicts.standings(gates.gates(project_id), _look(project_id))


def _pack(app: Flask, project_id: int) -> object:
    with app.test_request_context():
        return pdf_of(packs.document(packs.said(gathered.gather(project_id, GO_LIVE, None, NOW))))


def _answer_times(app: Flask, reader: int, address: str) -> list[float]:
    with app.app_context():
        client = browser(app, reader)
        client.get(address)
        settle()
        return timings(_asking(partial(client.get, address), address), RUNS)


def _asking(get: Callable[[], object], address: str) -> Callable[[], None]:
    def ask() -> None:
        status = getattr(get(), "status_code", 0)
        if status != HTTPStatus.OK:
            raise RuntimeError(f"{address} answered with {status}.")

    return ask


if __name__ == "__main__":
    run(main)
