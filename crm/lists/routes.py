"""The list of each object as a page and as a file."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.access.rules import CREATE, EXPORT, SEE, Access
from crm.lists import queries, rules
from crm.objects.rules.catalogue import OBJECTS, ObjectType, object_of
from infra import lists
from infra.http import requires
from infra.lists import ListSpec, ListView
from infra.lists.pages import FILES, MOST_EXPORTED
from infra.lists.rules import parse
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("crm_lists", __name__)


@bp.get("/crm/<plural>")
@requires("crm.use")
def page(plural: str) -> ResponseReturnValue:
    """The records of an object that the reader may see; ``format`` asks for them as a file."""
    access, subject = access_of(g.actor), object_of(plural)
    if not access_rules.may(access, SEE, subject):
        raise NotFound
    spec = queries.spec_of(access, subject, g.now, g.zone)
    kind = request.args.get("format", "")
    if kind in FILES:
        return _file(access, subject, spec, kind)
    exact = request.args.get("count") == "exact"
    view = lists.open_view(spec, queries.source(access, subject, exact=exact))
    return render_template(
        "crm/list.html",
        view=view,
        subject=subject,
        fields={each.key: each for each in subject.fields},
        tabs=_tabs(access, subject, view),
        may_create=access_rules.may(access, CREATE, subject),
        may_export=access_rules.may(access, EXPORT, subject),
        empty=rules.EMPTY[subject.key],
        address=lambda row: f"/crm/{subject.plural}/{row.id}",
        linked=_linked(access, subject),
    )


def _file(access: Access, subject: ObjectType, spec: ListSpec, kind: str) -> ResponseReturnValue:
    """What fits as a file: the records and the fields that may be exported, never more than fit into one."""
    if not access_rules.may(access, EXPORT, subject):
        raise NotFound
    taken = {each.key for each in subject.fields if access_rules.may(access, EXPORT, subject, None, each.key)}
    source = queries.source(access, subject, actions=(SEE, EXPORT))
    wish = parse(spec, request.args.to_dict(flat=False))
    if len(source.ids(spec, wish, g.zone, MOST_EXPORTED + 1)) > MOST_EXPORTED:
        raise RuleBroken(
            "crm.export",
            "More than %(most)d fit, and a file holds so many. Take fewer with a filter.",
            most=MOST_EXPORTED,
        )
    chosen = replace(
        spec,
        columns=tuple(
            replace(each, filter_only=each.filter_only or each.key not in taken | {"id"}) for each in spec.columns
        ),
    )
    return lists.open_view(chosen, source).exported(kind)


def _tabs(access: Access, subject: ObjectType, view: ListView) -> list[tuple[str, str, bool]]:
    """The views that ship, as far as the reader sees the fields that they ask for."""
    teams = () if access.team_id is None else (access.team_id, *sorted(access.below))
    reader = rules.Reader(access.person_id, teams)
    known = {each.key for each in view.spec.columns if each.filter}
    now = view.query() or "view=all"
    return [
        (_(each.label), f"{view.path}?{each.query}", now == parse_again(view.spec, each))
        for each in rules.tabs(subject.key, reader, g.today)
        if each.needs <= known | {"view"}
    ]


def parse_again(spec: ListSpec, tab: rules.Tab) -> str:
    """A tab's conditions as the list writes them itself, to tell whether they hold now."""
    args: dict[str, list[str]] = {}
    for key, value in tab.conditions:
        args.setdefault(key, []).append(value)
    return parse(spec, args).query() or "view=all"


def _linked(access: Access, subject: ObjectType) -> dict[str, str]:
    """Where the names of a column lead: the plural of the object behind, where the reader may see it."""
    return {
        each.key: OBJECTS[each.target].plural
        for each in subject.fields
        if each.target in OBJECTS and access_rules.may(access, SEE, OBJECTS[each.target])
    }
