"""What one wants to see of a chart, and its spelling in an address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args
from urllib.parse import urlencode

Zoom = Literal["hour", "day", "week", "month", "fit"]
ZOOMS: tuple[Zoom, ...] = get_args(Zoom)

Column = Literal[
    "owner", "start", "finish", "duration", "slack", "done", "waits", "deadline", "criticality", "variance"
]
COLUMNS: tuple[Column, ...] = get_args(Column)
USUAL: frozenset[Column] = frozenset({"owner", "start", "finish", "slack", "done"})
"""Columns of the table that stand beside number and name as long as nobody chose others."""

OVERLAYS = 3
"""Baselines that are laid over each other at most; more could not be told apart below a bar."""

WINDOW = 200
"""Rows drawn at once of a big plan."""

WHOLE = 400
"""Up to this many rows a plan is drawn whole."""

FIT_WIDTH = 880
"""Width of a fitted chart in pixels, when the browser has not said its own."""


@dataclass(frozen=True, slots=True)
class View:
    """Zoom, collapsed summaries, filters, columns, baselines below the bars, and the window of rows.

    `row_to` None: to the end, or as far as is drawn. With a `goal` slack and criticality are those of the way to it.
    A narrow screen shows a list by week unless `chart` asks for the bars.
    """

    zoom: Zoom = "fit"
    collapsed: frozenset[int] = frozenset()
    phase: int | None = None
    owner: int | None = None
    critical: bool = False
    late: bool = False
    goal: int | None = None
    columns: frozenset[Column] = USUAL
    baselines: tuple[int, ...] = ()
    width: int = FIT_WIDTH
    row_from: int = 0
    row_to: int | None = None
    chart: bool = False

    @property
    def filtered(self) -> bool:
        """Whether any filter hides tasks."""
        return self.critical or self.late or self.phase is not None or self.owner is not None


def view_of(args: Mapping[str, str]) -> View:
    """The view that an address asks for; what cannot be read is as if it were not there."""
    first, last = _window(args.get("rows", ""))
    return View(
        zoom=_zoom(args.get("zoom", "")),
        collapsed=frozenset(_numbers(args.get("collapsed", "").split(","))),
        phase=_number(args.get("phase", "")),
        owner=_number(args.get("owner", "")),
        critical=args.get("critical") == "1",
        late=args.get("late") == "1",
        goal=_number(args.get("goal", "")),
        columns=_columns(args.get("columns")),
        baselines=tuple(dict.fromkeys(_numbers(args.get("baseline", "").split(","))))[:OVERLAYS],
        width=min(max(_number(args.get("width", "")) or FIT_WIDTH, 320), 6000),
        row_from=first,
        row_to=last,
        chart=args.get("as") == "chart",
    )


def window_of(view: View, count: int) -> tuple[int, int]:
    """First and past-the-last row to draw of `count` visible rows; a small plan is always whole."""
    if count <= WHOLE:
        return 0, count
    first = min(view.row_from, count - 1)
    last = view.row_to if view.row_to is not None and view.row_to > first else first + WINDOW
    return first, min(last, first + WHOLE, count)


def query(view: View) -> str:
    """The view as a query string with its question mark; what is usual is left out."""
    pairs = _filters(view)
    if view.collapsed:
        pairs.append(("collapsed", ",".join(map(str, sorted(view.collapsed)))))
    if view.row_from or view.row_to is not None:
        pairs.append(("rows", f"{view.row_from}-{view.row_to if view.row_to is not None else view.row_from + WINDOW}"))
    return "?" + urlencode(pairs, safe=",")


def toggled(view: View, task_id: int) -> View:
    """The view with one summary collapsed if it was expanded, expanded if it was collapsed."""
    return replace(view, collapsed=view.collapsed ^ {task_id})


def all_rows(view: View) -> View:
    """The view from its first row; a change of filter starts there."""
    return replace(view, row_from=0, row_to=None)


def _filters(view: View) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = [("zoom", view.zoom)]
    if view.phase is not None:
        pairs.append(("phase", str(view.phase)))
    if view.owner is not None:
        pairs.append(("owner", str(view.owner)))
    if view.critical:
        pairs.append(("critical", "1"))
    if view.late:
        pairs.append(("late", "1"))
    if view.goal is not None:
        pairs.append(("goal", str(view.goal)))
    if view.columns != USUAL:
        pairs.append(("columns", ",".join(name for name in COLUMNS if name in view.columns)))
    if view.baselines:
        pairs.append(("baseline", ",".join(map(str, view.baselines))))
    if view.chart:
        pairs.append(("as", "chart"))
    if view.width != FIT_WIDTH:
        pairs.append(("width", str(view.width)))
    return pairs


def _zoom(text: str) -> Zoom:
    return next((zoom for zoom in ZOOMS if zoom == text), "fit")


def _columns(text: str | None) -> frozenset[Column]:
    """The columns of a list of names; those that are not there are as if they were not asked for."""
    if text is None:
        return USUAL
    wanted = set(text.split(","))
    return frozenset(name for name in COLUMNS if name in wanted)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _numbers(texts: Iterable[str]) -> Iterable[int]:
    return (number for number in map(_number, texts) if number is not None)


def _window(text: str) -> tuple[int, int | None]:
    first, _, last = text.partition("-")
    return _number(first) or 0, _number(last)
