"""The card of an account on the pages of its deals and contacts."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from markupsafe import Markup

from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.standing import queries


def panel(kind: str, record: Any, access: Access) -> Markup:
    """How the account of a record stands; nothing where there is none that the reader may see."""
    subject = OBJECTS[kind]
    facts = records.facts(access, access_rules.SEE, subject, record)
    if record.account_id is None or "account_id" not in access_rules.fields_seen(access, subject, facts):
        return Markup()
    found = queries.standing(access, record.account_id, g.now, g.today)
    if found is None:
        return Markup()
    return Markup(render_template("crm/standing/_panel.html", account=found))  # noqa: S704  # our own template, escaped
