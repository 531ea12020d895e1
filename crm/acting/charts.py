"""The card on a record's page that says what worked on it by itself."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup

from crm.access.rules import Access
from crm.acting import queries, rules
from crm.automation.rules.parts import DOES


def panel(kind: str, record: Any, access: Access) -> Markup:
    """The last automations that worked on a record; names of people and texts only for who sets automations up."""
    found = queries.of_record(kind, record.id)
    return Markup(  # noqa: S704  # our template
        render_template(
            "crm/automation/_panel.html",
            runs=found,
            does=DOES,
            states=rules.STATES,
            whole="automations" in access.functions(),
        )
    )
