"""The page that shows what a change of access means, before it is saved."""

from __future__ import annotations

from flask import render_template, request

from crm.access import queries as access
from crm.access import rules as access_rules
from crm.access.rules import State, check
from crm.invariants import queries as invariants
from crm.objects.rules.catalogue import OBJECTS
from crm.roles import queries, rules
from crm.roles.queries import Moving
from infra.words import sentence_of
from kernel.errors import RuleBroken


def effect_page(
    title: str, before: State, after: State, *, save: str, back: str, moving: Moving | None = None, told: str = ""
) -> tuple[str, int]:
    """What a change means for everybody, with the form that lets it be; where an invariant forbids it, the sentence.

    ``save`` is the address that gets what was sent once more, ``back`` the page on which it was typed.
    """
    problem = ""
    try:
        check(before, after, invariants.holding())
    except RuleBroken as broken:
        problem = sentence_of(broken)
    page = render_template(
        "crm/setup/effect.html",
        title=title,
        told=told,
        effect=queries.effect(before, after, moving),
        problem=problem,
        carried=[(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"],
        save=save,
        back=back,
        roles=access.roles(),
        objects=OBJECTS,
        actions=access_rules.ACTIONS,
        functions=access_rules.FUNCTIONS,
        reaches=rules.REACHES,
    )
    return page, 422 if problem else 200
