"""The pages of what is asked at gates."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.http import may, requires
from infra.merge import read_base, sign_base
from infra.undo import flash_undo
from kernel.errors import Conflict, NotFound, RuleBroken
from readiness.asked.forms import FIELDS, CriterionForm, GateForm
from readiness.evidence.queries import SOURCES
from readiness.gates import charts, queries, service
from readiness.gates.rules.definitions import YES_NO, Comparator, Criterion, Gate
from readiness.gates.rules.sources import Look
from roadmap.projects import queries as projects
from roadmap.staffing import queries as staffing

bp = Blueprint("asked", __name__)
BASE = "/projects/<int:project_id>/readiness"
LIMITS = ("minimum_score", "minimum_confidence")
FIRST = {
    "threshold": 1.0, "unit": YES_NO, "margin": 0.0, "weight": 1.0, "minimum_sample": 0, "effort_days": 1.0,
    "comparator": Comparator.EQUAL.value, "category": "process", "freshness_days": 30,
}  # fmt: skip


@bp.get(f"{BASE}/criteria")
@requires("readiness.see")
def page(project_id: int) -> ResponseReturnValue:
    """What a gate asks, by category; `gate` in the address says which."""
    return _page(project_id, _shown(project_id, request.args.get("gate", "")))


@bp.post(f"{BASE}/gates/<key>")
@requires("readiness.edit")
def change_gate(project_id: int, key: str) -> ResponseReturnValue:
    """Say how much a gate takes to pass."""
    form = GateForm()
    if form.validate_on_submit():
        base = read_base(f"readiness_gate:{project_id}:{key}", form.base.data) or {}
        try:
            work = service.change_gate(project_id, key, form.limits(), actor=g.actor, base=base)
        except (RuleBroken, Conflict) as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Saved."), work)
            return _back(project_id, key)
    return _page(project_id, queries.gate(project_id, key), form), 422


@bp.get(f"{BASE}/gates/<key>/new")
@requires("readiness.edit")
def new(project_id: int, key: str) -> ResponseReturnValue:
    """An empty form for one thing more at a gate."""
    form = _form(project_id, CriterionForm(formdata=None, data=_whole(FIRST)))
    return _form_page(project_id, queries.gate(project_id, key), form, None)


@bp.post(f"{BASE}/gates/<key>/new")
@requires("readiness.edit")
def add(project_id: int, key: str) -> ResponseReturnValue:
    """Ask for one thing more."""
    form = _form(project_id, CriterionForm())
    if form.validate_on_submit():
        try:
            _number, work = service.add_criterion(project_id, key, form.asked(), actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("It is asked from now on."), work)
            return _back(project_id, key)
    return _form_page(project_id, queries.gate(project_id, key), form, None), 422


@bp.get(f"{BASE}/criteria/<int:criterion_id>/edit")
@requires("readiness.edit")
def edit(project_id: int, criterion_id: int) -> ResponseReturnValue:
    """The form of one criterion."""
    row = queries.criterion(project_id, criterion_id)
    values = {name: getattr(row, name) for name in FIELDS}
    form = CriterionForm(formdata=None, data=_whole(values) | {"base": sign_base(f"criterion:{criterion_id}", values)})
    return _form_page(project_id, _gate_of(project_id, row), _form(project_id, form, row.source), row)


@bp.post(f"{BASE}/criteria/<int:criterion_id>/edit")
@requires("readiness.edit")
def change(project_id: int, criterion_id: int) -> ResponseReturnValue:
    """Change what is asked."""
    row = queries.criterion(project_id, criterion_id)
    gate = _gate_of(project_id, row)
    form = _form(project_id, CriterionForm(), row.source)
    if form.validate_on_submit():
        base = read_base(f"criterion:{criterion_id}", form.base.data) or {}
        try:
            work = service.change_criterion(project_id, criterion_id, form.asked(), actor=g.actor, base=base)
        except (RuleBroken, Conflict) as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Saved."), work)
            return _back(project_id, gate.key)
    return _form_page(project_id, gate, form, row), 422


@bp.post(f"{BASE}/criteria/<int:criterion_id>/drop")
@requires("readiness.edit")
def drop(project_id: int, criterion_id: int) -> ResponseReturnValue:
    """Ask it no longer."""
    gate = _gate_of(project_id, queries.criterion(project_id, criterion_id))
    flash_undo(_("It is asked no longer."), service.drop_criterion(project_id, criterion_id, actor=g.actor))
    return _back(project_id, gate.key)


@bp.post(f"{BASE}/criteria/<int:criterion_id>/again")
@requires("readiness.edit")
def again(project_id: int, criterion_id: int) -> ResponseReturnValue:
    """Ask again what was dropped."""
    gate = _gate_of(project_id, queries.criterion(project_id, criterion_id))
    flash_undo(_("It is asked again."), service.ask_again(project_id, criterion_id, actor=g.actor))
    return _back(project_id, gate.key)


def _shown(project_id: int, key: str) -> Gate | None:
    """The gate that is wanted; an unknown key leads to the one that pages ask first."""
    gates = queries.gates(project_id)
    return next((each for each in gates if each.key == key), queries.main_gate(gates))


def _gate_of(project_id: int, row: Criterion) -> Gate:
    found = next((each for each in queries.gates(project_id) if each.id == row.gate_id), None)
    if found is None:
        raise NotFound
    return found


def _page(project_id: int, gate: Gate | None, form: GateForm | None = None) -> str:
    if gate is None:
        return render_template("readiness/no_gates.html", project_id=project_id)
    if form is None:
        values = {name: getattr(gate, name) for name in LIMITS}
        form = GateForm(formdata=None, data=_whole(values))
        form.base.data = sign_base(f"readiness_gate:{project_id}:{gate.key}", values)
    tabs = [
        (each.name, url_for(".page", project_id=project_id, gate=each.key), each.id == gate.id, len(each.criteria))
        for each in queries.gates(project_id)
    ]
    return render_template(
        "readiness/criteria.html",
        project_id=project_id,
        gate=gate,
        tabs_of=tabs,
        form=form,
        must_haves=charts.must_haves(gate),
        groups=charts.by_category(gate.criteria),
        dropped=[each for each in queries.dropped(project_id) if each.gate_id == gate.id],
        threshold_words=charts.threshold_words,
        source_words={key: source.label for key, source in SOURCES.items()},
        may_edit=_may_edit(project_id),
    )


def _form(project_id: int, form: CriterionForm, source: str = "") -> CriterionForm:
    """The form with what can be chosen; a source that is not known any more stays what it is."""
    known = [(key, _(each.label)) for key, each in SOURCES.items()]
    form.source.choices = known if not source or source in SOURCES else [*known, (source, source)]
    form.category.choices = [(key.value, word) for key, word in charts.category_words().items()]
    words = {Comparator.AT_LEAST: _("at least"), Comparator.AT_MOST: _("at most"), Comparator.EQUAL: _("exactly")}
    form.comparator.choices = [(key.value, word) for key, word in words.items()]
    form.role_id.choices = [("", _("Nobody")), *((role.id, role.name) for role in staffing.roles(project_id))]
    return form


def _form_page(project_id: int, gate: Gate, form: CriterionForm, row: Criterion | None) -> str:
    values: dict[str, Any] = {"project_id": project_id, "gate": gate, "form": form, "row": row}
    values["subjects"] = _subjects(project_id)
    return render_template("readiness/criterion_form.html", **values, back=_address(project_id, gate.key))


def _subjects(project_id: int) -> list[tuple[str, str]]:
    """All that the sources can be asked about: its key, and its name behind that of the source."""
    look = Look(project_id, g.now, projects.row_of(project_id).local(g.now).date())
    return [(key, f"{_(each.label)}: {name}") for each in SOURCES.values() for key, name in each.subjects(look)]


def _whole(values: dict[str, Any]) -> dict[str, Any]:
    """The same with 85 for 85.0, as people write it."""
    return {name: int(each) if isinstance(each, float) and each.is_integer() else each for name, each in values.items()}


def _may_edit(project_id: int) -> bool:
    return may("readiness.edit", project_id) and projects.row_of(project_id).state == "active"


def _address(project_id: int, key: str) -> str:
    return url_for(".page", project_id=project_id, gate=key)


def _back(project_id: int, key: str) -> ResponseReturnValue:
    return redirect(_address(project_id, key), 303)
