"""The page of search among records."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.access.rules import SEE
from crm.objects.rules.catalogue import OBJECTS
from crm.search import queries, rules
from infra.http import requires

bp = Blueprint("crm_search", __name__)
MOST = 25


@bp.get("/crm/search")
@requires("crm.use")
def page() -> ResponseReturnValue:
    """What is found for ``q`` in what the reader may see, in one kind of record where ``in`` names it."""
    access = access_of(g.actor)
    asked, chosen = request.args.get("q", "")[: rules.LONGEST], request.args.get("in", "")
    there = [each for each in OBJECTS.values() if access_rules.may(access, SEE, each)]
    only = [each.key for each in there if each.key == chosen]
    groups = queries.find(access, asked, MOST, only or [each.key for each in there])
    return render_template(
        "crm/search.html",
        asked=asked,
        chosen=only[0] if only else "",
        there=there,
        objects=OBJECTS,
        short=bool(asked.strip()) and not rules.words(asked),
        groups=groups,
        total=sum(len(each.hits) for each in groups),
        most=MOST,
        near=any(hit.grade == rules.TYPO for each in groups for hit in each.hits),
        whole=queries.has_trigrams(),
    )
