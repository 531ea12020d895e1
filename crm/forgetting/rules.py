"""What stands in a row when the person is gone: what figures count stays, what says who it was does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field, Kind, Mark

WORDS = frozenset({Kind.TEXT, Kind.LONG, Kind.EMAIL, Kind.PHONE, Kind.LINK, Kind.ADDRESS})
"""Kinds of fields that may say who somebody is."""
KINDS = ("lead", "contact")


def erased_fields(kind: str) -> tuple[Field, ...]:
    """The fields of an object that go: all that is marked as personal, and all free text."""
    return tuple(each for each in OBJECTS[kind].fields if each.mark is not Mark.NONE or each.kind in WORDS)


def called(kind: str, number: int) -> str:
    """What an erased record is called.

    >>> called("contact", 12)
    'Erased contact 12'
    """
    return f"Erased {kind} {number}"


def contact(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of a contact."""
    return _person("contact", row)


def lead(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of a lead."""
    return _person("lead", row)


def activity(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of an activity: that there was one, of what kind, when and by whom."""
    return _blank("activity", row) | {"name": OBJECTS["activity"].field("kind").said(row["kind"])}


def ticket(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of a request: its clocks and states, for the figures."""
    return _blank("ticket", row) | {"name": f"Request {row['id']}"}


def person(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of somebody who worked here: a number that others point to, and no way in."""
    number = row["id"]
    return {
        "name": f"Erased person {number}",
        "email": None,
        "title": "",
        "password": None,
        "active": False,
        "company_id": None,
        "fs_uniquifier": f"erased-{number}",
    }


def _person(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    said = called(kind, row["id"])
    return _blank(kind, row) | {"name": said, "last_name": said}


def _blank(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Every field that goes, also one that is empty now: the trail may know what stood there before.

    Of one's own fields only those stay that are known and say nothing of somebody: one that was deleted goes.
    """
    fields = erased_fields(kind)
    values: dict[str, Any] = {each.key: _nothing(each, row[each.key]) for each in fields if each.key in row}
    if "more" in row:
        stays = {each.key for each in OBJECTS[kind].own} - {each.key for each in fields}
        held = row["more"] or {}
        values |= dict.fromkeys((key for key in held if key not in stays), None)
        values |= dict.fromkeys((each.key for each in fields if each.own), None)
        values["more"] = {key: value for key, value in held.items() if key in stays} or None
        values["more_sealed"] = None
    return values


def _nothing(field: Field, value: Any) -> str | None:
    """An empty text, or nothing where the column knows that: sealed values and what is empty already."""
    return "" if isinstance(value, str) and field.mark is not Mark.SENSITIVE else None
