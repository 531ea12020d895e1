"""What a dashboard shows: each figure beside the period before, each panel with its rows, within what one may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from accounts.people.models import Person
from accounts.teams import queries as teams
from accounts.teams import rules as team_rules
from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.counts.rules.windows import WEEK, Window, monday
from crm.dashboards.rules.boards import BOARDS, Board, Panel, Part, Shape, is_on
from crm.dashboards.rules.changes import Moved, moved
from crm.kpis import queries as kpis
from crm.kpis.rules.definitions import Kpi, kpi
from crm.kpis.rules.measures import Measure
from crm.objects.rules import choices
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from infra.database import db
from kernel.permission import Visibility

MOST_BARS = 10
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
class BoardRead:
    """A whole dashboard."""

    board: Board
    window: Window
    figures: tuple[Figure, ...]
    panels: tuple[PanelRead, ...]


def offered(access: Access) -> list[Board]:
    """The dashboards that are there for the reader."""
    return [each for each in BOARDS.values() if is_on(each, access.modules)]


def read(board: Board, window: Window, access: Access, choice: Choice) -> BoardRead:
    """Everything that a dashboard shows."""
    figures = tuple(_figure(key, window, access, choice) for key in board.figures)
    panels = tuple(_panel(each, window, access, choice) for each in board.panels)
    return BoardRead(board, window, figures, panels)


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


def _figure(key: str, window: Window, access: Access, choice: Choice) -> Figure:
    one = kpi(key)
    now = kpis.measure(key, window, access, **choice.narrowed)
    if one.stands:
        return Figure(one, now, None, None)
    before = kpis.measure(key, window.before(), access, **choice.narrowed)
    return Figure(one, now, before, moved(one, now, before))


def _panel(panel: Panel, window: Window, access: Access, choice: Choice) -> PanelRead:
    one = kpi(panel.keys[0])
    if panel.shape is Shape.WEEKS:
        return PanelRead(panel, one, _weeks(panel, window, access, choice))
    if panel.shape is Shape.FUNNEL:
        return PanelRead(panel, one, _funnel(panel, window, access, choice))
    found = kpis.segments(one.key, window, access, panel.by, **choice.narrowed)
    named = _names(access, panel.by, [segment for segment, _measure in found])
    rows = [_row(named.get(segment, ""), measure, panel.part) for segment, measure in found]
    known = [row for row in rows if row.value is not None]
    ranked = _by_stage(rows) if panel.by == "stage_id" else sorted(known, key=_largest_first)
    return PanelRead(panel, one, tuple(ranked[:MOST_BARS]), max(0, len(ranked) - MOST_BARS))


def _by_stage(rows: list[PanelRow]) -> list[PanelRow]:
    """Stages stand in their own order, not by size."""
    order = {each.name: place for place, each in enumerate(records.stages())}
    return sorted(rows, key=lambda row: order.get(row.label, len(order)))


def _largest_first(row: PanelRow) -> tuple[Decimal, str]:
    return -(row.value or Decimal(0)), row.label


def _weeks(panel: Panel, window: Window, access: Access, choice: Choice) -> tuple[PanelRow, ...]:
    last = monday(window.until)
    first = min(monday(window.since), last - (FEWEST_WEEKS - 1) * WEEK)
    count = min((last - first) // WEEK + 1, MOST_WEEKS)
    weeks = [last - (count - 1 - number) * WEEK for number in range(count)]
    found = kpis.weekly(panel.keys[0], weeks, window, access, **choice.narrowed)
    return tuple(_row(week.isoformat(), each, panel.part) for week, each in zip(weeks, found, strict=True))


def _funnel(panel: Panel, window: Window, access: Access, choice: Choice) -> tuple[PanelRow, ...]:
    """From all new leads over those qualified to those converted, of the cohort and the period alike."""
    cohort = kpis.measure(panel.keys[0], window, access, **choice.narrowed)
    rows = [PanelRow("Created", cohort.denominator, cohort.n, cohort.denominator, None)]
    for key in panel.keys[1:]:
        each = kpis.measure(key, window, access, **choice.narrowed)
        rows.append(PanelRow(each.label or kpi(key).label, each.value, each.n, each.numerator, None))
    rows.append(PanelRow("Converted", cohort.numerator, cohort.n, cohort.numerator, cohort.denominator))
    return tuple(rows)


def _row(label: str, each: Measure, part: Part) -> PanelRow:
    value = each.value if part is Part.VALUE else Decimal(each.n)
    return PanelRow(label, value, each.n, each.numerator, each.denominator)


_CHOICES = {"source": choices.SOURCES, "region": choices.REGIONS, "kind": choices.ACTIVITY_KINDS}


def _names(access: Access, by: str, segments: Iterable[Any]) -> dict[Any, str]:
    """What segments are called; nothing stands for a segment that is none."""
    wanted = [each for each in segments if each]
    if by in _CHOICES:
        return dict(_CHOICES[by])
    if by == "owner_id":
        rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
        return {row.id: row.name for row in rows}
    if by == "team_id":
        return {each.id: each.name for each in teams.teams()}
    if by == "stage_id":
        return {each.id: each.name for each in records.stages()}
    if by == "campaign_id":
        return dict(records.names(access, OBJECTS["campaign"], wanted))
    return {each: str(each) for each in wanted}


def as_rows(read: BoardRead) -> list[tuple[Any, ...]]:
    """Every figure and every row of the panels, as a table of numbers."""
    rows: list[tuple[Any, ...]] = [
        (
            "",
            each.measure.label or each.kpi.label,
            each.measure.value,
            each.before.value if each.before else None,
            each.measure.target,
            each.measure.numerator,
            each.measure.denominator,
            each.measure.n,
        )
        for each in read.figures
    ]
    for part in read.panels:
        rows += [
            (part.panel.title, row.label or "not said", row.value, None, None, row.numerator, row.denominator, row.n)
            for row in part.rows
        ]
    return rows
