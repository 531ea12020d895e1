"""How long a PDF takes: six pages of text and tables, in a fresh child process and in a warm one.

Run: python -m benchmarks.pdf
"""

import time
from pathlib import Path

from benchmarks.harness import Figure, measure, run
from infra.pdf import Maker

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


def main() -> list[Figure]:
    """The first document, with the start of the child, and those that follow."""
    maker, html = Maker(STATIC), six_pages()
    begun = time.perf_counter()
    maker.render(html)
    cold = Figure("PDF of six pages, cold (wall)", 1000 * (time.perf_counter() - begun), "ms", 3000)
    warm = measure("PDF of six pages, warm", lambda: maker.render(html), runs=7, target=2000)
    maker.close()
    return [cold, warm]


if __name__ == "__main__":
    run(main)
