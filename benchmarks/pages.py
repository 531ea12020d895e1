"""What the demo's pages cost, warm: processor time, statements, and the wait of a visitor to a server on this machine.

Run: python -m benchmarks.pages
"""

import contextlib
import io
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from benchmarks import demo
from benchmarks.harness import Figure, percentile, run, timings

RUNS = 20
WAIT_MS, STATEMENTS = 60, 12
_NOT_COUNTED = ("BEGIN", "PRAGMA")


LIST, ISSUE, CHART = 166, 110, 334
"""Milliseconds of Redmine 5.0 with 1,000 issues, warm, on such a machine: a list of 100, one issue, a Gantt of 100."""


@dataclass(frozen=True)
class Page:
    """A page to measure: who opens it, the milliseconds of processor that it may take (None: it is watched), and those
    of Redmine's like page (None: it has none).
    """

    name: str
    path: str
    processor: float | None = None
    redmine: int | None = None
    who: str = "maren"

    @property
    def label(self) -> str:
        """The name, with Redmine's figure beside it."""
        return f"{self.name} (processor; Redmine {self.redmine} ms)" if self.redmine else f"{self.name} (processor)"


PAGES = (
    Page("overview", "/projects/1/"),
    Page("Gantt, 173 tasks", "/projects/1/roadmap", 40, CHART),
    Page("task list, the whole plan", "/projects/1/tasks", 15, LIST),
    Page("task", "/projects/1/tasks/20", 11, ISSUE),
    Page("checklists", "/projects/1/checklists", 15, LIST),
    Page("one checklist", "/projects/1/checklists/3", 15, LIST),
    Page("phase", "/projects/1/phases/3"),
    Page("team", "/projects/1/team"),
    Page("resources", "/projects/1/resources"),
    Page("allocations", "/projects/1/resources/allocations", 15, LIST),
    Page("time", "/projects/1/time", 15, LIST),
    Page("risks", "/projects/1/risks", 15, LIST),
    Page("risk", "/projects/1/risks/1", 11, ISSUE),
    Page("action items", "/projects/1/actions", 15, LIST),
    Page("budget", "/projects/1/costs"),
    Page("status report", "/projects/1/report"),
    Page("issued reports", "/projects/1/reports", 15),
    Page("health", "/projects/1/health"),
    Page("what changed", "/projects/1/changes"),
    Page("portfolio", "/", 15),
    Page("my work", "/my-work", 15, LIST),
    Page("time sheet", "/my-work/time"),
    Page("notices", "/notices", 15),
    Page("search", "/search?q=data"),
    Page("new roll-out", "/projects/new"),
    Page("templates", "/templates", 15),
    Page("audit trail", "/admin/audit", 15, LIST, who="astrid"),
    Page("people", "/admin/people", 15, LIST, who="astrid"),
    Page("access reviews", "/admin/reviews", 15, who="astrid"),
    Page("outbox", "/admin/outbox", 15, who="astrid"),
    Page("backups", "/admin/backups", 15, who="astrid"),
    Page("system", "/admin/system", 15, who="astrid"),
    Page("account", "/account"),
)
"""Every kind of page of the demo; a new one is a line."""
VISITORS = sorted({page.who for page in PAGES})


def main() -> list[Figure]:
    """Processor time and statements inside this process, waits through a server, and the pages that do not answer."""
    folder = demo.made().folder
    app = demo.application(folder)
    with contextlib.redirect_stderr(io.StringIO()):
        browsers = {who: demo.signed_in(app, who) for who in VISITORS}
        missing = [page for page in PAGES if browsers[page.who].get(page.path).status_code != demo.OK]
        there = [page for page in PAGES if page not in missing]
        figures = [figure for page in there for figure in _inside(page, browsers[page.who])]
    with demo.serving(folder) as server:
        visitors = server.browsers(VISITORS)
        figures += [_outside(page, visitors[page.who]) for page in there]
    names = ", ".join(page.path for page in missing) or "none"
    return [*figures, Figure(f"pages that do not answer: {names}", len(missing), "pages", 0)]


def _inside(page: Page, client: FlaskClient) -> Iterator[Figure]:
    with _statements() as statements:
        client.get(page.path)
    took = timings(lambda: client.get(page.path), RUNS, 2, "processor")
    spread = percentile(took, 75) - percentile(took, 25)
    yield Figure(page.label, statistics.median(took), "ms", page.processor, spread=spread)
    yield Figure(f"{page.name}, statements", len(statements), "SQL", STATEMENTS)


@contextlib.contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(_NOT_COUNTED):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _outside(page: Page, browser: demo.Browser) -> Figure:
    took = timings(lambda: browser.ask("GET", page.path), RUNS, 3)
    return Figure(f"{page.name} from a server (wall, p95)", percentile(took, 95), "ms", WAIT_MS)


if __name__ == "__main__":
    run(main)
