"""The products, people and stages of a deal as they stand on its page."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from markupsafe import Markup

from crm.access.rules import Access
from crm.deals import queries, rules
from crm.records import queries as records


def deal_panel(_kind: str, record: Any, access: Access) -> Markup:
    """What a deal consists of; of its money only what the reader may see."""
    seen, written = queries.fields_of(access, record)
    lines = queries.lines(record.id) if "amount" in seen else []
    data = [line for _number, line in lines]
    return Markup(  # noqa: S704  # a template of ours, which escapes what it is given
        render_template(
            "crm/deals/_panel.html",
            deal=record,
            seen=seen,
            lines=lines,
            total=rules.total(data),
            follows=rules.follows(record.amount, data),
            products=queries.products(access) if "amount" in written else [],
            may_edit="amount" in written,
        )
    )


def people_panel(_kind: str, record: Any, access: Access) -> Markup:
    """The people of a deal and the stages that it went through, to stand beside its timeline."""
    seen, written = queries.fields_of(access, record)
    told = "contact_id" in seen
    return Markup(  # noqa: S704  # a template of ours, which escapes what it is given
        render_template(
            "crm/deals/_people.html",
            deal=record,
            seen=seen,
            people=queries.people(access, record.id) if told else [],
            hidden=queries.hidden_people(access, record) if told else 0,
            parts=rules.PARTS,
            others=queries.contacts_of_account(access, record.account_id) if "contact_id" in written else [],
            may_name="contact_id" in written,
            history=queries.history(record) if "stage_id" in seen else [],
            names={each.id: each.name for each in records.stages()},
            now=g.now,
        )
    )
