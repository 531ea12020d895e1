"""What each figure over records counts: a row a figure, and the one statement that counts it by segment or week."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from sqlalchemy.orm import aliased
from sqlalchemy.types import NullType

from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.campaigns.models import CampaignDay
from crm.counts.queries import Scope, days_between, seen, steps
from crm.counts.rules.cells import Ask, Cell
from crm.counts.rules.windows import DAY, WEEK, Window, start_of
from crm.objects.rules.catalogue import OBJECTS
from crm.queues.rules import DONE
from crm.rates.queries import cents_in_base
from crm.records.models import TABLES, Campaign, Contact, Lead, Opportunity, Ticket
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
    """By the day of closing, or that of creation: which is looked up for the few that need it.

    All else stands in the index of the board, so that the deals themselves need not be read.
    """
    there = aliased(Opportunity)
    created = select(func.date(there.created_at)).where(there.id == Opportunity.id).correlate(Opportunity)
    return _cents(func.coalesce(Opportunity.closes_on, created.scalar_subquery()))


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
    # Every deal has a stage. To say so leads SQLite to the index of the board, which is all that has to be read.
    return Opportunity.outcome == "open", Opportunity.stage_id > 0


_DONE = tuple(sorted(each.value for each in DONE))
_MONEY = ("amount", "currency", "stage_id", "closed_at")
_OPEN = ("amount", "currency", "stage_id", "closes_on", "probability")
_REVENUE = Source("opportunity", "closed_at", _MONEY, _won, cents=_closed_cents)
SOURCES: Mapping[str, Source] = {
    "lead-conversion": Source(
        "lead", "created_at", ("created_at", "status", "converted_at"), hit=lambda: Lead.converted_at.is_not(None)
    ),
    "win-rate": Source(
        "opportunity", "closed_at", ("stage_id", "closed_at"), _closed, hit=lambda: Opportunity.outcome == "won"
    ),
    "sales-cycle": Source("opportunity", "closed_at", ("stage_id", "closed_at", "created_at"), _won),
    "deal-size": _REVENUE,
    "revenue": _REVENUE,
    "pipeline": Source("opportunity", "", _OPEN, _open, cents=_open_cents),
    "weighted-pipeline": Source("opportunity", "", _OPEN, _open, cents=_weighted),
    "mql": Source("lead", "mql_at", ("mql_at", "status")),
    "sql": Source("lead", "sql_at", ("sql_at", "status")),
    "tickets": Source("ticket", "created_at", ("created_at",)),
    "open-tickets": Source("ticket", "", ("state",), lambda: (Ticket.state.not_in(_DONE),)),
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
    alike: dict[tuple[object, ...], list[Ask]] = {}
    for each in wanted:
        alike.setdefault((SOURCES[each.key], each.window, each.by, each.weeks), []).append(each)
    groups = list(alike.values())
    queries = [_query(asks[0], scope).add_columns(literal(number)) for number, asks in enumerate(groups)]
    for word, place, n, hits, lacking, number in db.session.execute(union_all(*queries)):
        for ask in groups[number] if n else ():
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
    columns, grouped = (word.label("segment_word"), place.label("segment_place")), bool(ask.weeks or ask.by)
    query = _counted(source, ask.window, scope, ask.by, *columns, grouped=grouped)
    if not grouped:
        return query
    return query.group_by(literal_column("segment_word"), literal_column("segment_place"))


def behind(key: str, window: Window, scope: Scope, part: str = BOTTOM) -> tuple[str, Select[Any]]:
    """The records behind a figure, as their object and a statement: all that count, or those in the numerator."""
    source, table = SOURCES[key], TABLES[SOURCES[key].kind]
    picked = (source.hit(),) if source.hit is not None and part == TOP else ()
    return source.kind, select(table).where(*_conditions(source, window, scope, ""), *picked)


def counted_at(key: str) -> str:
    """The moment by which records fall into a figure's stretch; when they were made, for what just stands."""
    if key == "activity-timeliness":
        return "occurred_at"
    return (SOURCES[key].at if key in SOURCES else "") or "created_at"


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


def cycled(asks: Iterable[Ask], scope: Scope) -> dict[Ask, list[Cell]]:
    """The days that won deals took, from the lead or ``apart`` from their creation: of stretches, segments, weeks.

    Stretches end at the same moment as a rule, one inside the other: their deals are read once.
    """
    wanted = list(asks)
    plain = [each for each in wanted if not each.by and not each.weeks]
    return _stretches(plain, scope) | {each: _cycles(each, scope) for each in wanted if each not in plain}


def _stretches(asks: Sequence[Ask], scope: Scope) -> dict[Ask, list[Cell]]:
    if not asks:
        return {}
    windows = [each.window for each in asks]
    whole = windows[0].between(min(each.since for each in windows), max(each.until for each in windows))
    rows = [(at, days, lead) for at, days, lead in db.session.execute(_of_deals(Opportunity.closed_at, whole, scope))]
    found: dict[Ask, list[Cell]] = {}
    for ask in asks:
        start, end = ask.window.start, ask.window.end
        cell = _cycle(None, [(days, lead) for at, days, lead in rows if at is not None and start <= at < end])
        found[ask] = [cell] if cell.values or cell.apart else []
    return found


def _cycles(ask: Ask, scope: Scope) -> list[Cell]:
    begins = [start_of(each, ask.window.zone) for each in ask.weeks[1:]]
    column = steps(Opportunity.closed_at, begins) if ask.weeks else getattr(Opportunity, ask.by)
    found: dict[Any, list[tuple[float, int | None]]] = {}
    for segment, days, lead in db.session.execute(_of_deals(column, ask.window, scope, ask.by)):
        found.setdefault(segment, []).append((days, lead))
    return [_cycle(ask.weeks[each] if ask.weeks else each, rows) for each, rows in found.items()]


def _of_deals(column: Any, window: Window, scope: Scope, by: str = "") -> Select[Any]:
    """What is asked of each won deal, the days that it took, and its lead as far as that is shown."""
    shown = reach(scope.access, access_rules.SEE, OBJECTS["lead"], Lead, "created_at")
    days = days_between(Opportunity.closed_at, func.coalesce(Lead.created_at, Opportunity.created_at))
    return (
        select(column.label("segment"), days.label("days"), Lead.id.label("lead"))
        .select_from(Opportunity)
        .outerjoin(Lead, and_(Lead.id == Opportunity.lead_id, Lead.deleted_at.is_(None), shown))
        .where(*_conditions(SOURCES["sales-cycle"], window, scope, by))
    )


def _cycle(segment: object, rows: Iterable[tuple[float, int | None]]) -> Cell:
    led: list[Decimal] = []
    own: list[Decimal] = []
    for days, lead in rows:
        (own if lead is None else led).append(Decimal(str(round(days, 2))))
    top = sum(led, Decimal(0))
    return Cell(segment, top, Decimal(len(led)), len(led), 0, tuple(sorted(led)), tuple(sorted(own)))


def _counted(source: Source, window: Window, scope: Scope, by: str, *columns: Any, grouped: bool) -> Select[Any]:
    """Labelled columns, then how many records there are, what they add, and how many lack what they would add."""
    conditions = _conditions(source, window, scope, by)
    if source.cents is not None:
        return _added(source.cents(), conditions, columns, grouped=grouped)
    hits = func.count() if source.hit is None else func.sum(case((source.hit(), 1), else_=0))
    counted = select(*columns, func.count(), type_coerce(hits, NullType()), literal(0))
    return counted.select_from(TABLES[source.kind]).where(*conditions)


def _added(cents: Any, conditions: Sequence[Condition], columns: Sequence[Any], *, grouped: bool) -> Select[Any]:
    """Sums of money. A limit keeps the databases from converting each amount again wherever it is named."""
    amount = Opportunity.amount.is_not(None).label("said")
    each = (
        select(*columns, amount, type_coerce(cents, NullType()).label("cents")).where(*conditions).offset(0).subquery()
    )
    lacking = func.sum(case((and_(each.c.said, each.c.cents.is_(None)), 1), else_=0))
    # PostgreSQL refuses a column that is neither grouped nor summed; all are alike where nothing is told apart.
    kept = [each.c[column.name] if grouped else func.max(each.c[column.name]) for column in columns]
    return select(*kept, func.count(), func.coalesce(func.sum(each.c.cents), 0), func.coalesce(lacking, 0))


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
        deals = [_cell("revenue", None, *row[2:]) for row in won if row.segment == number and row.campaign in rows]
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
    columns = (segment.label("segment"), Opportunity.campaign_id.label("campaign"))
    from_campaigns = replace(_REVENUE, where=lambda: (*_won(), Opportunity.campaign_id.is_not(None)))
    query = _counted(from_campaigns, window, scope, "", *columns, grouped=True)
    return db.session.execute(query.group_by(literal_column("segment"), literal_column("campaign"))).all()
