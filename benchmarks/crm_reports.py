"""How fast reports that people build answer, over as many records as there are, for each reader.

    python -m benchmarks.crm_reports FOLDER

FOLDER is a data directory that `benchmarks.crm_load` filled; nothing is written. Each report is read as a whole,
with its groups, names and first records, as its page does. Wall and processor time, as other work shares the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC
from functools import partial
from pathlib import Path

from accounts.access.queries import actor_of
from benchmarks.crm_kpis import readers, said, timed
from benchmarks.crm_load import NOW, application
from benchmarks.harness import Figure
from benchmarks.harness import show as show_figures
from crm.access.queries import access_of
from crm.access.rules import Access
from crm.counts.rules.windows import Window
from crm.reporting import queries as reporting
from crm.reporting.charts import LISTED, listed
from crm.reporting.rules.definition import Chart, Definition, Group, Measure
from crm.summaries import queries as summaries

RUNS = 5
OF_A_PERIOD_MS, OF_EVERYTHING_MS = 500, 3000
TODAY = Window(NOW.date(), NOW.date(), NOW, UTC)
REPORTS: tuple[tuple[str, Definition, int], ...] = (
    (
        "open pipeline by stage and owner",
        Definition(
            "opportunity", (Group("stage_id"), Group("owner_id")), Measure.SUM, "amount", "open=yes", columns=("name",)
        ),
        OF_A_PERIOD_MS,
    ),
    (
        "leads of 90 days by week and source",
        Definition(
            "lead",
            (Group("created_at", "week"), Group("source")),
            period_field="created_at",
            period="90-days",
            chart=Chart.LINE,
        ),
        OF_A_PERIOD_MS,
    ),
    (
        "activities of 90 days by kind and team",
        Definition("activity", (Group("kind"), Group("team_id")), period_field="occurred_at", period="90-days"),
        OF_A_PERIOD_MS,
    ),
    ("all contacts by country", Definition("contact", (Group("country"),)), OF_EVERYTHING_MS),
    ("all activities by month", Definition("activity", (Group("occurred_at", "month"),)), OF_EVERYTHING_MS),
)
"""What is asked, and how long it may take: of a period, or of everything that there is."""


def one(asked: Definition, access: Access) -> None:
    """A report as its page reads it."""
    place = reporting.ground(asked, access, TODAY)
    summary = summaries.read(place)
    listed(place, LISTED)
    summary.value(summary.whole)


def figures(folder: Path, database: str = "") -> Iterator[Figure]:
    """Every report for who sees all, and for who sees a team."""
    with application(folder, database).app_context():
        for who, person_id in readers():
            actor = actor_of(person_id)
            if actor is None:
                continue
            access = access_of(actor)
            for name, asked, target in REPORTS:
                yield from said(f"{name} ({who})", timed(partial(one, asked, access), None, RUNS), target)


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("Name a data directory that was loaded.")
    show_figures(list(figures(Path(sys.argv[1]))))
