"""The card on the page of a lead or contact that says what they agreed to."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.consent import queries
from crm.consent.rules import KINDS, PRIVACY
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.records.queries import AnyRecord


def may_note(kind: str, record: AnyRecord, access: Access) -> bool:
    """Whether the reader may note what somebody answered."""
    subject = OBJECTS[kind]
    facts = records.facts(access, access_rules.EDIT, subject, record)
    return PRIVACY in access.functions() or access_rules.may(access, access_rules.EDIT, subject, facts)


def record_panel(kind: str, record: AnyRecord, access: Access) -> Markup:
    """Each purpose as it stands, and whether the data may be used at all; nothing for what is no person."""
    if kind not in KINDS:
        return Markup()
    shown = {
        "subject": OBJECTS[kind],
        "record": record,
        "rows": queries.of_record(kind, record.id),
        "may_note": may_note(kind, record, access),
        "held": queries.restriction(kind, record.id),
    }
    return Markup(render_template("crm/consent/_panel.html", **shown))  # noqa: S704  # our own template, escaped
