"""The way of a lead as it stands on its page."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup

from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.conversion.rules import PATH
from crm.objects.rules.catalogue import LEAD
from crm.records import queries as records


def path_panel(_kind: str, record: Any, access: Access) -> Markup:
    """The steps of a lead, with what can be done next; nothing where the status is hidden."""
    seen = access_rules.fields_seen(access, LEAD, records.facts(access, access_rules.SEE, LEAD, record))
    if "status" not in seen:
        return Markup()
    facts = records.facts(access, access_rules.EDIT, LEAD, record)
    return Markup(  # noqa: S704  # a template of ours, which escapes what it is given
        render_template(
            "crm/conversion/_path.html",
            lead=record,
            path=PATH,
            labels=dict(LEAD.field("status").choices),
            seen=seen,
            may_edit="status" in access_rules.fields_written(access, LEAD, facts),
        )
    )
