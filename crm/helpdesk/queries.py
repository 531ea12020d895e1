"""Figures of service by segment or week, bound to the tickets that the reader sees: a figure is one statement, however
many stretches and segments of it are asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, or_, select

from crm.counts.queries import Scope, narrowest, seen, steps
from crm.counts.rules.cells import Ask, Cell
from crm.counts.rules.windows import DAY, Window, start_of
from crm.queues.rules import DONE
from crm.records.models import Ticket
from crm.sla import queries as sla
from crm.sla.models import TicketClock
from crm.sla.rules.clocks import Measure
from crm.surveys import queries as surveys
from crm.surveys.models import SurveyAnswer, SurveyResponse
from crm.surveys.rules.results import PROMOTER_FROM, SATISFIED_FROM, Scores
from infra.database import db

Condition = ColumnElement[bool]
Rows = Sequence[tuple[int, ...]]
"""What was counted, a row for each group of tickets."""
SATISFACTION = {"csat": SATISFIED_FROM, "nps": PROMOTER_FROM}
"""The figures over answers, with the number from which on one counts."""
MEASURE = "measure"
"""The segment of promises: a first answer, or a solution."""
_HOUR = Decimal(60)
_DONE = tuple(sorted(each.value for each in DONE))


@dataclass(frozen=True, slots=True)
class Source:
    """What a figure counts: tickets of a stretch by the moment ``at``, with their clocks where it has a ``clock``.

    ``fields`` are those that a reader must be allowed to see. ``columns`` are counted of each group (at a moment), and
    ``cell`` makes the figure's numbers of all of its rows; ``apart``: rows are told apart by how long clocks ran.
    """

    at: str
    fields: tuple[str, ...]
    columns: Callable[[datetime], tuple[Any, ...]]
    cell: Callable[[object, Rows], Cell]
    clock: tuple[Measure, ...] = ()
    solved: bool = False
    apart: bool = False


def answers(asks: Iterable[Ask], scope: Scope) -> dict[Ask, list[Cell]]:
    """What figures of service count, each in its stretch: in all, a cell a segment, or a cell a week."""
    together: dict[Hashable, list[Ask]] = defaultdict(list)
    for ask in asks:
        reach = () if ask.key in SATISFACTION else narrowest(scope.access, "ticket", _fields(ask))
        together[ask.key, reach].append(ask)
    found: dict[Ask, list[Cell]] = {}
    for group in together.values():
        found |= (_satisfied if group[0].key in SATISFACTION else _counted)(group, scope)
    return found


def behind(key: str, window: Window, scope: Scope, *, top: bool) -> Select[Any]:
    """The tickets behind a figure: all that count, or those in the numerator."""
    if key in SATISFACTION:
        tickets = select(Ticket).where(seen(scope, "ticket", Ticket, ()))
        given = surveys.behind(key, window, scope).with_only_columns(SurveyResponse.ticket_id).order_by(None)
        return tickets.where(Ticket.id.in_(given.where(SurveyAnswer.value >= SATISFACTION[key]) if top else given))
    source = SOURCES[key]
    at = getattr(Ticket, source.at)
    tickets = select(Ticket).where(seen(scope, "ticket", Ticket, source.fields), *_of(source, at, window))
    if key == "fcr":
        return tickets.where(Ticket.one_touch_excluded.is_(False), *([_at_once()] if top else []))
    if key == "sla-met":
        ended = sla.met() if top else or_(sla.met(), sla.breached(window.now))
        return tickets.where(Ticket.id.in_(select(TicketClock.ticket_id).where(ended)))
    return tickets


def _counted(asks: Sequence[Ask], scope: Scope) -> dict[Ask, list[Cell]]:
    """All that is asked of one figure, from one statement that tells tickets apart as finely as any ask needs."""
    source, zone = SOURCES[asks[0].key], asks[0].window.zone
    weeks = {week: start_of(week, zone) for ask in asks for week in ask.weeks}
    edges = {ask: (ask.window.start, ask.window.end) for ask in asks}
    begins = sorted({edge for both in edges.values() for edge in both} | set(weeks.values()))
    segments = sorted({ask.by for ask in asks if ask.by})
    rows = _rows(source, asks, scope, begins, segments)
    told = _Told(rows, begins, segments, weeks)
    return {ask: told.cells(ask, edges[ask], source.cell) for ask in asks}


def _satisfied(asks: Sequence[Ask], scope: Scope) -> dict[Ask, list[Cell]]:
    """The same of what customers answered, whose moments are days."""
    key, windows = asks[0].key, [ask.window for ask in asks]
    edges = {ask: (ask.window.since, ask.window.until + DAY) for ask in asks}
    weeks = {week: week for ask in asks for week in ask.weeks}
    begins = sorted({edge for both in edges.values() for edge in both} | set(weeks))
    segments = sorted({ask.by for ask in asks if ask.by})
    span = windows[0].between(min(each.since for each in windows), max(each.until for each in windows))
    columns = [steps(SurveyResponse.day, begins[1:]).label("part")]
    columns += [getattr(SurveyResponse, each).label(f"by_{each}") for each in segments]
    query = (
        surveys.behind(key, span, scope).order_by(None).with_only_columns(*columns, SurveyAnswer.value, func.count())
    )
    query = query.group_by(*(literal_column(each.key) for each in columns), SurveyAnswer.value)
    told = _Told(db.session.execute(query).all(), begins, segments, weeks)
    return {ask: told.cells(ask, edges[ask], partial(_scored, key)) for ask in asks}


def _rows(
    source: Source, asks: Sequence[Ask], scope: Scope, begins: Sequence[datetime], segments: Sequence[str]
) -> Sequence[Any]:
    at = getattr(Ticket, source.at)
    told = [steps(at, begins[1:]).label("part"), *(_segment(each).label(f"by_{each}") for each in segments)]
    told += [TicketClock.used.label("used")] if source.apart else []
    query = select(*told, *source.columns(asks[0].window.now)).select_from(Ticket)
    if source.clock:
        kinds = [each.value for each in source.clock]
        query = query.join(TicketClock, and_(TicketClock.ticket_id == Ticket.id, TicketClock.measure.in_(kinds)))
    fields = {field for ask in asks for field in _fields(ask)}
    query = query.where(at >= begins[0], at < begins[-1], seen(scope, "ticket", Ticket, sorted(fields)))
    if source.solved:
        query = query.where(Ticket.state.in_(_DONE))
    return db.session.execute(query.group_by(*(literal_column(each.key) for each in told))).all()


@dataclass(frozen=True, slots=True)
class _Told:
    """What a statement found: rows of the number of a stretch, the segments, and what was counted.

    ``begins`` are the moments or days with which stretches begin, those of ``weeks`` by their Mondays among them.
    """

    rows: Sequence[Any]
    begins: Sequence[Any]
    segments: Sequence[str]
    weeks: Mapping[date, Any]

    def cells(self, ask: Ask, edges: tuple[Any, Any], cell: Callable[[object, Rows], Cell]) -> list[Cell]:
        """The rows of one ask, added up by segment or week."""
        place = 1 + self.segments.index(ask.by) if ask.by else 0
        found: dict[Any, list[tuple[int, ...]]] = defaultdict(list)
        for row in self.rows:
            begin = self.begins[row[0]]
            if edges[0] <= begin < edges[1]:
                segment = self._week(ask, begin) if ask.weeks else row[place] if ask.by else None
                found[segment].append(tuple(row[1 + len(self.segments) :]))
        return [cell(segment, each) for segment, each in found.items()]

    def _week(self, ask: Ask, begin: Any) -> date:
        return max(week for week in ask.weeks if self.weeks[week] <= begin)


def _segment(by: str) -> Any:
    return TicketClock.measure if by == MEASURE else getattr(Ticket, by)


def _fields(ask: Ask) -> tuple[str, ...]:
    """The fields that a figure, told apart by a segment, asks for."""
    return (*SOURCES[ask.key].fields, *((ask.by,) if ask.by and ask.by != MEASURE else ()))


def _of(source: Source, at: Any, window: Window) -> tuple[Condition, ...]:
    solved = (Ticket.state.in_(_DONE),) if source.solved else ()
    return (at >= window.start, at < window.end, *solved)


def _at_once() -> Condition:
    """Solved with one answer at most, and not asked again."""
    return and_(Ticket.one_touch_excluded.is_(False), Ticket.touches <= 1, Ticket.reopened == 0)


def _sum_of(condition: Condition) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _first_contact(segment: object, rows: Rows) -> Cell:
    """The numerator, those that one answer could solve, and ``n``: all that were solved."""
    hits, could, solved = (sum(each) for each in zip(*rows, strict=True))
    return Cell(segment, Decimal(hits), Decimal(could), solved)


def _lasting(segment: object, rows: Rows) -> Cell:
    """The hours that each clock ran."""
    hours = [Decimal(minutes) / _HOUR for minutes, count in sorted(rows) for _each in range(count)]
    return Cell(segment, sum(hours, Decimal(0)), Decimal(len(hours)), len(hours), values=tuple(hours))


def _promises(segment: object, rows: Rows) -> Cell:
    met, broken = (sum(each) for each in zip(*rows, strict=True))
    return Cell(segment, Decimal(met), Decimal(met + broken), met + broken)


def _scored(key: str, segment: object, rows: Rows) -> Cell:
    """Of numbers and how often each was given: those that please, less those that don't where that is the figure."""
    found = Scores({value: sum(count for each, count in rows if each == value) for value, _count in rows})
    top = found.satisfied if key == "csat" else found.promoters - found.detractors
    return Cell(segment, Decimal(top), Decimal(found.n), found.n)


SOURCES: Mapping[str, Source] = {
    "fcr": Source(
        "resolved_at",
        ("state", "resolved_at", "touches", "reopened", "one_touch_excluded"),
        lambda _now: (_sum_of(_at_once()), _sum_of(Ticket.one_touch_excluded.is_(False)), func.count()),
        _first_contact,
        solved=True,
    ),
    "first-response": Source(
        "first_response_at",
        ("created_at", "first_response_at"),
        lambda _now: (func.count(),),
        _lasting,
        (Measure.RESPONSE,),
        apart=True,
    ),
    "resolution": Source(
        "resolved_at",
        ("created_at", "state", "resolved_at"),
        lambda _now: (func.count(),),
        _lasting,
        (Measure.RESOLUTION,),
        solved=True,
        apart=True,
    ),
    "sla-met": Source(
        "created_at",
        ("created_at", "respond_by", "resolve_by", "state"),
        lambda now: (_sum_of(sla.met()), _sum_of(sla.breached(now))),
        _promises,
        tuple(Measure),
    ),
}
"""The figures over tickets, by their key."""
KEYS = frozenset({*SOURCES, *SATISFACTION})
"""The figures that are counted here."""
