"""A rule of retention: which records, after how long, and what becomes of them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Kind
from kernel.errors import RuleBroken

LONGEST_NAME, SHORTEST, LONGEST = 120, 1, 240
"""Letters of a name; months."""


class Action(StrEnum):
    """What becomes of a record whose time is up."""

    TELL = "tell"
    BIN = "bin"
    ERASE = "erase"


ACTIONS: dict[str, str] = {
    Action.TELL: "Tell its owner",
    Action.BIN: "Put it into the recycle bin",
    Action.ERASE: "Erase what says who it is; figures count on",
}
BASES: dict[str, str] = {
    "created_at": "since it was created",
    "changed_at": "since it was last changed",
    "idle": "since it was last changed and nothing happened with it",
}
OBJECTS_KEPT = ("lead", "contact", "activity", "ticket")
"""Objects of whose records there are rules."""
PEOPLE = frozenset({"lead", "contact"})
"""Objects whose records can be erased, and with which something happens."""


@dataclass(frozen=True, slots=True)
class RetentionData:
    """A rule; ``field`` and ``value`` narrow it to one choice, both empty: all records of the object."""

    name: str
    object: str
    basis: str
    months: int
    action: str
    field: str = ""
    value: str = ""


def choices() -> list[tuple[str, str]]:
    """What a rule can be narrowed to: each choice of each field of the objects, as ``lead:status:disqualified``."""
    return [
        (f"{kind}:{field.key}:{value}", f"{OBJECTS[kind].label_plural}: {field.label} {label}")
        for kind in OBJECTS_KEPT
        if kind in OBJECTS
        for field in OBJECTS[kind].fields
        if field.kind is Kind.CHOICE and not field.key.startswith("x_")
        for value, label in field.choices
    ]


def check(data: RetentionData) -> RetentionData:
    """A rule as it is kept. Raises RuleBroken for one that can't be, or that would never find anything."""
    name = " ".join(data.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RuleBroken("retention.name", "Write a name of up to 120 characters.", field="name")
    if data.object not in OBJECTS_KEPT or data.object not in OBJECTS:
        raise RuleBroken("retention.object", "Choose what the rule is for.", field="object")
    if not SHORTEST <= data.months <= LONGEST:
        raise RuleBroken("retention.months", "Write 1 to 240 months.", field="months")
    if data.basis not in BASES or data.action not in ACTIONS:
        raise RuleBroken("retention.action", "Choose from when time counts and what happens then.", field="action")
    if data.object not in PEOPLE and (data.action == Action.ERASE or data.basis == "idle"):
        raise RuleBroken("retention.people", "Only leads and contacts are erased, or counted as idle.", field="action")
    if data.field:
        field = OBJECTS[data.object].field(data.field) if OBJECTS[data.object].has(data.field) else None
        if field is None or data.value not in dict(field.choices):
            text = "This narrows to something that %(object)s don't have: the rule would never find any."
            objects = OBJECTS[data.object].label_plural.lower()
            raise RuleBroken("retention.never", text, field="narrowed", object=objects)
    return RetentionData(name, data.object, data.basis, data.months, data.action, data.field, data.value)


def before(now: datetime, months: int) -> datetime:
    """The moment so many months ago; what is older is kept no longer.

    >>> before(datetime(2026, 3, 31, 9), 1), before(datetime(2026, 2, 18), 24)
    (datetime.datetime(2026, 2, 28, 9, 0), datetime.datetime(2024, 2, 18, 0, 0))
    """
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))
