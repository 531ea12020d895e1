"""Processor time of a Gantt page's chart: geometry, bars, axis, table and list by week, for 130 and 2,000 tasks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock

from flask import Flask
from flask_babel import Babel

from benchmarks.harness import Figure, measure, run
from roadmap.gantt import charts
from roadmap.gantt.rules.geometry import layout
from roadmap.gantt.rules.paper import paper_layout, paper_pages
from roadmap.gantt.rules.plan import GanttInput, GanttLink, GanttTask
from roadmap.gantt.rules.view import View
from roadmap.gantt.rules.weeks import weeks_of
from roadmap.gantt.rules.words import Words

START = date(2026, 1, 5)
PHASE = 12
RUNS = 15
REACH_MS = {130: 40, 2_000: 300}


def plan_of(count: int) -> GanttInput:
    """A year of `count` rows in phases of a dozen; each task waits for the one before it."""
    tasks = tuple(_task(n, count) for n in range(count))
    links = tuple(GanttLink(n, n + 1) for n in range(2, count) if n % PHASE)
    return GanttInput("Benchmark", tasks, links, START, START + timedelta(366), _weekday, START + timedelta(60))


def main() -> list[Figure]:
    """The page's chart as it opens and by the day, and all its pages on paper without their PDF."""
    app = Flask("benchmark")
    Babel(app)
    with app.app_context():
        said = charts.words()
    return [figure for count in REACH_MS for figure in _figures(plan_of(count), count, said)]


def _figures(plan: GanttInput, count: int, said: Words) -> list[Figure]:
    by_day = View(zoom="day", row_from=count // 2)
    return [
        _measure(f"{count:,} tasks, fitted", lambda: _page(plan, said, View()), REACH_MS[count]),
        _measure(f"{count:,} tasks, by day, in the middle", lambda: _page(plan, said, by_day), REACH_MS[count]),
        _measure(f"{count:,} tasks, on paper", lambda: _paper(plan, said), None),
    ]


def _measure(name: str, draw: Callable[[], object], target: float | None) -> Figure:
    return measure(name, draw, runs=RUNS, target=target, clock="processor")


def _page(plan: GanttInput, said: Words, view: View) -> None:
    geometry = layout(plan, view)
    charts.svg(geometry, said)
    charts.svg(geometry, said, part="axis")
    charts.table_rows(geometry, said)
    weeks_of(geometry)


def _paper(plan: GanttInput, said: Words) -> None:
    for page in paper_pages(paper_layout(plan)):
        charts.paper_svg(page, said)


def _task(n: int, count: int) -> GanttTask:
    start = datetime.combine(START + timedelta(n * 360 // count), clock(9))
    finish = datetime.combine(start.date() + timedelta(5), clock(17))
    task = GanttTask(
        n + 1, str(n + 1), f"Prepare step {n} of the roll-out", 2, "task", n - n % PHASE + 1, start, finish,
        percent=n * 7 % 101, critical=not n % 5, slack_minutes=960, slack_end=finish + timedelta(2),
        owner_name="Hannah Okafor", owner_initials="HO", owner_id=n % 5, late=not n % 9, href=f"/tasks/{n}",
    )  # fmt: skip
    if n % PHASE == 0:
        return replace(task, level=1, type="summary", parent=None)
    return replace(task, type="milestone") if n % PHASE == PHASE - 1 else task


def _weekday(day: date) -> bool:
    return day.weekday() < 5  # noqa: PLR2004 - Saturday


if __name__ == "__main__":
    run(main)
