"""What each figure over records counts: a row a figure, and the one statement that counts it by segment or week."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.types import NullType

from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.campaigns.models import CampaignDay
from crm.counts.queries import Scope, days_between, seen, steps
from crm.counts.rules.cells import Ask, Cell
from crm.counts.rules.windows import DAY, WEEK, Window, start_of
from crm.objects.rules.catalogue import OBJECTS
from crm.rates.queries import cents_in_base
from crm.records.models import TABLES, Campaign, Contact, Lead, Opportunity
from crm.records.queries import stages
from infra.database import db
from infra.memo import remembered

HUNDRED = Decimal(100)
TOP, BOTTOM = "top", "bottom"
"""The two parts of a figure whose records can be looked at."""
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Source:
    """What a figure counts: records of ``kind`` that pass ``where``, of a stretch by the instant ``at``.

    ``hit`` picks the numerator out of them; ``cents`` is what each adds instead of 1, NULL where it is not known.
    ``fields`` are the fields that a reader must be allowed to see.
    """

    kind: str
    at: str
    fields: tuple[str, ...]
    where: Callable[[], tuple[Condition, ...]] = tuple
    hit: Callable[[], Condition] | None = None
    cents: Callable[[], Any] | None = None


def _closed_cents() -> Any:
    return _cents(func.date(Opportunity.closed_at))


def _open_cents() -> Any:
    return _cents(func.coalesce(Opportunity.closes_on, func.date(Opportunity.created_at)))


def _weighted() -> Any:
    likely = func.coalesce(Opportunity.probability, _stage_probability())
    return _open_cents() * likely / 100


def _cents(day: Any) -> Any:
    """Cents in the organisation's currency, NULL where there is no rate."""
    return cents_in_base(Opportunity.amount, Opportunity.currency, day)


def _stage_probability() -> Any:
    known = [(Opportunity.stage_id == each.id, each.probability) for each in stages()]
    return case(*known, else_=0) if known else literal(0)


def _won() -> tuple[Condition, ...]:
    return (Opportunity.outcome == "won",)


def _closed() -> tuple[Condition, ...]:
    return (Opportunity.outcome.in_(("won", "lost")),)


def _open() -> tuple[Condition, ...]:
    return (Opportunity.outcome == "open",)


_MONEY = ("amount", "currency", "stage_id", "closed_at")
_OPEN = ("amount", "currency", "stage_id", "closes_on", "probability")
SOURCES: Mapping[str, Source] = {
    "lead-conversion": Source(
        "lead", "created_at", ("created_at", "status", "converted_at"), hit=lambda: Lead.converted_at.is_not(None)
    ),
    "win-rate": Source(
        "opportunity", "closed_at", ("stage_id", "closed_at"), _closed, hit=lambda: Opportunity.outcome == "won"
    ),
    "sales-cycle": Source("opportunity", "closed_at", ("stage_id", "closed_at", "created_at"), _won),
    "deal-size": Source("opportunity", "closed_at", _MONEY, _won, cents=_closed_cents),
    "revenue": Source("opportunity", "closed_at", _MONEY, _won, cents=_closed_cents),
    "pipeline": Source("opportunity", "", _OPEN, _open, cents=_open_cents),
    "weighted-pipeline": Source("opportunity", "", _OPEN, _open, cents=_weighted),
    "mql": Source("lead", "mql_at", ("mql_at", "status")),
    "sql": Source("lead", "sql_at", ("sql_at", "status")),
    "contact-creation": Source(
        "contact", "created_at", ("created_at", "origin"), lambda: (Contact.origin != "migrated",)
    ),
}
"""The figures that are counted over records, by their key."""


def answers(asks: Iterable[Ask], scope: Scope) -> dict[Ask, list[Cell]]:
    """What figures count, each in its stretch: in all, a cell a segment, or a cell a week; one statement for all."""
    wanted = list(dict.fromkeys(asks))
    found: dict[Ask, list[Cell]] = {each: [] for each in wanted}
    if not wanted:
        return found
    queries = [_query(each, scope).add_columns(literal(number)) for number, each in enumerate(wanted)]
    for word, place, n, hits, lacking, number in db.session.execute(union_all(*queries)):
        ask = wanted[number]
        segment = ask.weeks[place] if ask.weeks else (place if word is None else word) if ask.by else None
        found[ask].append(_cell(ask.key, segment, n, hits, lacking))
    return found


def cells(key: str, window: Window, scope: Scope, by: str = "") -> list[Cell]:
    """The same of one figure."""
    (found,) = answers([Ask(key, window, by)], scope).values()
    return found


def _query(ask: Ask, scope: Scope) -> Select[Any]:
    """The segment as a word or as a number, for all figures are told by the same columns."""
    source, table = SOURCES[ask.key], TABLES[SOURCES[ask.key].kind]
    column: Any = literal(0)
    if ask.weeks:
        column = steps(getattr(table, source.at), [start_of(each, ask.window.zone) for each in ask.weeks[1:]])
    elif ask.by:
        column = getattr(table, ask.by)
    numbered = isinstance(column.type, Integer)
    word, place = (cast(null(), String), column) if numbered else (column, cast(null(), Integer))
    query = _counted(source, ask.window, scope, ask.by, word.label("segment_word"), place.label("segment_place"))
    return query.group_by(literal_column("segment_word"), literal_column("segment_place"))


def behind(key: str, window: Window, scope: Scope, part: str = BOTTOM) -> tuple[str, Select[Any]]:
    """The records behind a figure, as their object and a statement: all that count, or those in the numerator."""
    source, table = SOURCES[key], TABLES[SOURCES[key].kind]
    picked = (source.hit(),) if source.hit is not None and part == TOP else ()
    return source.kind, select(table).where(*_conditions(source, window, scope, ""), *picked)


def values(key: str, window: Window, scope: Scope) -> list[tuple[datetime, Decimal]]:
    """What each record behind a figure adds, with its instant: an amount in the organisation's currency, or 1.

    Records without a rate are left out.
    """
    source, table = SOURCES[key], TABLES[SOURCES[key].kind]
    cents = source.cents() if source.cents is not None else literal(100)
    at = getattr(table, source.at)
    query = select(at, type_coerce(cents, NullType())).where(
        *_conditions(source, window, scope, ""), cents.is_not(None)
    )
    return [(row[0], Decimal(str(row[1])) / HUNDRED) for row in db.session.execute(query)]


def cycles(window: Window, scope: Scope, by: str = "", weeks: Sequence[date] = ()) -> list[Cell]:
    """The days that each won deal took, by segment or week: from its lead, or ``apart`` from its own creation."""
    source = SOURCES["sales-cycle"]
    shown = reach(scope.access, access_rules.SEE, OBJECTS["lead"], Lead, "created_at")
    days = days_between(Opportunity.closed_at, func.coalesce(Lead.created_at, Opportunity.created_at))
    segment = steps(Opportunity.closed_at, [start_of(each, window.zone) for each in weeks[1:]]) if weeks else None
    column = segment if segment is not None else getattr(Opportunity, by) if by else literal(0)
    query = (
        select(column.label("segment"), days.label("days"), Lead.id.label("lead"))
        .select_from(Opportunity)
        .outerjoin(Lead, and_(Lead.id == Opportunity.lead_id, Lead.deleted_at.is_(None), shown))
        .where(*_conditions(source, window, scope, by))
    )
    found: dict[Any, tuple[list[Decimal], list[Decimal]]] = {}
    for row in db.session.execute(query):
        led, own = found.setdefault(row.segment, ([], []))
        (own if row.lead is None else led).append(Decimal(str(round(row.days, 2))))
    return [_cycle(weeks[each] if weeks else each if by else None, *both) for each, both in found.items()]


def _cycle(segment: object, led: list[Decimal], own: list[Decimal]) -> Cell:
    top = sum(led, Decimal(0))
    return Cell(segment, top, Decimal(len(led)), len(led), 0, tuple(sorted(led)), tuple(sorted(own)))


def _counted(source: Source, window: Window, scope: Scope, by: str, *columns: Any) -> Select[Any]:
    hits: Any = func.count()
    lacking: Any = literal(0)
    if source.hit is not None:
        hits = func.sum(case((source.hit(), 1), else_=0))
    if source.cents is not None:
        cents = source.cents()
        hits = func.coalesce(func.sum(cents), 0)
        lacking = func.sum(case((and_(Opportunity.amount.is_not(None), cents.is_(None)), 1), else_=0))
    return (
        select(*columns, func.count(), type_coerce(hits, NullType()), func.coalesce(lacking, 0))
        .select_from(TABLES[source.kind])
        .where(*_conditions(source, window, scope, by))
    )


def _conditions(source: Source, window: Window, scope: Scope, by: str) -> list[Condition]:
    table = TABLES[source.kind]
    found = [seen(scope, source.kind, table, (*source.fields, *((by,) if by else ()))), *source.where()]
    if source.at:
        at = getattr(table, source.at)
        found += [at >= window.start, at < window.end]
    return found


def _cell(key: str, segment: object, n: int, hits: Any, lacking: int) -> Cell:
    """SQLite adds up parts of cents in binary; cents times percent have two places."""
    counted = Decimal(f"{hits:.2f}" if isinstance(hits, float) else hits)
    return Cell(segment, counted / HUNDRED if SOURCES[key].cents else counted, Decimal(n), n, lacking)


@dataclass(frozen=True, slots=True)
class Campaigns:
    """What the campaigns of a stretch cost and brought, in the organisation's currency.

    ``reach`` is that of the days whose clicks are known: an event that counts none is no event without interest.
    """

    count: int
    cost: Decimal
    reach: int
    clicks: int
    leads: int
    revenue: Decimal
    lacking: int


@remembered
def campaigns(window: Window, scope: Scope) -> Campaigns:
    """Campaigns with figures in a stretch, the leads that came from them and the deals won by them."""
    return next(iter(_campaigns(window, scope, ()).values()))


def weekly_campaigns(weeks: Sequence[date], window: Window, scope: Scope) -> dict[date, Campaigns]:
    """The same for ISO weeks that follow each other, by their Mondays; three statements, however many weeks."""
    found = _campaigns(window.between(weeks[0], weeks[-1] + WEEK - DAY), scope, weeks)
    return {week: found[number] for number, week in enumerate(weeks)}


def _campaigns(window: Window, scope: Scope, weeks: Sequence[date]) -> dict[int, Campaigns]:
    """Each stretch between the Mondays: its campaigns, and of what leads and deals brought what these ones did."""
    days = _campaign_days(window, scope, weeks)
    leads, won = _campaign_leads(window, scope, weeks), _campaign_deals(window, scope, weeks)
    found = {}
    for number in range(len(weeks) or 1):
        rows = {row.campaign: row for row in days if row.segment == number}
        deals = [_cell("revenue", None, *row[:3]) for row in won if row.segment == number and row.campaign in rows]
        found[number] = Campaigns(
            len(rows),
            Decimal(sum(int(row.cost) for row in rows.values())) / HUNDRED,
            sum(int(row.reach) for row in rows.values()),
            sum(int(row.clicks) for row in rows.values()),
            sum(row.n for row in leads if row.segment == number and row.campaign in rows),
            sum((deal.top for deal in deals), Decimal(0)),
            sum(int(row.lacking) for row in rows.values()) + sum(deal.lacking for deal in deals),
        )
    return found


def _campaign_days(window: Window, scope: Scope, weeks: Sequence[date]) -> Sequence[Any]:
    cents = cents_in_base(CampaignDay.cost, Campaign.currency, CampaignDay.day)
    lacking = case((and_(CampaignDay.cost.is_not(None), cents.is_(None)), 1), else_=0)
    known = [(CampaignDay.day < each, number) for number, each in enumerate(weeks[1:])]
    segment = case(*known, else_=len(known)) if known else literal(0)
    query = (
        select(
            segment.label("segment"),
            Campaign.id.label("campaign"),
            func.coalesce(func.sum(cents), 0).label("cost"),
            func.coalesce(func.sum(case((CampaignDay.clicks.is_not(None), CampaignDay.reach))), 0).label("reach"),
            func.coalesce(func.sum(CampaignDay.clicks), 0).label("clicks"),
            func.coalesce(func.sum(lacking), 0).label("lacking"),
        )
        .join(CampaignDay, CampaignDay.campaign_id == Campaign.id)
        .where(
            CampaignDay.day.between(window.since, window.until),
            seen(scope, "campaign", Campaign, ("budget", "currency")),
        )
    )
    return db.session.execute(query.group_by(literal_column("segment"), Campaign.id)).all()


def _campaign_leads(window: Window, scope: Scope, weeks: Sequence[date]) -> Sequence[Any]:
    segment = steps(Lead.created_at, [start_of(each, window.zone) for each in weeks[1:]])
    query = select(segment.label("segment"), Lead.campaign_id.label("campaign"), func.count().label("n")).where(
        Lead.campaign_id.is_not(None),
        Lead.created_at >= window.start,
        Lead.created_at < window.end,
        seen(scope, "lead", Lead, ("campaign_id", "created_at")),
    )
    return db.session.execute(query.group_by(literal_column("segment"), Lead.campaign_id)).all()


def _campaign_deals(window: Window, scope: Scope, weeks: Sequence[date]) -> Sequence[Any]:
    segment = steps(Opportunity.closed_at, [start_of(each, window.zone) for each in weeks[1:]])
    query = _counted(SOURCES["revenue"], window, scope, "").add_columns(
        segment.label("segment"), Opportunity.campaign_id.label("campaign")
    )
    query = query.where(Opportunity.campaign_id.is_not(None))
    return db.session.execute(query.group_by(literal_column("segment"), Opportunity.campaign_id)).all()
