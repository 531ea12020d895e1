"""How long a PDF takes in a fresh child process and in a warm one: six pages of text, and the demo's status report.

Run: python -m benchmarks.pdf
"""

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import demo
from benchmarks.harness import Figure, measure, run
from infra.pdf import Maker
from reports.status import charts, queries
from web.clock import morning_of

STATIC = Path(__file__).resolve().parent.parent / "static"


def six_pages() -> str:
    """A report-like document: headings, paragraphs, a table a page."""
    row = "<tr><td>{number}</td><td>Move the open opportunities</td><td>Tue 3 Mar</td><td>2.5 d</td></tr>"
    rows = "".join(row.format(number=number) for number in range(22))
    table = f"<table><thead><tr><th>No</th><th>Task</th><th>Due</th><th>Slack</th></tr></thead>{rows}</table>"
    part = f"<h2>Phase</h2><p>{'The plan holds, and two things are late. ' * 12}</p>{table}"
    head = (
        '<title>Report</title><link rel="stylesheet" href="/static/css/base.css"><style>h2{break-before:page}</style>'
    )
    return f'<!doctype html><html lang="en"><head>{head}</head><body><h1>Report</h1>{part * 6}</body></html>'


def status_report() -> str:
    """The status report of the demo's roll-out in mid-flight, gathered from its database."""
    now = morning_of(demo.DAY)
    return charts.document(queries.gather(1, demo.DAY, now))


def main() -> list[Figure]:
    """The first document, with the start of the child, and those that follow; the report with its queries."""
    figures = _both("six pages", six_pages)
    with demo.application(demo.made().folder).app_context():
        return figures + _both("status report, 173 tasks", status_report)


def _both(name: str, write: Callable[[], str]) -> list[Figure]:
    maker = Maker(STATIC)
    begun = time.perf_counter()
    maker.render(write())
    cold = Figure(f"PDF of {name}, cold (wall)", 1000 * (time.perf_counter() - begun), "ms", 3000)
    warm = measure(f"PDF of {name}, warm", lambda: maker.render(write()), runs=7, target=2000)
    maker.close()
    return [cold, warm]


if __name__ == "__main__":
    run(main)
