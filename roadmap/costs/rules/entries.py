"""What may be entered as a cost: a name, a day; and the two kinds that there are."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from kernel.errors import NotFound, RuleBroken

NAME_LIMIT = 200
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


class Kind(StrEnum):
    """A cost that is planned for a day, and money that was spent."""

    FIXED = "fixed_cost"
    EXPENSE = "expense"


PATHS = {"fixed": Kind.FIXED, "expenses": Kind.EXPENSE}
"""The kinds as addresses name them."""


def kind_at(path: str) -> Kind:
    """The kind that an address names. Raises NotFound."""
    if path not in PATHS:
        raise NotFound
    return PATHS[path]


def path_of(kind: Kind) -> str:
    """A kind as addresses name it."""
    return next(path for path, each in PATHS.items() if each is kind)


def check_name(name: str) -> str:
    """What it is for, on one line. Raises RuleBroken when it is missing or too long."""
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("cost.name", "Say what it is for.", field="name")
    if len(name) > NAME_LIMIT:
        raise RuleBroken("cost.name_long", "At most %(limit)s characters fit.", field="name", limit=NAME_LIMIT)
    return name


def check_day(day: date, field: str, last: date | None = None) -> None:
    """Raise RuleBroken for a day outside the calendar's range, or after the last one that is possible."""
    if not EARLIEST <= day <= LATEST:
        raise RuleBroken(
            "cost.day", "%(day)s is out of range. Days lie between 1990 and 2199.", field=field, day=day.isoformat()
        )
    if last is not None and day > last:
        raise RuleBroken(
            "cost.future",
            "%(day)s has not come yet. Money that will be spent is a fixed cost; an expense is spent already.",
            field=field,
            day=day.isoformat(),
        )
