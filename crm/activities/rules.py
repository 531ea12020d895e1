"""How what somebody writes about a call becomes an activity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST_NAME = 200
KINDS = ("call", "email", "meeting", "task")
UNNAMED: Mapping[str, str] = {"call": "Call", "email": "E-mail", "meeting": "Meeting", "task": "Task"}
LINKED = ("account_id", "contact_id", "lead_id", "opportunity_id", "campaign_id", "ticket_id")
"""The fields by which an activity belongs to records."""


def split(text: str, kind: str, who: str = "") -> tuple[str, str]:
    """A subject and what was said: a first line that is short is the subject, else it is named after its kind.

    >>> split("Wants the slots in writing", "call", "Ines Maertens")
    ('Call with Ines Maertens', 'Wants the slots in writing')
    >>> split("Prices agreed" + chr(10) + "Three years.", "call")
    ('Prices agreed', 'Three years.')
    """
    first, _newline, rest = text.strip().partition("\n")
    if rest.strip() and 0 < len(first.strip()) <= LONGEST_NAME // 2:
        return first.strip(), rest.strip()
    named = f"{UNNAMED[kind]} with {who}" if who else UNNAMED[kind]
    return named[:LONGEST_NAME], text.strip()


def links(kind: str, number: int, values: Mapping[str, Any]) -> dict[str, int]:
    """What an activity with a record belongs to: the record, and the account and contact that the record names.

    >>> links("opportunity", 7, {"account_id": 3, "contact_id": None})
    {'account_id': 3, 'opportunity_id': 7}
    """
    if kind == "activity":
        return {key: values[key] for key in LINKED if values.get(key)}
    found = {key: values[key] for key in ("account_id", "contact_id") if kind != "lead" and values.get(key)}
    return {**found, f"{kind}_id": number} if f"{kind}_id" in LINKED else found
