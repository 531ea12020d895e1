"""The card of notes on a record's page."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup

from crm.access.rules import Access
from crm.notes import queries
from crm.objects.rules.catalogue import OBJECTS


def panel(kind: str, record: Any, access: Access) -> Markup:
    """The pinned notes, and a fold to write one."""
    address = f"/crm/{OBJECTS[kind].plural}/{record.id}"
    notes = queries.pinned(kind, record.id, access)
    return Markup(render_template("crm/notes/_panel.html", notes=notes, address=address))  # noqa: S704  # our template
