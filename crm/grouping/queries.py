"""The groups of a report: what SQL tells records apart by, and what each group is called for its reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select

from crm.counts.rules.windows import Window, start_of
from crm.lists import queries as lists
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field, Kind
from crm.records import queries as records
from crm.records.models import TABLES
from crm.reporting.queries import Condition, Ground, within
from crm.reporting.rules import steps
from crm.reporting.rules.definition import DAYS, Group
from crm.reporting.rules.steps import Step
from infra.database import Instant, db
from kernel.errors import RuleBroken

NONE, HIDDEN = "none", "-hidden"
"""The groups of records without a value, and of those whose value has no name for the reader."""
Key = str


class Side:
    """One of the groupings of a report: as SQL, and the names of what was found."""

    def __init__(self, place: Ground, group: Group | None) -> None:
        self._place, self._group = place, group
        self.field: Field | None = None
        self._starts: tuple[date, ...] = ()
        self._names: dict[Key, str] = {}
        if group is not None:
            self.field = place.subject.field(group.field)
            self._column = getattr(TABLES[place.subject.key], group.field)

    @property
    def dated(self) -> bool:
        """Whether its groups are stretches of days."""
        return self.field is not None and self.field.kind in DAYS

    @property
    def expression(self) -> Any:
        """The group of a record, as SQL."""
        if not self.dated:
            return self._column
        self._starts = self._stretches()
        return case((self._column.is_(None), None), else_=_among(self._column, self._bounds(), 0))

    def key_of(self, value: Any) -> Key:
        """The key of a group that SQL found."""
        if value is None or value == "":
            return NONE
        if self.dated:
            return self._starts[int(value)].isoformat()
        return ("yes" if value else "no") if self.field is not None and self.field.kind is Kind.FLAG else str(value)

    def shown(self, keys: set[Key]) -> dict[Key, Key]:
        """The group as which each is shown: what has no name for the reader is one. Names are read here."""
        if self.field is None or self.dated:
            return {each: each for each in keys}
        self._names = self._read_names({each for each in keys if each != NONE})
        return {each: each for each in keys if each == NONE or each in self._names}

    def label(self, key: Key) -> str:
        """What a group is called."""
        if key in (NONE, HIDDEN):
            return ""
        if not self._names and self.field is not None and not self.dated:
            self._names = self._read_names({key})
        return self._names.get(key, key)

    def every(self) -> tuple[Key, ...]:
        """The stretches of days without anything in them count, too."""
        return tuple(each.isoformat() for each in self._starts)

    def holds(self, key: Key) -> Condition:
        """The condition for the records of a group. Raises RuleBroken for a key that is none."""
        if key == NONE:
            empty = self._column.is_(None)
            return or_(empty, self._column == "") if self._is_text() else and_(empty)
        try:
            return self._equals(key)
        except (ValueError, OverflowError) as error:
            raise RuleBroken("reports.group_gone", "There is no such group in this report.") from error

    def _equals(self, key: Key) -> Condition:
        if self.dated and self._group is not None:
            step, first = Step(self._group.step), date.fromisoformat(key)
            zone = self._place.now.zone
            window = Window(first, steps.next_of(first, step) - steps.DAY, self._place.now.now, zone)
            return and_(*within(self._column, window))
        if self._numbered():
            number = int(key)
            if not 0 < number < 2**31:
                raise ValueError(key)
            return and_(self._column == number)
        if self.field is not None and self.field.kind is Kind.FLAG:
            return and_(self._column.is_(key == "yes"))
        return and_(self._column == key)

    def _numbered(self) -> bool:
        return self.field is not None and self.field.kind in (Kind.PERSON, Kind.TEAM, Kind.RECORD)

    def _is_text(self) -> bool:
        return self.field is not None and not self._numbered() and self.field.kind not in (*DAYS, Kind.FLAG)

    def _read_names(self, keys: set[Key]) -> dict[Key, str]:
        field, access = self.field, self._place.access
        if field is None or not self._numbered():
            return {each: field.said(each) if field is not None else each for each in keys}
        ids = {int(each) for each in keys}
        if field.kind is Kind.PERSON:
            found: Mapping[int, str] = lists.people_names()
        elif field.kind is Kind.TEAM:
            found = lists.team_names()
        elif field.target in records.SMALL:
            found = records.small(field.target)
        else:
            found = records.names(access, OBJECTS[field.target], ids)
        return {str(each): found[each] for each in ids if each in found}

    def _stretches(self) -> tuple[date, ...]:
        """From the first record's stretch to the last one's; those of the period where it is of the same field."""
        place, group = self._place, self._group
        if group is None:
            return ()
        if place.window is not None and place.asked.period_field == group.field:
            return steps.stretches(place.window.since, place.window.until, Step(group.step))
        first, last = self._ends()
        if first is None or last is None:
            return ()
        if isinstance(self._column.type, Instant):
            first, last = (each.astimezone(place.now.zone).date() for each in (first, last))
        return steps.stretches(first, last, Step(group.step))

    def _ends(self) -> tuple[Any, Any]:
        """The first and the last value; an index that begins with the field is read from its ends, not as a whole."""
        column, conditions = self._column, self._place.conditions
        begins = {next(iter(each.columns)).key for each in TABLES[self._place.subject.key].__table__.indexes}
        if column.key not in begins:
            first, last = db.session.execute(select(func.min(column), func.max(column)).where(*conditions)).one()
            return first, last
        known = select(column).where(*conditions, column.is_not(None)).limit(1)
        return db.session.scalar(known.order_by(column)), db.session.scalar(known.order_by(column.desc()))

    def _bounds(self) -> list[Any]:
        if isinstance(self._column.type, Instant):
            return [start_of(each, self._place.now.zone) for each in self._starts[1:]]
        return list(self._starts[1:])


def _among(column: Any, bounds: Sequence[Any], first: int) -> Any:
    """The number of the stretch that a value lies in, asked by halves: few questions a row, however many stretches."""
    if not bounds:
        return literal(first)
    half = len(bounds) // 2
    below, above = _among(column, bounds[:half], first), _among(column, bounds[half + 1 :], first + half + 1)
    return case((column < bounds[half], below), else_=above)
