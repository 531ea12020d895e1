"""Applying a wish: to rows in memory, or to a select that the database answers. Both give the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from math import ceil, floor
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import BigInteger, ColumnElement, DateTime, Integer, Select, String, false, func, or_, select

from infra.database import Instant, db
from infra.lists.rules import NOBODY, Column, Filter, Kind, ListSpec, Message, Wish


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, how many there are in all (``more``: at least), and which page it is after all."""

    rows: Sequence[Any]
    total: int
    number: int
    more: bool = False
    messages: tuple[Message, ...] = ()


@runtime_checkable
class Paged(Protocol):
    """Rows that know best how they are counted, ordered and paged, such as `infra.lists.large.Large`."""

    def page(self, spec: ListSpec, wish: Wish, zone: tzinfo, limit: int | None = None) -> Page:
        """One page, or the first ``limit`` rows of all pages."""


Source = Select[Any] | Sequence[Any] | Paged


def fetch(spec: ListSpec, source: Source, wish: Wish, zone: tzinfo, limit: int | None = None) -> Page:
    """One page of what the wish leaves, in its order; with ``limit`` instead the first so many rows of all pages.

    Days are days of ``zone``. A page beyond the last is the last.
    """
    if isinstance(source, Select):
        return _from_database(spec, source, wish, zone, limit)
    if isinstance(source, Paged):
        return source.page(spec, wish, zone, limit)
    kept = [row for row in source if _keeps(spec, wish, row, zone)]
    ordered = _ordered(spec, kept, wish.sort or spec.default_sort)
    start, stop, number = _window(spec, wish, len(ordered), limit)
    return Page(ordered[start:stop], len(ordered), number)


def _window(spec: ListSpec, wish: Wish, total: int, limit: int | None) -> tuple[int, int, int]:
    if limit is not None:
        return 0, limit, 1
    number = min(wish.page, max(1, -(-total // spec.page_size)))
    return (number - 1) * spec.page_size, number * spec.page_size, number


def _keeps(spec: ListSpec, wish: Wish, row: Any, zone: tzinfo) -> bool:
    if wish.search:
        needle = wish.search.casefold()
        if not any(needle in str(column.cell(row) or "").casefold() for column in spec.columns if column.searched):
            return False
    return all(_TESTS[each.kind](each, _compared(spec, each, row, zone)) for each in wish.filters)


def _compared(spec: ListSpec, condition: Filter, row: Any, zone: tzinfo) -> Any:
    column = spec.column(condition.key)
    value = column.compared(row) if column else None
    if condition.kind is Kind.DATE and isinstance(value, datetime):
        return (value.astimezone(zone) if value.tzinfo else value).date()
    return value


def _within(condition: Filter, value: Any) -> bool:
    if value is None:
        return False
    return (condition.low is None or value >= condition.low) and (condition.high is None or value <= condition.high)


def _among(condition: Filter, value: Any) -> bool:
    if isinstance(value, (set, frozenset, list, tuple)):
        return any(_among(condition, each) for each in value) or (not value and NOBODY in condition.values)
    return (NOBODY if value is None else str(value)) in condition.values


_TESTS: dict[Kind, Callable[[Filter, Any], bool]] = {
    Kind.TEXT: lambda condition, value: condition.text.casefold() in str(value or "").casefold(),
    Kind.CHOICE: _among,
    Kind.PERSON: _among,
    Kind.FLAG: lambda condition, value: bool(value) is condition.flag,
    Kind.DATE: _within,
    Kind.NUMBER: _within,
}


def _ordered(spec: ListSpec, rows: list[Any], sort: str) -> list[Any]:
    """Rows in the wished order, empty cells last either way; equal ones stay as they came."""
    column = spec.column(sort.removeprefix("-"))
    if column is None:
        return rows
    filled = [row for row in rows if column.cell(row) is not None]
    empty = [row for row in rows if column.cell(row) is None]
    return sorted(filled, key=lambda row: comparable(column.cell(row)), reverse=sort.startswith("-")) + empty


def comparable(value: Any) -> Any:
    """A value as it is put in order: letters regardless of case."""
    return value.casefold() if isinstance(value, str) else value


def _from_database(spec: ListSpec, source: Select[Any], wish: Wish, zone: tzinfo, limit: int | None) -> Page:
    statement = source.where(*conditions_of(spec, wish, zone))
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    start, stop, number = _window(spec, wish, total, limit)
    found = db.session.execute(_order(spec, statement, wish).offset(start).limit(stop - start))
    rows = found.scalars().all() if len(source.column_descriptions) == 1 else found.all()
    return Page([spec.read(row) for row in rows] if spec.read else rows, total, number)


def _order(spec: ListSpec, statement: Select[Any], wish: Wish) -> Select[Any]:
    sort = wish.sort or spec.default_sort
    column = spec.column(sort.removeprefix("-"))
    if column is None or column.expression is None:
        return statement if spec.tie_breaker is None else statement.order_by(spec.tie_breaker)
    expression = func.lower(column.expression) if isinstance(column.expression.type, String) else column.expression
    order = (expression.desc() if sort.startswith("-") else expression.asc()).nulls_last()
    last = () if spec.tie_breaker is None else (spec.tie_breaker,)
    return statement.order_by(None).order_by(order, *last)


def conditions_of(spec: ListSpec, wish: Wish, zone: tzinfo) -> list[ColumnElement[bool]]:
    """What a wish asks of the rows, for the database."""
    conditions = []
    if wish.search and spec.search is not None:
        conditions.append(spec.search(wish.search))
    elif wish.search:
        searched = [column.expression for column in spec.columns if column.searched and column.expression is not None]
        conditions.append(or_(*(each.icontains(wish.search, autoescape=True) for each in searched)))
    for each in wish.filters:
        column = spec.column(each.key)
        if column is not None and column.condition is not None:
            conditions.append(column.condition(each))
        elif column is not None:
            conditions += _sql(each, _expression(column), zone)
    return conditions


def _expression(column: Column) -> Any:
    found = column.expression if column.filter_expression is None else column.filter_expression
    if found is None:
        raise TypeError(f"The column {column.key} needs an expression to be filtered by the database.")
    return found


def _sql(condition: Filter, expression: Any, zone: tzinfo) -> list[ColumnElement[bool]]:
    if condition.kind is Kind.TEXT:
        return [expression.icontains(condition.text, autoescape=True)]
    if condition.kind is Kind.FLAG:
        return [func.coalesce(expression, False).is_(condition.flag)]
    if condition.kind in (Kind.CHOICE, Kind.PERSON):
        return [_sql_among(condition, expression)]
    if condition.kind is Kind.DATE:
        low, high, exclusive = _moments(expression, condition.low, condition.high, zone)
        return _between(expression, low, high, exclusive=exclusive)
    if isinstance(expression.type, Integer):
        return _between_whole(expression, condition.low, condition.high)
    return _between(expression, condition.low, condition.high, exclusive=False)


def _between_whole(expression: Any, low: float | None, high: float | None) -> list[ColumnElement[bool]]:
    """Ends for a column of whole numbers: one that the column can't hold fits all rows or none, and isn't sent."""
    most = 2 ** (63 if isinstance(expression.type, BigInteger) else 31) - 1
    if (low is not None and low > most) or (high is not None and high < -most):
        return [false()]
    low = None if low is None or low < -most else ceil(low)
    high = None if high is None or high > most else floor(high)
    return _between(expression, low, high, exclusive=False)


def _between(expression: Any, low: Any, high: Any, *, exclusive: bool) -> list[ColumnElement[bool]]:
    conditions = [] if low is None else [expression >= low]
    if high is not None:
        conditions.append(expression < high if exclusive else expression <= high)
    return conditions


def _sql_among(condition: Filter, expression: Any) -> ColumnElement[bool]:
    named = [value for value in condition.values if value != NOBODY]
    values = [int(value) for value in named] if condition.kind is Kind.PERSON else named
    chosen: ColumnElement[bool] = expression.in_(values)
    return or_(chosen, expression.is_(None)) if NOBODY in condition.values else chosen


def _moments(expression: Any, low: date | None, high: date | None, zone: tzinfo) -> tuple[Any, Any, bool]:
    """Days as the ends of what a column of moments holds: from the first day's start to before the next day's."""
    if not isinstance(expression.type, (Instant, DateTime)):
        return low, high, False
    place = zone if isinstance(expression.type, Instant) else None
    start = None if low is None else datetime.combine(low, time(), place)
    beyond = high is not None and high >= date.max
    end = None if high is None or beyond else datetime.combine(high + timedelta(days=1), time(), place)
    return start, end, True
