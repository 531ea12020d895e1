"""A chart cut into A4 landscape pages: the same geometry, some rows a page, the axis repeated on each."""

from dataclasses import dataclass, replace
from math import ceil
from unicodedata import east_asian_width

from kernel.errors import RuleBroken
from roadmap.gantt.rules.geometry import Geometry, layout
from roadmap.gantt.rules.plan import GanttInput
from roadmap.gantt.rules.rows import shown
from roadmap.gantt.rules.view import View

ROWS = 32
"""Rows of a page: what A4 landscape holds with a title line and readable names."""
MOST_ROWS = 3_000
"""Rows of one PDF; the renderer takes about ten seconds for a thousand."""
NAMES = 440
"""Units left of the bars: number, name, start and finish."""
WIDTH = 1340
"""Units across a page, 277 mm of paper."""
NAME_SIZE = 13.5
"""Size of a name: 8 points once the page is as wide as A4."""
SMALL_SIZE = 10.5
CHAR = 0.56
"""Width of a character of a name in shares of its size, generously."""

STYLE = (
    ".gp text{font-family:Inter,'Noto Sans','DejaVu Sans',sans-serif;font-weight:500;fill:#454f54}"
    ".gp .paper{fill:#fff}"
    ".gp .name{font-size:13.5px;font-weight:400;fill:#141b1f}.gp .name--s{font-weight:600}.gp .num{font-weight:400}"
    ".gp .d{fill:#5d666c;font-weight:400}.gp .mon{fill:#141b1f;font-weight:600}.gp .we{fill:#eef1f2}"
    ".gp .wl,.gp .rl{stroke:#e5e9eb;fill:none}.gp .track{fill:#a9e2f8}.gp .fill{fill:#007492}"
    ".gp .c .track{fill:#fec4dc}"
    ".gp .c .fill{fill:#ab3473}.gp .edge{fill:none;stroke:#007492}.gp .c .edge{stroke:#ab3473}.gp .hit{fill:none}"
    ".gp .pause{stroke:#7e888e;stroke-width:1.25;stroke-dasharray:1.5 2.5}.gp .off .track{fill:#fff}"
    ".gp .off .fill{fill:#dce0e3}.gp .off .edge,.gp .off .ms{stroke:#7e888e;stroke-dasharray:3 2}"
    ".gp .own .edge{stroke-dasharray:6 2.5;stroke-width:1.5}"
    ".gp .likely{fill:#ab3473;fill-opacity:.09}.gp .bl{fill:#7e888e;stroke:#7e888e}"
    ".gp .bl2{fill:none;stroke:#966a00;stroke-dasharray:7 3}.gp .bl3{fill:none;stroke:#7a5bd0;stroke-dasharray:2 2}"
    ".gp .sum{fill:#2b3439}.gp .sumd{fill:#7e888e}"
    ".gp .slack{stroke:#7e888e;stroke-width:1.25;stroke-dasharray:1.5 2.5}"
    ".gp .slackend{stroke:#7e888e;stroke-width:1.25}.gp .dep{fill:none;stroke:#7e888e}.gp .ah{fill:#7e888e}"
    ".gp .dep--c{stroke:#ab3473;stroke-width:1.5}.gp .ah--c{fill:#ab3473}"
    ".gp .ms{fill:#fff;stroke:#2b3439;stroke-width:1.5}"
    ".gp .ms--on{fill:#2b3439}.gp .c .ms{fill:#ab3473;stroke:#ab3473}.gp .lbl--c{fill:#8b285c;font-weight:600}"
    ".gp .today{stroke:#192025;stroke-width:1.5}.gp .status{stroke:#192025;stroke-dasharray:3 3;stroke-opacity:.55}"
    ".gp .target{stroke:#192025;stroke-width:1.5;stroke-dasharray:1 3}.gp .pill{fill:#192025}"
    ".gp .pillt{fill:#fff;font-weight:600;font-size:10.5px}.gp .dl{fill:#ba2a31}"
)
"""What the classes of a chart look like on paper: token values, as a PDF renderer knows no custom properties."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its part of the chart, its number and how many there are."""

    geometry: Geometry
    number: int
    count: int


def paper_layout(plan: GanttInput, view: View | None = None) -> Geometry:
    """The whole chart at the width of a page; filters and collapsed summaries of the view hold, its window does not."""
    return layout(plan, replace(view or View(), zoom="fit", width=WIDTH - NAMES), whole=True)


def paper_pages(geometry: Geometry, rows: int = ROWS) -> list[Page]:
    """Cut a whole chart into pages of `rows` rows; a plan without rows has one empty page."""
    cuts = range(0, max(geometry.row_count, 1), rows)
    return [Page(_slice(geometry, first, first + rows), number, len(cuts)) for number, first in enumerate(cuts, 1)]


def check_length(plan: GanttInput, view: View) -> None:
    """Raise RuleBroken for more rows than one PDF holds."""
    count = len(shown(plan, view))
    if count > MOST_ROWS:
        raise RuleBroken(
            "gantt.too_long",
            "The view has %(count)s rows; a PDF holds %(most)s. Filter by phase or owner, or close some summaries.",
            count=f"{count:,}",
            most=f"{MOST_ROWS:,}",
        )


def breadth(name: str) -> int:
    """Characters of a name as columns: those of East Asia count double."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in name)


def size_class(name: str, level: int) -> str:
    """How small a name is written so that its row holds all of it: `n1` is one line, `n4` five tiny ones."""
    room = breadth(name) + 2 * level
    return next((size for limit, size in ((38, "n1"), (80, "n2"), (180, "n3")) if room <= limit), "n4")


def fitted(name: str, room: float) -> tuple[list[str], float]:
    """A name in one line, or in two smaller ones, with the size of its letters: never cut, so that paper holds all."""
    if breadth(name) * CHAR * NAME_SIZE <= room:
        return [name], NAME_SIZE
    cut = name.rfind(" ", 0, ceil(len(name) / 2) + 6)
    if cut < len(name) // 3:
        cut = ceil(len(name) / 2)
    lines = [name[:cut].rstrip(), name[cut:].lstrip()]
    return lines, min(SMALL_SIZE, room / (max(map(breadth, lines)) * CHAR))


def _slice(geometry: Geometry, first: int, last: int) -> Geometry:
    last = min(last, geometry.row_count)
    return replace(
        geometry,
        rows=tuple(row for row in geometry.rows if first <= row.index < last),
        links=tuple(link for link in geometry.links if link.row_to >= first and link.row_from < last),
        row_from=first,
        row_to=last,
    )
