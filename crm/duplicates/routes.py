"""The page of duplicates: pairs with their reasons side by side, and the word that they are two."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.duplicates import charts, queries, service
from crm.duplicates.rules.profiles import COMPARED
from crm.duplicates.rules.scores import Level
from crm.objects.rules.catalogue import OBJECTS
from infra.http import requires
from infra.undo import flash_undo
from kernel.rownumbers import row_number

bp = Blueprint("crm_duplicates", __name__)
PAGE = 20


@bp.get("/crm/duplicates")
@requires("crm.quality")
def page() -> ResponseReturnValue:
    """The pairs that the reader may see both records of, surest first."""
    access = access_of(g.actor)
    kind = request.args.get("object", "")
    kind = kind if kind in COMPARED else ""
    level = next((each for each in Level if each.value == request.args.get("level")), None)
    mine = request.args.get("mine") == "1"
    every = queries.pairs(access, kind=kind or None, mine=mine)
    shown = [each for each in every if level in (None, each.level)]
    start = max(0, request.args.get("start", 0, type=row_number))
    counts = {each: sum(pair.level is each for pair in every) for each in Level}
    here = {key: value for key, value in {"object": kind, "mine": "1" if mine else ""}.items() if value}
    return render_template(
        "crm/duplicates/page.html",
        pairs=charts.cards_of(access, shown[start : start + PAGE]),
        counts=counts,
        total=len(shown),
        every=len(every),
        sure=counts[Level.SURE],
        start=start,
        size=PAGE,
        most=queries.MOST,
        kind=kind,
        level=level,
        mine=mine,
        here=here,
        kinds=[OBJECTS[each] for each in COMPARED],
        levels=list(Level),
        at=lambda **more: url_for(".page", **{**here, **({"level": level.value} if level else {}), **more}),
        may_merge="merge" in access.functions(),
    )


@bp.post("/crm/duplicates/<int:pair_id>/dismiss")
@requires("crm.quality")
def dismiss(pair_id: int) -> ResponseReturnValue:
    """These are two."""
    work = service.dismiss(pair_id, actor=g.actor, now=g.now)
    flash_undo(_("They stay two. They are compared again once one of them changes."), work)
    here: dict[str, Any] = {key: request.args[key] for key in ("object", "level", "mine") if key in request.args}
    return redirect(url_for(".page", **here), 303)
