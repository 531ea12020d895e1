"""The page of search, and the same hits for the palette."""

from __future__ import annotations

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.objects.rules.catalogue import OBJECTS
from desk.search import queries, rules
from infra.http import SIGNED_IN, requires, wants_json

bp = Blueprint("search", __name__)
MOST_ON_PAGE, MOST_IN_PALETTE = 30, 6


@bp.get("/search")
@requires(SIGNED_IN)
def page() -> ResponseReturnValue:
    """What is found for ``q``, grouped; as JSON a flat list of label, detail, href and kind."""
    asked = request.args.get("q", "")[: rules.LONGEST]
    if wants_json():
        groups = queries.find(g.actor, asked, MOST_IN_PALETTE)
        return jsonify([_entry(hit) for group in groups for hit in group.hits])
    groups = queries.find(g.actor, asked, MOST_ON_PAGE)
    return render_template(
        "desk/search.html",
        asked=asked,
        short=bool(asked.strip()) and not rules.wanted(asked),
        groups=groups,
        total=sum(len(group.hits) for group in groups),
        most=MOST_ON_PAGE,
        heads=_heads(),
    )


def _entry(hit: rules.Hit) -> dict[str, str]:
    return {"label": hit.label, "detail": hit.detail, "href": hit.href, "kind": _kinds()[hit.kind]}


def _kinds() -> dict[str, str]:
    return {
        "project": _("project"),
        "task": _("task"),
        "item": _("checklist item"),
        "risk": _("risk"),
        "action": _("action item"),
        "person": _("person"),
        **{each.key: _(each.label).lower() for each in OBJECTS.values()},
    }


def _heads() -> dict[str, tuple[str, str]]:
    return {
        "project": (_("Roll-outs"), "portfolio"),
        "task": (_("Tasks"), "roadmap"),
        "item": (_("Checklist items"), "checklist"),
        "risk": (_("Risks"), "risk"),
        "action": (_("Action items"), "flag"),
        "person": (_("People"), "user"),
        **{each.key: (_(each.label_plural), each.icon) for each in OBJECTS.values()},
    }
