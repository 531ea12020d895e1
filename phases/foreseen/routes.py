"""The pages of phases and of the charter, and every press on what they foresee."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from checklists import queries as checklists
from infra.audit import queries as audit
from infra.audit.words import Said, say
from infra.forms import told
from infra.http import may, requires, wants_json
from infra.merge import read_base, sign_base
from infra.undo.service import flash_undo
from infra.wires import wires
from kernel.errors import Conflict, NotFound, RuleBroken
from phases.foreseen import charts, queries, rules, service
from phases.foreseen.charts import PhasePart
from phases.foreseen.forms import ElementForm
from phases.foreseen.queries import Element
from roadmap.actions import queries as actions
from roadmap.actions.queries import ActionRow
from roadmap.projects import queries as projects
from roadmap.projects.queries import PhaseRow
from roadmap.risks import queries as risks
from roadmap.risks.queries import RiskRow
from roadmap.schedule.rules import TaskType
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks
from roadmap.tasks.queries import TaskRow

bp = Blueprint("foreseen", __name__)
BASE = "/projects/<int:project_id>"
LATE = "late"
STATES = ("all", rules.State.PLANNED.value, LATE, rules.State.DONE.value, rules.State.DROPPED.value)


@bp.get(f"{BASE}/phases")
@requires("foreseen.see")
def index(project_id: int) -> ResponseReturnValue:
    """To the phase that runs now."""
    project, phases = projects.row_of(project_id), projects.phases(project_id)
    if not phases:
        return render_template("phases/none.html", project_id=project_id)
    name = projects.phase_now(project, phases, g.today)
    running = next((phase for phase in phases if phase.name == name), phases[0])
    return redirect(url_for(".phase", project_id=project_id, number=running.number))


@bp.get(f"{BASE}/phases/<int:number>")
@requires("foreseen.see")
def phase(project_id: int, number: int) -> ResponseReturnValue:
    """One phase: its weeks, its work, and everything that is foreseen in it."""
    return _phase_page(project_id, number)


@bp.get(f"{BASE}/charter")
@requires("foreseen.see")
def charter(project_id: int) -> ResponseReturnValue:
    """What holds for the whole project: scope, objectives, figures, service levels; the heaviest risks."""
    return _charter_page(project_id)


@bp.post(f"{BASE}/foreseen/<int:element_id>/state")
@requires("foreseen.edit")
def set_state(project_id: int, element_id: int) -> ResponseReturnValue:
    """A press on the box (done=1 or 0), or a state by its word."""
    wanted = request.form.get("state") or ("done" if request.form.get("done") == "1" else "planned")
    try:
        marked = service.set_state(project_id, element_id, wanted, actor=g.actor)
    except RuleBroken as error:
        if wants_json():
            raise
        flash(told(error), "bad")
        return redirect(_back(project_id, element_id))
    message = _marked_as(wanted) if marked.changed else _("It was so already.")
    if wants_json():
        undo = url_for("undo.perform", transaction_id=marked.work.transaction_id) if marked.changed else ""
        return jsonify(done=wanted == rules.State.DONE, message=message, undo_url=undo)
    _tell(message, marked)
    return redirect(_back(project_id, element_id))


@bp.post(f"{BASE}/foreseen/<int:element_id>/change")
@requires("foreseen.edit")
def change(project_id: int, element_id: int) -> ResponseReturnValue:
    """Save the note, the day and the role of one."""
    form = _form(project_id)
    subject = f"foreseen:{element_id}"
    if form.validate():
        try:
            base = read_base(subject, form.base.data) or {}
            work = service.change(project_id, element_id, form.changed(), actor=g.actor, base=base)
        except (RuleBroken, Conflict) as error:
            form.absorb(error)
        else:
            flash_undo(_("Saved."), work)
            return redirect(_back(project_id, element_id))
    return _in_place(project_id, element_id, form), 422


@bp.post(f"{BASE}/foreseen/bulk")
@requires("foreseen.edit")
def bulk(project_id: int) -> ResponseReturnValue:
    """Do one thing to all that are selected: a state, or a day."""
    ids = request.form.getlist("ids", type=int)
    if not ids:
        flash(_("Select something first."), "bad")
        return redirect(_back(project_id))
    try:
        _bulk(project_id, ids, request.form.get("action", ""))
    except RuleBroken as error:
        flash(told(error), "bad")
    return redirect(_back(project_id))


def _bulk(project_id: int, ids: Sequence[int], action: str) -> None:
    if action == "due":
        work = service.set_due(project_id, ids, _day(request.form.get("due", "")), actor=g.actor)
        flash_undo(_("Day set."), work)
        return
    marked = service.set_states(project_id, ids, action, actor=g.actor)
    message = ngettext("%(num)d changed.", "%(num)d changed.", marked.changed)
    if marked.held_back:
        message += " " + ngettext(
            "%(num)d has to be planned again first.", "%(num)d have to be planned again first.", marked.held_back
        )
    _tell(message, marked)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleBroken("foreseen.day", "Write the day as 2026-03-03.", field="due") from None


def _phase_page(project_id: int, number: int, form: ElementForm | None = None, editing: int | None = None) -> str:
    project, phases = projects.row_of(project_id), projects.phases(project_id)
    here = next((each for each in phases if each.number == number), None)
    if here is None:
        raise NotFound
    plan = tasks.tasks_of_projects([project_id], g.today)
    work = [row for row in plan if row.phase_id == here.id and row.type != TaskType.SUMMARY]
    inside = {row.id for row in plan if row.phase_id == here.id}
    found = queries.of_phase(project_id, here.id, with_projects=here is phases[-1])
    done = sum(row.done for row in work)
    return render_template(
        "phases/phase.html",
        **_shared(project_id, found, url_for(".phase", project_id=project_id, number=number), form, editing),
        phase=here,
        phases=phases,
        phase_tabs=_tabs(project_id, phases, number),
        days=charts.span(work),
        window=charts.window(project, here),
        lane=charts.lane(project, here, work, done),
        now=charts.now(project, g.today),
        work=work,
        work_done=done,
        work_late=sum(row.late for row in work),
        lists=[each for each in checklists.lists(project_id, g.today) if each.task_id in inside],
        parts=_parts(project_id, here.id, plan),
    )


def _parts(project_id: int, phase_id: int, plan: Sequence[TaskRow]) -> list[PhasePart]:
    """What upper floors tell of a phase."""
    told = [panel(project_id, phase_id, plan) for panel in wires().extras.get(charts.PHASE_PANELS, ())]
    return [part for part in told if part is not None]


def _charter_page(project_id: int, form: ElementForm | None = None, editing: int | None = None) -> str:
    kinds = [kind.key for kind in rules.KINDS.values() if kind.charter]
    found = queries.elements(project_id, kinds=kinds)
    return render_template(
        "phases/charter.html",
        **_shared(project_id, found, url_for(".charter", project_id=project_id), form, editing),
        phase_tabs=_tabs(project_id, projects.phases(project_id), None),
        all_of=queries.by_kind(found),
        risks=_open_risks(project_id),
    )


def _shared(
    project_id: int, found: Sequence[Element], address: str, form: ElementForm | None, editing: int | None
) -> dict[str, Any]:
    """What both pages show: elements by kind after the filters, the filters themselves, the one that is edited."""
    state, kind = request.args.get("state", "all"), request.args.get("kind", "")
    state = state if state in STATES else "all"
    offered = [each for each in queries.by_kind(found) if not rules.kind_of(each).below]
    of_kind = _of_kind(found, kind) if kind in offered else list(found)
    shown = _in_state(of_kind, state)
    may_edit = may("foreseen.edit", project_id)
    editing = (editing or request.args.get("edit", type=int)) if may_edit else None
    edited = next((each for each in found if each.id == editing), None)
    return {
        "project_id": project_id,
        "address": address,
        "state": state,
        "kind": kind if kind in offered else "",
        "kinds": [rules.kind_of(each) for each in offered],
        "numbers": {each: len(_in_state(of_kind, each, parents=False)) for each in STATES},
        "counts": rules.count(found, g.today),
        "by_kind": queries.by_kind(queries.nested(shown)),
        "kind_of": rules.kind_of,
        "filtered": state != "all" or kind in offered,
        "may_edit": may_edit,
        "edited": edited,
        "form": form or (_form(project_id, edited) if edited else None),
        "base": sign_base(f"foreseen:{edited.id}", _values(edited)) if edited else "",
        "history": _history(edited.id) if edited else [],
        "asked": _asked(project_id, shown),
        "may_ask": may("action.add", project_id),
        "may_change": lambda row: may("action.edit", project_id, row.facts),
        "people": [(each.id, each.name) for each in staffing.people_of(project_id)],
    }


def _open_risks(project_id: int) -> list[RiskRow]:
    rows = risks.register(project_id) if may("risk.see", project_id) else []
    return risks.heaviest(row for row in rows if row.open)


def _asked(project_id: int, found: Iterable[Element]) -> dict[int, list[ActionRow]]:
    """The action items of each meeting, by the meeting's number in the table."""
    meetings = {f"foreseen:{each.id}": each.id for each in found if each.kind == "meeting"}
    rows = actions.of_subjects(meetings) if may("action.see", project_id) else {}
    return {meetings[key]: items for key, items in rows.items()}


def _tabs(project_id: int, phases: Sequence[PhaseRow], number: int | None) -> list[tuple[str, str, bool]]:
    """The phases, and the charter after them; ``number`` is the one that is open."""
    places = [
        (f"{each.number} {each.name}", url_for(".phase", project_id=project_id, number=each.number)) for each in phases
    ]
    charter_at = url_for(".charter", project_id=project_id)
    return [
        *((name, address, each.number == number) for (name, address), each in zip(places, phases, strict=True)),
        (_("Charter"), charter_at, number is None),
    ]


def _of_kind(found: Iterable[Element], kind: str) -> list[Element]:
    return [each for each in found if kind in (each.kind, rules.kind_of(each.kind).below)]


def _in_state(found: Sequence[Element], state: str, *, parents: bool = True) -> list[Element]:
    """Those in a state, with what they hang below so that they keep their place."""
    if state == "all":
        return list(found)
    keep = {each.id for each in found if (each.late(g.today) if state == LATE else each.state == state)}
    above = {each.parent_id for each in found if each.id in keep} if parents else set()
    return [each for each in found if each.id in keep or each.id in above]


def _form(project_id: int, obj: Element | None = None) -> ElementForm:
    form = ElementForm(obj=obj)
    form.role_id.choices = [("", _("Nobody")), *((role.id, role.name) for role in staffing.roles(project_id))]
    if obj is not None and not obj.due_fixed:
        form.due.description = _("It follows the plan; another day stays as you set it.")
    return form


def _values(each: Element) -> dict[str, Any]:
    return {"note": each.note, "due": each.due, "role_id": each.role_id}


def _history(element_id: int) -> list[Said]:
    return say(audit.of_subject(f"foreseen:{element_id}", limit=10))


def _in_place(project_id: int, element_id: int, form: ElementForm) -> str:
    """The page that the element stands on, with what was typed."""
    found = queries.element(project_id, element_id)
    number = _number(project_id, found)
    if number is None or _came_from() == url_for(".charter", project_id=project_id):
        return _charter_page(project_id, form, element_id)
    return _phase_page(project_id, number, form, element_id)


def _number(project_id: int, found: Element) -> int | None:
    phases: list[PhaseRow] = projects.phases(project_id)
    return next((each.number for each in phases if each.id == found.phase_id), None)


def _marked_as(state: str) -> str:
    words = {"done": _("Done."), "planned": _("Planned again."), "dropped": _("Dropped. It stays readable.")}
    return words[state]


def _tell(message: str, marked: service.Marked) -> None:
    if marked.changed:
        flash_undo(message, marked.work)
    else:
        flash(message, "good")


def _back(project_id: int, element_id: int | None = None) -> str:
    """The page that the form stood on, if it is one of ours, at the element."""
    address = _came_from() or url_for(".index", project_id=project_id)
    return address if element_id is None else f"{address}#e-{element_id}"


def _came_from() -> str:
    address = request.form.get("back", "").partition("#")[0]
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else ""
