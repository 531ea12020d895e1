"""The places of the CRM in the navigation: what one works in, and what it adds up to."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from crm.access import rules as access_rules
from crm.access.queries import access_of, uses
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS
from infra.forms import lazy as _l
from kernel.actor import Actor
from web.shell import NavItem

_HOME = "/crm"
_INSIGHT: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    (_l("Dashboards"), "/crm/dashboards", "gauge", frozenset({"figures"})),
    (_l("Reports"), "/crm/reports", "table", frozenset({"figures"})),
    (_l("Figures"), "/crm/kpis", "report", frozenset({"figures"})),
    (_l("Entered figures"), "/crm/figures", "edit", frozenset({"figures"})),
    (_l("Surveys"), "/crm/surveys", "comment", frozenset({"surveys"})),
)
"""What the CRM adds up to: label, address, icon, the functions of which one is needed."""
_CARE: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    (_l("Data quality"), "/crm/quality", "check", frozenset({"quality"})),
    (_l("Imports"), "/crm/imports", "download", frozenset()),
    (_l("Recycle bin"), "/crm/bin", "trash", frozenset()),
    (_l("Privacy"), "/crm/privacy", "lock", frozenset({"privacy"})),
    (_l("Setup of the CRM"), "/crm/setup", "filter", frozenset({"access", "setup", "privacy", "automations"})),
)
"""How it is looked after, likewise; folded away from those who work."""


_ALSO = {"/crm/quality": ("/crm/duplicates", "/crm/merge", "/crm/merges")}
"""Addresses that belong to a place without lying below it."""


def door(actor: Actor) -> list[NavItem]:
    """From outside the CRM one place leads to it, so that a roll-out has room for its own; inside it all stand."""
    return [NavItem(_("CRM"), _HOME, "crm")] if uses(actor) and not is_inside() else []


def is_inside() -> bool:
    """Whether the page belongs to the CRM."""
    return request.path == _HOME or request.path.startswith(f"{_HOME}/")


def places(actor: Actor) -> list[NavItem]:
    """The places of the CRM, for who uses it: their day, the objects that they may see, what their functions open."""
    if not uses(actor):
        return []
    access = access_of(actor)
    held, care = access.functions(), _("Care of the CRM")
    insight = [
        _place(str(label), href, icon, group, folded=group is care)
        for group, listed in ((_("Insight"), _INSIGHT), (care, _CARE))
        for label, href, icon, needed in listed
        if not needed or needed & held
    ]
    return [*_work(access), *insight]


def _work(access: Access) -> list[NavItem]:
    group = _("CRM")
    seen = [each for each in OBJECTS.values() if access_rules.may(access, access_rules.SEE, each)]
    objects = [_place(_(each.label_plural), f"/crm/{each.plural}", each.icon, group) for each in seen]
    keys = {each.key for each in seen}
    board = [_place(_("Pipeline"), "/crm/pipeline", "board", group)] if "opportunity" in keys else []
    desk = [_place(_("Help desk"), "/crm/desk", "clock", group)] if "ticket" in keys else []
    days = [_place(_("Calendar"), "/crm/calendar", "calendar", group)] if "activity" in keys else []
    day = NavItem(_("My day"), _HOME, "work", active=request.path == _HOME, group=group)
    known = _place(_("Knowledge base"), "/crm/knowledge", "file", group)
    return [day, *days, *board, *desk, *objects, known]


def _place(label: str, href: str, icon: str, group: str, *, folded: bool = False) -> NavItem:
    """A place by its address: current on its own page and on those below it."""
    roots = (href, *_ALSO.get(href, ()))
    active = any(request.path == root or request.path.startswith(f"{root}/") for root in roots)
    return NavItem(label, href, icon, active=active, group=group, folded=folded)
