"""The board, its table and its forecast: sums by one grouped statement, and the first deals of each stage by index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, exists, false, func, select, true, union_all

from accounts.people.models import Person
from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import Access
from crm.objects.rules.catalogue import ACCOUNT, ACTIVITY, OPPORTUNITY
from crm.pipeline import rules
from crm.pipeline.rules import Filters, Part, Step, Sums, Whose
from crm.rates import queries as rates
from crm.records import queries as records
from crm.records.models import Activity, Opportunity, Stage, StageChange
from infra.database import db

SHOWN = 4
"""Cards of a stage at first; the rest is a click away."""
OPENED = 60
"""Cards of a stage that was opened; what is beyond them stands in the table."""
PAGE = 50
rate, in_base, cents_in_base = rates.rate, rates.in_base, rates.cents_in_base


@dataclass(frozen=True, slots=True)
class Card:
    """A deal as the board shows it; fields that the reader may not see are None."""

    id: int
    name: str | None
    account: str
    account_id: int | None
    stage_id: int
    amount: Decimal | None
    amount_seen: bool
    currency: str
    closes_on: date | None
    next_step: str
    next_step_on: date | None
    step: Step
    owner_id: int | None
    owner: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage of the board."""

    stage: Stage
    sums: Sums
    cards: list[Card]
    opened: bool = False

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.sums.count - len(self.cards)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board; ``book`` knows the currency of its sums."""

    base: str
    lanes: list[Lane]
    ends: list[Stage]
    sums: Sums
    quiet: int
    amount_seen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, and when."""

    access: Access
    now: datetime
    today: date


def may_see_board(access: Access) -> bool:
    """Whether there is a board for the reader: they see deals and the stages that these are in."""
    return access_rules.may(access, access_rules.SEE, OPPORTUNITY, None, "stage_id")


def board(asked: Asked, filters: Filters, shown: int = SHOWN, opened: int | None = None) -> Board:
    """The open deals by stage; the stage that is ``opened`` shows more of them than the others."""
    stages = [each for each in records.stages() if each.active]
    lanes = [each for each in stages if each.outcome == "open"]
    parts = _parts(asked, filters, Opportunity.stage_id)
    book = rates.book_of(part.currency for part in parts)
    by_stage = rules.by_key(parts, book, asked.today)
    most = {each.id: OPENED if each.id == opened else shown for each in lanes}
    cards = _cards(asked, _first_of_each(asked, filters, most))
    grouped: dict[int, list[Card]] = {}
    for card in cards:
        grouped.setdefault(card.stage_id, []).append(card)
    return Board(
        base=book.base,
        lanes=[
            Lane(each, by_stage.get(each.id, Sums()), grouped.get(each.id, []), each.id == opened) for each in lanes
        ],
        ends=[each for each in stages if each.outcome != "open"],
        sums=rules.sums(parts, book, asked.today),
        quiet=_quiet_count(asked, filters),
        amount_seen=access_rules.may(asked.access, access_rules.SEE, OPPORTUNITY, None, "amount"),
    )


def table(asked: Asked, filters: Filters, page: int) -> tuple[list[Card], Sums, str]:
    """A page of the deals behind any sum, their sums, and the currency of these."""
    added, base = sums_of(asked, filters)
    query = _deals(asked, filters, Opportunity.id).order_by(Opportunity.closes_on, Opportunity.id)
    ids = list(db.session.scalars(query.offset((page - 1) * PAGE).limit(PAGE)))
    return _cards(asked, ids), added, base


def sums_of(asked: Asked, filters: Filters) -> tuple[rules.Sums, str]:
    """What deals add up to, and the currency of that; those that ended count at the rate of their day."""
    parts = _parts(asked, filters, Opportunity.stage_id, by_day=filters.outcome != "open")
    book = rates.book_of(part.currency for part in parts)
    return rules.sums(parts, book, asked.today), book.base


def forecast(asked: Asked, filters: Filters) -> tuple[list[rules.Month], str]:
    """What is open, weighted and won by month of the close date; won deals count at the rate of that day."""
    since = asked.today.replace(day=1) - timedelta(days=180)
    narrowed = filters if filters.closes_from else Filters(**{**_as_dict(filters), "closes_from": since.replace(day=1)})
    still_open = _parts(asked, filters, Opportunity.stage_id, by_day=True)
    won = _parts(asked, Filters(**{**_as_dict(narrowed), "outcome": "won"}), Opportunity.stage_id, by_day=True)
    book = rates.book_of(part.currency for part in (*still_open, *won))
    return rules.months(still_open, won, book, asked.today), book.base


def deal(asked: Asked, deal_id: int) -> tuple[Opportunity, Card]:
    """One deal that the reader may see. Raises NotFound."""
    row: Opportunity = records.get(asked.access, OPPORTUNITY, deal_id)
    (card,) = _cards(asked, [row.id])
    return row, card


def mover(deal_id: int) -> str:
    """Who moved a deal last."""
    query = (
        select(Person.name)
        .join(StageChange, StageChange.person_id == Person.id)
        .where(StageChange.opportunity_id == deal_id)
        .order_by(StageChange.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""


def _as_dict(filters: Filters) -> dict[str, Any]:
    return {name: getattr(filters, name) for name in Filters.__slots__}


def _seen(access: Access, field: str) -> ColumnElement[bool]:
    """Where a field of deals is seen."""
    return reach(access, access_rules.SEE, OPPORTUNITY, Opportunity, field)


def _deals(asked: Asked, filters: Filters, *columns: Any) -> Select[Any]:
    """The deals that the reader may see in their stages, narrowed; a filter asks for the reach of its field."""
    access = asked.access
    criteria: list[ColumnElement[bool]] = [
        Opportunity.deleted_at.is_(None),
        Opportunity.outcome == filters.outcome,
        reach(access, access_rules.SEE, OPPORTUNITY, Opportunity, "stage_id"),
    ]
    if filters.account_id:
        criteria += [_seen(access, "account_id"), Opportunity.account_id == filters.account_id]
    if filters.stage_id:
        criteria.append(Opportunity.stage_id == filters.stage_id)
    if filters.whose is Whose.MINE:
        criteria.append(Opportunity.owner_id == access.person_id)
    if filters.whose is Whose.TEAM:
        teams = {access.team_id, *access.below} - {None}
        criteria.append(Opportunity.team_id.in_(sorted(each for each in teams if each is not None)))
    if filters.closes_from or filters.closes_to or filters.undated:
        criteria += [_seen(access, "closes_on"), *_closing(filters)]
    if filters.at_least is not None:
        criteria += [_seen(access, "amount"), Opportunity.amount >= filters.at_least]
    if filters.overdue:
        criteria += [_seen(access, "next_step_on"), Opportunity.next_step_on < asked.today]
    if filters.quiet:
        criteria.append(_is_quiet(asked))
    return select(*columns).where(*criteria)


def _closing(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.closes_from:
        found.append(Opportunity.closes_on >= filters.closes_from)
    if filters.closes_to:
        found.append(Opportunity.closes_on <= filters.closes_to)
    if filters.undated:
        found.append(Opportunity.closes_on.is_(None))
    return found


def _is_quiet(asked: Asked) -> ColumnElement[bool]:
    """Nothing that the reader may know of happened for a while, and the deal is not newer than that."""
    since = asked.now - rules.QUIET
    happened = exists().where(
        Activity.opportunity_id == Opportunity.id,
        Activity.deleted_at.is_(None),
        Activity.occurred_at >= since,
        reach(asked.access, access_rules.SEE, ACTIVITY, Activity, "occurred_at"),
    )
    return and_(Opportunity.created_at < since, ~happened)


def _quiet_count(asked: Asked, filters: Filters) -> int:
    quiet = Filters(**{**_as_dict(filters), "quiet": True})
    return db.session.scalar(_deals(asked, quiet, func.count())) or 0


def _parts(asked: Asked, filters: Filters, key: Any, *, by_day: bool = False) -> list[Part]:
    """Sums by stage and currency (and close date): one statement, whatever the number of deals."""
    access = asked.access
    amount = case((_seen(access, "amount"), cast(Opportunity.amount, BigInteger)), else_=None)
    seen_likely = case((_seen(access, "probability"), Opportunity.probability), else_=None)
    likely = func.coalesce(seen_likely, Stage.probability)
    late = case((and_(_seen(access, "next_step_on"), Opportunity.next_step_on < asked.today), 1), else_=0)
    day = case((_seen(access, "closes_on"), Opportunity.closes_on), else_=None) if by_day else None
    keys = [key, Opportunity.currency, *([day] if day is not None else [])]
    query = _deals(
        asked,
        filters,
        *keys,
        func.count(),
        func.coalesce(func.sum(amount), 0),
        func.coalesce(func.sum(amount * likely), 0),
        func.sum(case((amount.is_(None), 1), else_=0)),
        func.sum(late),
    ).join(Stage, Stage.id == Opportunity.stage_id)
    found = []
    for row in db.session.execute(query.group_by(*keys)):
        values = list(row)
        on = values.pop(2) if by_day else None
        stage, currency, count, cents, weighted, unknown, overdue = values
        found.append(
            Part(stage, currency, count, Decimal(int(cents)) / 100, Decimal(int(weighted)) / 100, unknown, overdue, on)
        )
    return found


def _first_of_each(asked: Asked, filters: Filters, most: Mapping[int, int]) -> list[int]:
    """The deals of each stage that close first, at most so many, all stages in one statement."""
    if not most:
        return []
    branches = []
    for stage_id, shown in most.items():
        query = _deals(asked, filters, Opportunity.id, Opportunity.stage_id, Opportunity.closes_on)
        query = query.where(Opportunity.stage_id == stage_id)
        first = query.order_by(Opportunity.closes_on, Opportunity.id).limit(shown).subquery()
        branches.append(select(first.c.id))
    return list(db.session.scalars(union_all(*branches)))


def _cards(asked: Asked, ids: Sequence[int]) -> list[Card]:
    """Cards in the order of the numbers: five statements for a whole board."""
    if not ids:
        return []
    access = asked.access
    rows = {row.id: row for row in db.session.scalars(select(Opportunity).where(Opportunity.id.in_(ids)))}
    fields = ("name", "account_id", "amount", "closes_on", "next_step", "next_step_on", "owner_id")
    seen = _fields_of(access, ids, fields)
    accounts = records.names(access, ACCOUNT, [row.account_id for row in rows.values()])
    owners = _names_of(row.owner_id for row in rows.values())
    last = _last_happened(asked, ids)
    return [_card(asked, rows[each], seen[each], accounts, owners, last.get(each)) for each in ids if each in rows]


def _fields_of(access: Access, ids: Sequence[int], fields: Sequence[str]) -> dict[int, frozenset[str]]:
    """Which fields of which deals are seen: one statement, none where all of them are."""
    if all(access_rules.widest(access, access_rules.SEE, OPPORTUNITY, each) == access_rules.ALL for each in fields):
        return dict.fromkeys(ids, frozenset(fields))
    columns = [case((_seen(access, each), true()), else_=false()) for each in fields]
    rows = db.session.execute(select(Opportunity.id, *columns).where(Opportunity.id.in_(ids)))
    return {row[0]: frozenset(name for name, yes in zip(fields, row[1:], strict=True) if yes) for row in rows}


def _names_of(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = sorted({each for each in ids if each is not None})
    if not wanted:
        return {}
    return {row[0]: row[1] for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))}


def _last_happened(asked: Asked, ids: Sequence[int]) -> dict[int, datetime]:
    rows = db.session.execute(
        select(Activity.opportunity_id, func.max(Activity.occurred_at))
        .where(
            Activity.opportunity_id.in_(ids),
            Activity.deleted_at.is_(None),
            reach(asked.access, access_rules.SEE, ACTIVITY, Activity, "occurred_at"),
        )
        .group_by(Activity.opportunity_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None and row[1] is not None}


def _card(
    asked: Asked,
    row: Opportunity,
    seen: frozenset[str],
    accounts: dict[int, str],
    owners: dict[int, str],
    last: datetime | None,
) -> Card:
    next_step = row.next_step if "next_step" in seen else ""
    on = row.next_step_on if "next_step_on" in seen else None
    owner_id = row.owner_id if "owner_id" in seen else None
    account_id = row.account_id if "account_id" in seen else None
    return Card(
        id=row.id,
        name=row.name if "name" in seen else None,
        account=accounts.get(account_id or 0, ""),
        account_id=account_id,
        stage_id=row.stage_id,
        amount=row.amount if "amount" in seen else None,
        amount_seen="amount" in seen,
        currency=row.currency,
        closes_on=row.closes_on if "closes_on" in seen else None,
        next_step=next_step,
        next_step_on=on,
        step=rules.step(next_step, on, last, row.created_at, asked.now, asked.today),
        owner_id=owner_id,
        owner=owners.get(owner_id or 0, ""),
        outcome=row.outcome,
    )
