"""A list over a table of any size: counted up to a limit, ordered by what an index gives, paged by bounded steps.

A page of a million rows costs what one of five thousand does. What fits is counted up to ``MOST``. As many rows as that
are put in any order; more only in one that an index gives, and the page says so. ``parts`` are conditions that an index
serves each, such as "mine" and "my team's": each part gives its first rows, and the first of those are the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true, union

from infra.database import db
from infra.lists.rows import Page, comparable, conditions_of
from infra.lists.rules import Column, ListSpec, Message, Wish

MOST = 5_000
"""So many rows are counted, put in any order and paged through."""
_AT_ONCE = 500
_FEW = 1
"""With more parts than one's own the last is worth counting by itself first."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The order of a column that lies in another table by an index: its row of ``key`` where ``conditions`` hold."""

    value: Any
    key: Any
    conditions: tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Large:
    """Rows that fit all ``conditions`` and any of ``parts`` (none: all rows), known by ``key``, their number's column.

    ``indexed`` are the keys of the columns in whose order an index reads each part, ``beside`` those in the order of
    another table; ``rows`` gives the rows with these numbers, in any order, each with its ``id``. ``exact`` counts them
    all, however long that takes.
    """

    key: Any
    conditions: tuple[ColumnElement[bool], ...]
    parts: tuple[ColumnElement[bool], ...]
    indexed: frozenset[str]
    rows: Callable[[Sequence[int]], Sequence[Any]]
    exact: bool = False
    beside: Mapping[str, Beside] = field(default_factory=dict)

    def page(self, spec: ListSpec, wish: Wish, zone: tzinfo, limit: int | None = None) -> Page:
        """One page, or the first ``limit`` rows of all pages. A page beyond the last is the last."""
        conditions = [*self.conditions, *conditions_of(spec, wish, zone)]
        total = self._count(conditions, MOST + 1)
        if total <= MOST:
            return self._small(spec, wish, conditions, limit)
        number = min(wish.page, max(1, MOST // spec.page_size))
        column, down, messages = self._order(spec, wish)
        start, count = (0, limit) if limit else ((number - 1) * spec.page_size, spec.page_size)
        ids = self._ordered(conditions, column, start, count, down=down)
        return Page(self._read(ids), self._all(conditions) if self.exact else MOST, number, not self.exact, messages)

    def ids(self, spec: ListSpec, wish: Wish, zone: tzinfo, most: int) -> list[int]:
        """The numbers of what fits, at most so many, in no order."""
        return list(db.session.scalars(self._within([*self.conditions, *conditions_of(spec, wish, zone)], most)))

    def count(self, spec: ListSpec, wish: Wish, zone: tzinfo, most: int) -> int:
        """How many rows fit, counted no further than ``most``."""
        return self._count([*self.conditions, *conditions_of(spec, wish, zone)], most)

    def _count(self, conditions: Sequence[ColumnElement[bool]], most: int) -> int:
        """How many fit, at most so many. The last part is often enough of them by itself."""
        for part in self.parts[_FEW:][-1:]:
            widest = select(self.key).where(*conditions, part).limit(most).subquery()
            if (db.session.scalar(select(func.count()).select_from(widest)) or 0) >= most:
                return most
        return db.session.scalar(select(func.count()).select_from(self._within(conditions, most).subquery())) or 0

    def _all(self, conditions: Sequence[ColumnElement[bool]]) -> int:
        return db.session.scalar(select(func.count()).where(*conditions, or_(*(self.parts or (true(),))))) or 0

    def _within(self, conditions: Sequence[ColumnElement[bool]], most: int, *more: Any) -> Any:
        """The first so many numbers that come to hand, each part read by its own index."""
        parts = [
            select(self.key.label("id"), *more).where(*conditions, part).limit(most) for part in self.parts or (true(),)
        ]
        return parts[0] if len(parts) == 1 else union(*(select(each.subquery()) for each in parts)).limit(most)

    def _small(self, spec: ListSpec, wish: Wish, conditions: Sequence[ColumnElement[bool]], limit: int | None) -> Page:
        """Few enough to be put in order here: no plan of a database can go wrong with that."""
        column, down = _column(spec, wish.sort or spec.default_sort)
        found = db.session.execute(self._within(conditions, MOST, column.expression.label("at"))).all()
        ordered = sorted((row for row in found if row.at is not None), key=lambda row: row.id, reverse=down)
        ordered.sort(key=lambda row: comparable(row.at), reverse=down)
        ids = [row.id for row in ordered] + [row.id for row in found if row.at is None]
        size = spec.page_size
        number = min(wish.page, max(1, -(-len(ids) // size)))
        shown = ids[:limit] if limit else ids[(number - 1) * size : number * size]
        return Page(self._read(shown), len(ids), number)

    def _order(self, spec: ListSpec, wish: Wish) -> tuple[Column, bool, tuple[Message, ...]]:
        column, down = _column(spec, wish.sort or spec.default_sort)
        if column.key in self.indexed or column.key in self.beside:
            return column, down, ()
        sentence = "So many fit that they can't be sorted by %(label)s. Take fewer with a filter, then they can."
        return *_column(spec, spec.default_sort), (Message(sentence, {"label": column.label}),)

    def _ordered(
        self, conditions: Sequence[ColumnElement[bool]], column: Column, start: int, count: int, *, down: bool
    ) -> list[int]:
        """Numbers in the order of a column: the filled cells first, then the empty ones."""
        beside = self.beside.get(column.key)
        at, key = (beside.value, beside.key) if beside else (column.expression, self.key)
        joined = (self.key == key, *beside.conditions) if beside else ()
        filled = [*conditions, *joined, at.is_not(None)]
        ids = list(db.session.scalars(self._sorted(filled, at, key, start, count, down=down)))
        if len(ids) < count:
            before = self._count(filled, start + count) if start else len(ids)
            empty = [*conditions, column.expression.is_(None)]
            later = max(0, start - before)
            ids += db.session.scalars(self._sorted(empty, self.key, self.key, later, count - len(ids), down=down))
        return ids

    def _sorted(
        self,
        conditions: Sequence[ColumnElement[bool]],
        at: Any,
        key: Any,
        start: int,
        count: int,
        *,
        down: bool,
    ) -> Select[Any]:
        def first(part: ColumnElement[bool], most: int) -> Select[Any]:
            order = (at.desc(), key.desc()) if down else (at, key)
            fitting = select(key.label("id"), at.label("at")).where(*conditions, part)
            return fitting.order_by(*order).limit(most)

        parts = self.parts or (true(),)
        if len(parts) == 1:
            return select(first(parts[0], count).offset(start).subquery().c.id)
        found = union(*(select(first(each, start + count).subquery()) for each in parts)).subquery()
        order = (found.c.at.desc(), found.c.id.desc()) if down else (found.c.at, found.c.id)
        return select(found.c.id).order_by(*order).offset(start).limit(count)

    def _read(self, ids: Sequence[int]) -> list[Any]:
        """The rows of these numbers in this order; one that is gone meanwhile is left out."""
        found = {}
        for start in range(0, len(ids), _AT_ONCE):
            found.update({row.id: row for row in self.rows(ids[start : start + _AT_ONCE])})
        return [found[each] for each in ids if each in found]


def _column(spec: ListSpec, sort: str) -> tuple[Column, bool]:
    column = spec.column(sort.removeprefix("-"))
    if column is None:
        raise ValueError(f"The list {spec.key} needs an order to begin with.")
    return column, sort.startswith("-")
