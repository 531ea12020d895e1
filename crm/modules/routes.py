"""The pages of modules and of the maps; and the door that keeps places of a switched-off module shut."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of, modules_on
from crm.automation import queries as automation
from crm.modules import charts, queries, service
from crm.modules.events import MaySwitchOffModule
from crm.modules.rules import maps, switching
from crm.objects.rules.catalogue import OBJECTS, Module
from infra.http import requires
from infra.memo import is_reading
from infra.undo.service import flash_undo
from infra.wires import ask
from kernel.errors import NotFound

bp = Blueprint("modules", __name__)
_NAMES = ("plural", "kind", "object")
"""What routes call the object in their addresses."""


@bp.before_app_request
def _shut() -> None:
    """A place of an object whose modules are all off is not there, and says why to who uses the CRM."""
    if not request.path.startswith("/crm/") or request.endpoint is None or g.get("actor") is None:
        return
    segments = {request.path.split("/")[2], *(str((request.view_args or {}).get(each, "")) for each in _NAMES)}
    modules = access_of(g.actor).modules if is_reading() else modules_on()  # a page knows them with the roles
    hidden = next((found for each in sorted(segments) if (found := switching.hidden_place(each, modules))), None)
    if hidden is not None and access_of(g.actor).uses:
        raise NotFound(
            "%(objects)s belong to the module %(module)s, which is switched off. A CRM administrator can switch it on.",
            objects=hidden.label_plural,
            module=switching.module_names(hidden),
        )


@bp.get("/crm/setup/modules")
@requires("crm.setup")
def page() -> ResponseReturnValue:
    """Which modules are on, and what each brings."""
    on = modules_on()
    rows = [(each, *switching.MEANING[each], each in on, _objects(each)) for each in Module]
    return render_template("crm/modules/page.html", rows=rows, on=len(on))


@bp.get("/crm/setup/modules/<module>")
@requires("crm.setup")
def module(module: str) -> ResponseReturnValue:
    """What would go with a module, before it is switched off."""
    found, on = _module(module), modules_on()
    going = switching.leaving(on, found)
    return render_template(
        "crm/modules/module.html",
        module=found,
        name=switching.MEANING[found][0],
        meaning=switching.MEANING[found][1],
        is_on=found in on,
        last=on == {found},
        going=[OBJECTS[key] for key in OBJECTS if key in going],
        obstacles=ask(MaySwitchOffModule(found, going)) if found in on else [],
    )


@bp.post("/crm/setup/modules/<module>")
@requires("crm.setup")
def switch(module: str) -> ResponseReturnValue:
    """Switch a module on or off."""
    found, on = _module(module), request.form.get("on") == "yes"
    work = service.switch(found, on=on, actor=g.actor)
    name = switching.MEANING[found][0]
    flash_undo(_("%(name)s is on.", name=name) if on else _("%(name)s is off.", name=name), work)
    return redirect(url_for(".page"), 303)


@bp.get("/crm/setup/map")
@requires("crm.use")
def map_() -> ResponseReturnValue:
    """How the objects hang together, and the processes that they carry."""
    access = access_of(g.actor)
    counted = queries.counts(access)
    drawn = charts.object_map(counted)
    ways = [each for each in maps.PROCESSES if each.module in access.modules]
    return render_template(
        "crm/modules/map.html",
        drawn=drawn,
        relations=[each for each in maps.relations() if {each.source, each.target} <= counted.keys()],
        objects=OBJECTS,
        counts=counted,
        ways=charts.ways(ways, queries.step_counts(access, ways), counted),
        modules={each: switching.MEANING[each][0] for each in Module},
        automations=automation.on() if "automations" in access.functions() else [],
    )


def _module(text: str) -> Module:
    if text not in {each.value for each in Module}:
        raise NotFound("There is no module %(name)s.", name=text[:40])
    return Module(text)


def _objects(module: Module) -> list[str]:
    return [each.label_plural for each in OBJECTS.values() if module in each.modules]
