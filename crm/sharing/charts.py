"""The card on a record's page that says with whom it is shared."""

from __future__ import annotations

from flask import g, render_template
from markupsafe import Markup

from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS
from crm.records.queries import AnyRecord
from crm.sharing import queries


def record_panel(kind: str, record: AnyRecord, access: Access) -> Markup:
    """With whom a record is shared, and the way to share it for who may; nothing where neither is so."""
    subject = OBJECTS[kind]
    if not subject.has("owner_id"):
        return Markup()
    rows = queries.shares(kind, record.id, g.now)
    may_share = queries.may_share(access, subject, record)
    if not rows and not may_share:
        return Markup()
    shown = {"subject": subject, "record": record, "rows": rows, "may_share": may_share}
    return Markup(render_template("crm/sharing/_panel.html", **shown))  # noqa: S704  # our own template, escaped
