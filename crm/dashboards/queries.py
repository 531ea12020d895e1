"""What a dashboard shows: each figure beside the period before, each panel with its rows, within what one may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from accounts.people.models import Person
from accounts.teams import queries as teams
from accounts.teams import rules as team_rules
from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.counts.rules.cells import Ask
from crm.counts.rules.windows import WEEK, Window, monday
from crm.dashboards.rules.boards import BOARDS, Board, Panel, Part, Shape, Table, is_on
from crm.dashboards.rules.changes import Moved, moved
from crm.kpis import queries as kpis
from crm.kpis.queries import Figures
from crm.kpis.rules.definitions import Kpi, Unit, kpi
from crm.kpis.rules.measures import Measure
from crm.kpis.rules.segments import CHOICES
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from infra.database import db
from kernel.permission import Visibility

MOST_BARS, MOST_ROWS = 10, 30
_COUNTED = ("lead", "opportunity", "activity")
"""What most figures are counted from: how far somebody sees these says whose figures mean something to them."""
FEWEST_WEEKS, MOST_WEEKS = 8, 53


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose figures are looked at: everything the reader may see, a team with those below it, or one person."""

    team_id: int | None = None
    person_id: int | None = None

    @property
    def narrowed(self) -> dict[str, Any]:
        """The choice as figures take it."""
        below = None if self.team_id is None else {self.team_id, *teams_below(self.team_id)}
        return {"teams": below, "person_id": self.person_id}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the period before and what changed."""

    kpi: Kpi
    measure: Measure
    before: Measure | None
    moved: Moved | None


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A bar, a week or a step: its name, its value, from how many, and what it was counted from."""

    label: str
    value: Decimal | None
    n: int
    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class PanelRead:
    """A panel with its rows. ``left`` is how many more segments there are."""

    panel: Panel
    kpi: Kpi
    rows: tuple[PanelRow, ...]
    left: int = 0


@dataclass(frozen=True, slots=True)
class TableRead:
    """Several figures told apart by the same segment: rows are (name, a measure a figure or None), largest first."""

    title: str
    by: str
    figures: tuple[Kpi, ...]
    rows: tuple[tuple[str, tuple[Measure | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class BoardRead:
    """A whole dashboard."""

    board: Board
    window: Window
    figures: tuple[Figure, ...]
    panels: tuple[PanelRead, ...]
    tables: tuple[TableRead, ...] = ()


def offered(access: Access) -> list[Board]:
    """The dashboards that are there for the reader."""
    return [each for each in BOARDS.values() if is_on(each, access.modules)]


def read(board: Board, window: Window, access: Access, choice: Choice) -> BoardRead:
    """Everything that a dashboard shows."""
    wanted = [ask for key in board.figures for ask in _asks_of_figure(key, window)]
    wanted += [ask for panel in board.panels for ask in _asks_of_panel(panel, window)]
    wanted += [ask for table in board.tables for ask in _asks_of_table(table, window)]
    found = kpis.together(wanted, access, **choice.narrowed)
    figures = tuple(_figure(key, window, found) for key in board.figures)
    panels = tuple(_panel(each, window, access, found) for each in board.panels)
    tables = tuple(_table(each, window, access, found) for each in board.tables)
    return BoardRead(board, window, figures, panels, tables)


def choosable_teams(access: Access) -> list[teams.TeamRow]:
    """The teams whose figures the reader can look at one by one."""
    widest = max(
        (reach for each in _COUNTED if (reach := access_rules.widest(access, access_rules.SEE, OBJECTS[each]))),
        default=Visibility.OWN,
    )
    if widest is Visibility.ALL:
        return teams.teams()
    mine = {access.team_id, *(access.below if widest is Visibility.TEAM_AND_BELOW else ())}
    return [each for each in teams.teams() if each.id in mine]


def choosable_people(access: Access) -> list[teams.MemberRow]:
    """The people of those teams."""
    among = {each.id for each in choosable_teams(access)}
    return [each for each in teams.members() if each.team_id in among]


def teams_below(team_id: int) -> frozenset[int]:
    """Every team under one."""
    return team_rules.below(teams.parents(), team_id)


def _asks_of_figure(key: str, window: Window) -> list[Ask]:
    """A figure and the period before; a stock has none."""
    return [Ask(key, each) for each in ((window,) if kpi(key).stands else (window, window.before()))]


def _asks_of_panel(panel: Panel, window: Window) -> list[Ask]:
    if panel.shape is Shape.WEEKS:
        return [kpis.ask_of_weeks(panel.keys[0], _weeks_of(window), window)]
    return [Ask(key, window, panel.by) for key in panel.keys]


def _asks_of_table(table: Table, window: Window) -> list[Ask]:
    """Not every figure is told apart by everything."""
    return [Ask(key, window, table.by) for key in table.keys if table.by in kpi(key).segments]


def _table(table: Table, window: Window, access: Access, found: Figures) -> TableRead:
    told = {ask.key: dict(found.segments(ask)) for ask in _asks_of_table(table, window)}
    segments = sorted({each for many in told.values() for each in many}, key=lambda each: -_size(told, each))
    names = _names(access, table.by, segments)
    rows = [
        (names.get(each, ""), tuple(told[key].get(each) if key in told else None for key in table.keys))
        for each in segments[:MOST_ROWS]
    ]
    return TableRead(table.title, table.by, tuple(kpi(key) for key in table.keys), tuple(rows))


def _size(told: Mapping[str, Mapping[Any, Measure]], segment: Any) -> int:
    """How much of the first figure a segment is."""
    return next((many[segment].n for many in told.values() if segment in many), 0)


def _figure(key: str, window: Window, found: Figures) -> Figure:
    one = kpi(key)
    now, *rest = (found.measure(each) for each in _asks_of_figure(key, window))
    before = rest[0] if rest else None
    return Figure(one, now, before, moved(one, now, before) if before else None)


def _panel(panel: Panel, window: Window, access: Access, found: Figures) -> PanelRead:
    one, (ask, *_rest) = kpi(panel.keys[0]), _asks_of_panel(panel, window)
    if panel.shape is Shape.WEEKS:
        each_week = zip(ask.weeks, found.weekly(ask), strict=True)
        return PanelRead(panel, one, tuple(_row(week.isoformat(), each, panel.part) for week, each in each_week))
    if panel.shape is Shape.FUNNEL:
        return PanelRead(panel, one, _funnel(panel, window, found))
    segments = found.segments(ask)
    named = _names(access, panel.by, [segment for segment, _measure in segments])
    rows = [_row(named.get(segment, ""), measure, panel.part) for segment, measure in segments]
    known = [row for row in rows if row.value is not None]
    ranked = _by_stage(rows) if panel.by == "stage_id" else sorted(known, key=_largest_first)
    return PanelRead(panel, one, tuple(ranked[:MOST_BARS]), max(0, len(ranked) - MOST_BARS))


def _by_stage(rows: list[PanelRow]) -> list[PanelRow]:
    """Stages stand in their own order, not by size."""
    order = {each.name: place for place, each in enumerate(records.stages())}
    return sorted(rows, key=lambda row: order.get(row.label, len(order)))


def _largest_first(row: PanelRow) -> tuple[Decimal, str]:
    return -(row.value or Decimal(0)), row.label


def _weeks_of(window: Window) -> list[date]:
    last = monday(window.until)
    first = min(monday(window.since), last - (FEWEST_WEEKS - 1) * WEEK)
    count = min((last - first) // WEEK + 1, MOST_WEEKS)
    return [last - (count - 1 - number) * WEEK for number in range(count)]


def _funnel(panel: Panel, window: Window, found: Figures) -> tuple[PanelRow, ...]:
    """From all new leads over those qualified to those converted, of the cohort and the period alike."""
    cohort, *others = (found.measure(each) for each in _asks_of_panel(panel, window))
    rows = [PanelRow("Created", cohort.denominator, cohort.n, cohort.denominator, None)]
    rows += [PanelRow(each.label or kpi(each.key).label, each.value, each.n, each.numerator, None) for each in others]
    rows.append(PanelRow("Converted", cohort.numerator, cohort.n, cohort.numerator, cohort.denominator))
    return tuple(rows)


def _row(label: str, each: Measure, part: Part) -> PanelRow:
    value = each.value if part is Part.VALUE else Decimal(each.n)
    return PanelRow(label, value, each.n, each.numerator, each.denominator)


def _names(access: Access, by: str, segments: Iterable[Any]) -> dict[Any, str]:
    """What segments are called; nothing stands for a segment that is none."""
    wanted = [each for each in segments if each]
    if by in CHOICES or not wanted:
        return dict(CHOICES.get(by, ()))
    if by == "owner_id":
        rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
        return {row.id: row.name for row in rows}
    if by == "team_id":
        return {each.id: each.name for each in teams.teams()}
    if by in ("stage_id", "queue_id"):
        return records.small(by.removesuffix("_id"))
    if by == "campaign_id":
        return dict(records.names(access, OBJECTS["campaign"], wanted))
    return {each: str(each) for each in wanted}


def as_rows(read: BoardRead) -> list[tuple[Any, ...]]:
    """Every figure and every row of the panels, as a table of numbers; amounts to the cent."""
    rows: list[tuple[Any, ...]] = [
        (
            "",
            each.measure.label or each.kpi.label,
            _to_the_cent(each.kpi, each.measure.value),
            _to_the_cent(each.kpi, each.before.value) if each.before else None,
            each.measure.target,
            _to_the_cent(each.kpi, each.measure.numerator),
            each.measure.denominator,
            each.measure.n,
        )
        for each in read.figures
    ]
    for part in read.panels:
        rows += [
            (
                part.panel.title,
                row.label or "not said",
                _to_the_cent(part.kpi, row.value),
                None,
                None,
                _to_the_cent(part.kpi, row.numerator),
                row.denominator,
                row.n,
            )
            for row in part.rows
        ]
    for table in read.tables:
        rows += [
            (
                f"{table.title}: {name or 'not said'}",
                one.label,
                each.value,
                None,
                each.target,
                each.numerator,
                each.denominator,
                each.n,
            )
            for name, measures in table.rows
            for one, each in zip(table.figures, measures, strict=True)
            if each is not None
        ]
    return rows


def _to_the_cent(one: Kpi, value: Decimal | None) -> Decimal | None:
    """An amount as it is paid; other values as they are."""
    return round(value, 2) if one.unit is Unit.MONEY and value is not None else value
