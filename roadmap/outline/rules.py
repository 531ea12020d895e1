"""Which cells of the task table can be edited in place, and how they are shown and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kernel.errors import RuleBroken
from roadmap.tasks.rules import fields

CELLS = ("name", "owner_id", "duration_minutes", "deadline", "percent_complete", "predecessors")
"""The fields that the table edits in place."""
ACTIONS = ("up", "down", "indent", "outdent")
BULK_ACTIONS = ("owner", "percent", "phase", "delete")
TEXTS = ("name", "description", "reason", "acceptance")
DURATIONS = ("duration_minutes", "estimate_low", "estimate_likely", "estimate_high")
DAYS = ("actual_start", "actual_finish", "constraint_date", "deadline", "manual_start", "manual_finish")
FORM_FIELDS = (
    *TEXTS,
    "type",
    *DURATIONS,
    "estimate_shape",
    "percent_complete",
    "actual_start",
    "actual_finish",
    "constraint_type",
    "constraint_date",
    "deadline",
    "owner_id",
    "role_id",
    "priority",
    "active",
    "calendar_id",
    "ignores_people",
    "elapsed",
    "manual_start",
    "manual_finish",
)
"""The fields of the task's form."""
LABELS = {
    "name": "Name",
    "description": "Description",
    "reason": "Why it is done",
    "acceptance": "Accepted when",
    "type": "Kind of row",
    "duration_minutes": "Duration",
    "estimate_low": "Best case",
    "estimate_likely": "Likely",
    "estimate_high": "Worst case",
    "estimate_shape": "It spreads",
    "percent_complete": "Done",
    "actual_start": "Actual start",
    "actual_finish": "Actual finish",
    "constraint_type": "Constraint",
    "constraint_date": "Constraint's date",
    "deadline": "Deadline",
    "owner_id": "Owner",
    "role_id": "Role",
    "predecessors": "Waits for",
    "priority": "Priority",
    "active": "Counts in the plan",
    "calendar_id": "Working calendar",
    "ignores_people": "Days off of who does it",
    "elapsed": "Runs around the clock",
    "manual_start": "Stands from",
    "manual_finish": "Stands until",
}


def shown(name: str, value: Any) -> str:
    """A value as its field holds it: what `fields.parse` reads back.

    >>> shown("duration_minutes", 960), shown("deadline", None)
    ('2d', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in DURATIONS:
        return fields.duration_text(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def differences(changes: Mapping[str, Sequence[Any]]) -> list[tuple[str, Any, Any]]:
    """The changed fields that a form shows, in its order, each with its old and its new value as the trail keeps them.

    >>> differences({"position": [1, 2], "duration_minutes": [1440, 2400]})
    [('duration_minutes', 1440, 2400)]
    """
    return [(name, *changes[name][:2]) for name in FORM_FIELDS if len(changes.get(name, ())) == len(("old", "new"))]


def read(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[RuleBroken]]:
    """The values of typed texts, and a complaint for each that can't be read."""
    values: dict[str, Any] = {}
    complaints: list[RuleBroken] = []
    for name, text in texts.items():
        try:
            values[name] = fields.parse(name, text)
        except RuleBroken as error:
            complaints.append(error)
    return values, complaints


def numbers(texts: Iterable[str]) -> list[int]:
    """The numbers among what the boxes of a list sent; anything else is none of its rows.

    >>> numbers(["4", "x", "5"])
    [4, 5]
    """
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 9]


def find_person(text: str, people: Mapping[int, str]) -> int | None:
    """The number of a person by name, in whatever letters; nothing is nobody. Raises RuleBroken with the names.

    >>> find_person("ana ruiz", {4: "Ana Ruiz"})
    4
    """
    wanted = " ".join(text.split()).casefold()
    if not wanted:
        return None
    exact = [id for id, name in people.items() if name.casefold() == wanted]
    close = exact or [id for id, name in people.items() if name.casefold().startswith(wanted)]
    if len(close) == 1:
        return close[0]
    sentence = "Nobody in this project is called “%(name)s”. It can be %(names)s."
    names = ", ".join(sorted(people.values())[:12]) or "nobody yet: add people on the team page"
    raise RuleBroken("task.owner", sentence, field="owner_id", name=text[:60], names=names)
