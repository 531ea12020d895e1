"""Processor time of a Gantt page's chart: geometry, bars, axis, table and list by week, for 130 and 2,000 tasks."""

import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock
from statistics import median

from flask import Flask
from flask_babel import Babel

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


def plan_of(count: int) -> GanttInput:
    """A year of `count` rows in phases of a dozen; each task waits for the one before it."""
    tasks = tuple(_task(n, count) for n in range(count))
    links = tuple(GanttLink(n, n + 1) for n in range(2, count) if n % PHASE)
    return GanttInput("Benchmark", tasks, links, START, START + timedelta(366), _weekday, START + timedelta(60))


def measure(plan: GanttInput, said: Words, view: View) -> tuple[float, int]:
    """Median of the processor time in milliseconds, and the characters of the markup."""
    took = []
    for _ in range(RUNS):
        begun = time.process_time()
        geometry = layout(plan, view)
        size = len(charts.svg(geometry, said)) + len(charts.svg(geometry, said, part="axis"))
        size += len(charts.table_rows(geometry, said))
        weeks_of(geometry)
        took.append((time.process_time() - begun) * 1000)
    return median(took), size


def measure_paper(plan: GanttInput, said: Words) -> tuple[float, int]:
    """The same for all pages on paper, without their PDF."""
    took = []
    for _ in range(RUNS):
        begun = time.process_time()
        size = sum(len(charts.paper_svg(page, said)) for page in paper_pages(paper_layout(plan)))
        took.append((time.process_time() - begun) * 1000)
    return median(took), size


def main() -> None:
    """Print one line a measurement."""
    app = Flask("benchmark")
    Babel(app)
    with app.app_context():
        said = charts.words()
    for count in (130, 2000):
        plan = plan_of(count)
        for label, view in (("fitted", View()), ("by day, in the middle", View(zoom="day", row_from=count // 2))):
            took, size = measure(plan, said, view)
            print(f"gantt {count} tasks, {label}: {took:.1f} ms of processor, {size / 1000:.0f} kB of markup")
        took, size = measure_paper(plan, said)
        print(f"gantt {count} tasks, on paper: {took:.1f} ms of processor, {size / 1000:.0f} kB of markup")


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
    main()
