"""What currencies are worth, as rules and as a condition of the database take it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select

from accounts.people.models import Person
from crm.rates.models import BaseCurrency, Rate
from crm.rates.rules import DEFAULT, PLACES, Book
from crm.records.models import TABLES
from infra.database import db
from infra.memo import remembered

_ONE = 10**PLACES
"""A rate of 1 as the database holds it."""
SHOWN = 200
"""How many rates the page shows; older ones are found by their currency."""


@remembered
def base() -> str:
    """The currency that sums are in."""
    return db.session.scalar(select(BaseCurrency.currency).limit(1)) or DEFAULT


@remembered
def book(currencies: tuple[str, ...]) -> Book:
    """The rates of some currencies; the base currency needs none and costs nothing."""
    own = base()
    quotes: dict[str, list[tuple[date, Decimal]]] = {}
    wanted = sorted(set(currencies) - {own})
    if wanted:
        query = select(Rate.currency, Rate.day, Rate.rate).where(Rate.currency.in_(wanted)).order_by(Rate.day)
        for currency, day, rate in db.session.execute(query):
            quotes.setdefault(currency, []).append((day, rate))
    return Book(own, quotes)


def book_of(currencies: Iterable[str]) -> Book:
    """The same for whatever was found in records."""
    return book(tuple(sorted(set(currencies))))


def rate(currency: str, day: date) -> Decimal | None:
    """What one unit of a currency is worth in the base currency on a day; None is unknown."""
    return book_of([currency]).rate(currency, day)


def in_base(amount: Decimal | None, currency: str, day: date) -> Decimal | None:
    """An amount in the base currency; None when it or the rate is unknown."""
    return book_of([currency]).in_base(amount, currency, day)


def cents_in_base(amount: Any, currency: Any, day: Any) -> ColumnElement[Any]:
    """Cents in the base currency as SQL, NULL where there is no rate: for sums over rows of many days.

    Half a cent goes away from zero, as in `Book.in_base`. Whole numbers only, so that both say the same on every
    database: ``cents * rate`` would not fit into 64 bits, thus both are taken apart. ``day`` is a column, or a date
    for all rows.
    """
    cents, rate = cast(amount, BigInteger), cast(Rate.rate, BigInteger)
    small = (cents % _ONE) * (rate % _ONE)
    half = case((cents < 0, -_ONE // 2), else_=_ONE // 2)
    converted = (
        select(cents * (rate // _ONE) + (cents // _ONE) * (rate % _ONE) + (small + half) // _ONE)
        .where(Rate.currency == currency, Rate.day <= day)
        .order_by(Rate.day.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((currency == base(), cents), else_=converted)


def rows(currency: str = "") -> list[tuple[Rate, str]]:
    """Rates with who entered them, the latest days first."""
    query = select(Rate, func.coalesce(Person.name, "")).outerjoin(Person, Person.id == Rate.person_id)
    if currency:
        query = query.where(Rate.currency == currency)
    found = db.session.execute(query.order_by(Rate.day.desc(), Rate.currency).limit(SHOWN))
    return [(row[0], row[1]) for row in found]


def missing(day: date) -> list[str]:
    """The currencies that records are in and that have no rate on a day."""
    used: set[str] = set()
    for kind in ("opportunity", "campaign", "product"):
        table = TABLES[kind]
        used.update(db.session.scalars(select(table.currency).where(table.deleted_at.is_(None)).distinct()))
    found = book_of(used)
    return sorted(each for each in used if found.rate(each, day) is None)
