"""The pages of a meeting: its view, its presses, who signs, and decisions as they were taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from infra.forms import told
from infra.http import may, requires
from infra.undo import flash_undo
from kernel.errors import NotFound, RuleBroken
from readiness.decisions import queries as decisions
from readiness.decisions.rules import Condition, Taken, conditions, spelled
from readiness.gates import queries as gates
from readiness.gates.charts import category_words
from readiness.gates.rules.decision import Decision, Standing
from readiness.gates.rules.definitions import Gate
from readiness.gates.rules.sources import Look
from readiness.meeting import charts, service
from readiness.meeting.forms import AskForm, DecideForm, SeatsForm, SignForm
from readiness.signoffs import charts as words
from readiness.signoffs import queries as signoffs
from readiness.signoffs import service as signing
from readiness.signoffs.rules import Chosen, Given, Table, may_decide
from readiness.verdict import charts as verdicts
from readiness.verdict import queries as verdict
from readiness.verdict.rules import telling
from roadmap.projects import queries as projects
from roadmap.staffing import queries as staffing

bp = Blueprint("meeting", __name__)
BASE = "/projects/<int:project_id>/readiness"
USUAL_DAYS = 7
"""What a condition is offered for, where the gate's own day is not later."""


@bp.get(f"{BASE}/decision")
@requires("readiness.see")
def page(project_id: int) -> ResponseReturnValue:
    """The view of the go or no-go meeting; ``gate`` in the address says which."""
    gate = _gate(project_id, request.args.get("gate", ""))
    if gate is None:
        return render_template("readiness/no_gate.html", project=projects.row_of(project_id))
    return _page(project_id, gate)


@bp.post(f"{BASE}/gates/<key>/ask")
@requires("readiness.edit")
def ask(project_id: int, key: str) -> ResponseReturnValue:
    """Ask for sign-offs, anew where there was a round before."""
    form, look = AskForm(), _look(project_id)
    if form.validate_on_submit():
        try:
            signing.ask(look, key, form.round_due.data, actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash(_("Everybody who signs has been asked."), "good")
            return _back(project_id, key)
    return _page(project_id, gates.gate(project_id, key), ask_form=form), 422


@bp.post(f"{BASE}/gates/<key>/remind")
@requires("readiness.edit")
def remind(project_id: int, key: str) -> ResponseReturnValue:
    """Remind those whose word is missing."""
    try:
        count = service.remind(project_id, key, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        flash(ngettext("One sign-off is asked for again.", "%(num)d sign-offs are asked for again.", count), "good")
    return _back(project_id, key)


@bp.post(f"{BASE}/gates/<key>/sign")
@requires("readiness.decide")
def sign(project_id: int, key: str) -> ResponseReturnValue:
    """Give one's word."""
    form = SignForm()
    if form.validate_on_submit():
        try:
            given = Given(form.seat.data or "", form.answer.data or "", form.words.data or "", form.due.data)
            service.sign(key, given, _look(project_id), actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash(_("Your word is kept. You can give another one until the decision is taken."), "good")
            return _back(project_id, key)
    return _page(project_id, gates.gate(project_id, key), sign_form=form), 422


@bp.post(f"{BASE}/gates/<key>/decide")
@requires("readiness.decide")
def decide(project_id: int, key: str) -> ResponseReturnValue:
    """Take the decision and freeze all that it rests on."""
    form, look, gate = DecideForm(), _look(project_id), gates.gate(project_id, key)
    standing, table = verdict.standing(gate, look), signoffs.table(project_id, gate.id)
    errors: dict[str, str] = {}
    if form.validate_on_submit():
        wanted = conditions(standing, table, _decision(form.decision.data))
        taken = Taken(
            form.decision.data or "", form.reasons.data or "", tuple(map(_typed, wanted)), form.superseding.data or "",
            (form.key.data or "")[:32] or uuid4().hex,
        )  # fmt: skip
        try:
            number = service.decide(key, taken, look, actor=g.actor)
        except RuleBroken as problem:
            errors = _absorbed(form, problem)
        else:
            flash(_("The decision is taken and frozen."), "good")
            return redirect(url_for(".decision", project_id=project_id, number=number), 303)
    return _page(project_id, gate, decide_form=form, errors=errors), 422


@bp.get(f"{BASE}/decisions/<int:number>")
@requires("readiness.see")
def decision(project_id: int, number: int) -> ResponseReturnValue:
    """A decision as it was taken, held against its digest and the audit trail."""
    found = decisions.decision(project_id, number)
    return render_template(
        "readiness/decision.html",
        project_id=project_id,
        taken=found,
        document=found.document,
        digest=spelled(found.digest),
        charts=charts,
        words=words,
        verdicts=verdicts,
        categories=category_words(),
    )


@bp.get(f"{BASE}/gates/<key>/seats")
@requires("readiness.edit")
def seats(project_id: int, key: str) -> ResponseReturnValue:
    """Who signs at a gate."""
    gate = gates.gate(project_id, key)
    table = signoffs.table(project_id, gate.id)
    return _seats_page(project_id, gate, SeatsForm(formdata=None, data=_chosen(table)))


@bp.post(f"{BASE}/gates/<key>/seats")
@requires("readiness.edit")
def choose_seats(project_id: int, key: str) -> ResponseReturnValue:
    """Say who signs at a gate."""
    gate, form = gates.gate(project_id, key), SeatsForm()
    if form.validate_on_submit():
        chosen = Chosen(form.seats.data or (), form.required.data or (), form.deciding.data or (), form.quorum.data)
        try:
            work = signing.choose(project_id, key, chosen, actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Saved."), work)
            return _back(project_id, key)
    return _seats_page(project_id, gate, form), 422


def _page(
    project_id: int,
    gate: Gate,
    ask_form: AskForm | None = None,
    sign_form: SignForm | None = None,
    decide_form: DecideForm | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    look, project = _look(project_id), projects.row_of(project_id)
    standing, table = verdict.standing(gate, look), signoffs.table(project_id, gate.id)
    taken = decisions.decisions(project_id, gate.id)
    ended = decisions.ended(taken, gate.id, table)
    managers, active = signoffs.managers(project_id), project.state == "active"
    runs = active and table.round is not None and ended is None
    stops = verdict.stops(project_id, [gate.milestone_id] if gate.milestone_id else [])
    milestone = next((each for each in stops if each.id == gate.milestone_id), None)
    due = max(look.today + timedelta(days=USUAL_DAYS), milestone.day if milestone else look.today)
    deciding = active and may("readiness.decide", project_id) and may_decide(table, g.actor.id, managers)
    return render_template(
        "readiness/meeting.html",
        project=project,
        gate=gate,
        gates=_tabs(project_id, gate),
        standing=standing,
        told=telling.told(standing),
        must=telling.must_haves(standing),
        table=table,
        mine=table.seats_of(g.actor.id) if runs and may("readiness.decide", project_id) else (),
        ended=ended,
        taken=taken,
        lost=decisions.lost(project_id),
        milestone=milestone,
        ask_form=ask_form or AskForm(formdata=None, data={"round_due": due}),
        sign_form=sign_form or SignForm(formdata=None),
        decide_form=decide_form or _fresh(standing),
        wanted=_lines(project_id, standing, table, due) if deciding else [],
        people=[("", _("Choose"))] + [(each.id, each.name) for each in staffing.people_of(project_id)],
        errors=errors or {},
        pack_key=uuid4().hex,
        charts=charts,
        words=words,
        verdicts=verdicts,
        categories=category_words(),
        deciding=deciding,
        may_edit=active and may("readiness.edit", project_id),
        deciders=[each.name for place in table.places if place.seat.decides for each in place.seat.people],
    )


def _fresh(standing: Standing) -> DecideForm:
    form = DecideForm(formdata=None, data={"decision": standing.decision.value})
    form.key.data = uuid4().hex
    return form


def _lines(project_id: int, standing: Standing, table: Table, due: date) -> list[tuple[Condition, str, str]]:
    """What becomes a condition, with the owner and the day that are offered, or were typed."""
    people = {each.id for each in staffing.people_of(project_id)}
    fallback = next((each for each in signoffs.managers(project_id) if each in people), None)
    found = []
    for each in conditions(standing, table, Decision.CONDITIONS):
        owner = each.owner_id if each.owner_id in people else fallback
        typed = request.form
        found.append(
            (
                each,
                typed.get(f"owner-{each.key}", "" if owner is None else str(owner)),
                typed.get(f"due-{each.key}", (each.due or due).isoformat()),
            )
        )
    return found


def _typed(condition: Condition) -> Condition:
    """The condition with the owner and the day that were sent; what can't be read is none."""
    owner = request.form.get(f"owner-{condition.key}", "").strip()
    try:
        due = date.fromisoformat(request.form.get(f"due-{condition.key}", "").strip())
    except ValueError:
        due = None
    owner_id = int(owner) if owner.isascii() and owner.isdigit() and len(owner) < 10 else None  # noqa: PLR2004  # digits
    return Condition(condition.key, condition.text, condition.subject, owner_id, due)


def _absorbed(form: DecideForm, problem: RuleBroken) -> dict[str, str]:
    """The error beside its field: those of conditions are no fields of the form."""
    field = problem.field or ""
    if field.startswith(("owner-", "due-")):
        return {field: told(problem)}
    form.absorb(problem)
    return {}


def _decision(typed: str | None) -> Decision:
    return Decision(typed) if typed in set(Decision) else Decision.NO_GO


def _chosen(table: Table) -> dict[str, Any]:
    return {
        "seats": [place.seat.key for place in table.places],
        "required": [place.seat.key for place in table.places if place.seat.required],
        "deciding": [place.seat.key for place in table.places if place.seat.decides],
        "quorum": table.quorum,
    }


def _seats_page(project_id: int, gate: Gate, form: SeatsForm) -> str:
    known = signoffs.candidates(project_id)
    gone = [place.seat for place in signoffs.table(project_id, gate.id).places if place.seat.key not in known]
    return render_template(
        "readiness/seats.html",
        project_id=project_id,
        gate=gate,
        form=form,
        seats=[*known.values(), *gone],
        charts=charts,
        words=words,
        chosen=signoffs.is_chosen(project_id, gate.id),
        back=url_for(".page", project_id=project_id, gate=gate.key),
    )


def _tabs(project_id: int, gate: Gate) -> list[tuple[str, str, bool]]:
    return [
        (each.name, url_for(".page", project_id=project_id, gate=each.key), each.id == gate.id)
        for each in gates.gates(project_id)
    ]


def _gate(project_id: int, key: str) -> Gate | None:
    found = gates.gates(project_id)
    if not key:
        return gates.main_gate(found)
    gate = next((each for each in found if each.key == key), None)
    if gate is None:
        raise NotFound
    return gate


def _look(project_id: int) -> Look:
    return Look(project_id, g.now, projects.row_of(project_id).local(g.now).date())


def _back(project_id: int, key: str) -> ResponseReturnValue:
    return redirect(url_for(".page", project_id=project_id, gate=key), 303)
