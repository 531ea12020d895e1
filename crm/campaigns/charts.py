"""The figures of a campaign as they stand on its page, and its funnel."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.campaigns import queries
from crm.campaigns.rules import STATUSES, CampaignFigures
from crm.objects.rules.catalogue import CAMPAIGN
from crm.rates import queries as rates
from crm.records import queries as records

WIDTH, ROW, NAMES = 640, 30, 110
"""The funnel's size in pixels: its width, a row, the room for names."""


def funnel(found: CampaignFigures) -> list[tuple[str, int, float, float]]:
    """Name, count, width of the bar and share of the first, from members to won deals.

    Members, leads and deals are counted in other things, so that a row can be longer than the one before.
    """
    rows = [(_(label), found.reached(key)) for key, label in STATUSES.items()]
    rows += [(_("Leads"), found.leads), (_("Converted"), found.conversions), (_("Deals won"), found.won)]
    largest = max((count for _name, count in rows), default=0) or 1
    first = rows[0][1]
    return [
        (name, count, round((WIDTH - NAMES - 80) * count / largest, 1), 100 * count / first if first else 0.0)
        for name, count in rows
    ]


def campaign_panel(_kind: str, record: Any, access: Access) -> Markup:
    """What a campaign reached, cost and brought, with the ways to its members and figures."""
    found = queries.figures(access, ids=[record.id])
    if not found:
        return Markup()
    facts = records.facts(access, access_rules.EDIT, CAMPAIGN, record)
    return Markup(  # noqa: S704  # a template of ours, which escapes what it is given
        render_template(
            "crm/campaigns/_panel.html",
            figures=found[0],
            funnel=funnel(found[0]),
            base=rates.base(),
            cost_seen=queries.may_see_cost(access),
            may_edit=access_rules.may(access, access_rules.EDIT, CAMPAIGN, facts),
        )
    )
