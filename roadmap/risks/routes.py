"""The risk register, one risk with everything about it, and every press on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from infra import lists
from infra.attachments import queries as files
from infra.comments import queries as comments
from infra.forms import Form, number, told
from infra.http import demand, may, requires
from infra.merge import read_base, sign_base
from infra.subjects import find
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.actor import project_scope
from kernel.errors import Conflict, NotFound, RuleBroken
from roadmap.actions import charts as actions
from roadmap.projects import queries as projects
from roadmap.risks import charts, queries, rules, service
from roadmap.risks.forms import STAGES, WRITTEN, MoveForm, ResponseForm, ReviewForm, RiskForm, ScoreForm, register_list
from roadmap.risks.queries import RiskRow
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks

Made = TypeVar("Made")
bp = Blueprint("risks", __name__)
BASE = "/projects/<int:project_id>/risks"
ONE = f"{BASE}/<int:risk_id>"


@bp.get(BASE)
@requires("risk.see")
def register(project_id: int) -> ResponseReturnValue:
    """All risks: where they stand, how exposure went, what is due."""
    project, rows = projects.row_of(project_id), queries.register(project_id)
    stage = request.args.get("stage", "now")
    stage = stage if stage in STAGES else "now"
    people, phases = _people(project_id), [(str(each.id), each.name) for each in projects.phases(project_id)]
    histories = queries.histories([project_id]).get(project_id, [])
    now = queries.exposure(project_id, g.today)
    points = rules.trend(histories, project.start, g.today)
    open_ones = [row for row in rows if row.open]
    return lists.answer(
        register_list([(str(id), name) for id, name in people], phases, stage, g.today),
        rows,
        "roadmap/risks/register.html",
        scope=project_scope(project_id),
        project_id=project_id,
        open_ones=open_ones,
        heaviest=queries.heaviest(open_ones),
        stage=stage,
        stages=[(_(each.capitalize()), charts.register_address(project_id, each), each == stage) for each in STAGES],
        maps=[charts.heat(open_ones, stage), charts.heat(open_ones, stage, 330, narrow=True)],
        heat_rows=charts.heat_table(open_ones),
        at=lambda query: charts.register_address(project_id, stage, query),
        exposure=now,
        trend=charts.trend_word(points),
        standing=charts.standing(now),
        chart=charts.exposure_chart(points, histories, now.appetite),
        chart_rows=charts.exposure_rows(points),
        due=charts.due_this_week(rows, g.today),
        reviews=charts.reviews_due(rows, g.today),
        movement=charts.movement,
        bands=rules.BANDS,
        short=rules.SHORT,
        strikes=rules.range_text,
        people=people,
        may_add=may("risk.add", project_id),
        may_rule=may("risk.rule", project_id),
        may_change=lambda row: may("risk.edit", project_id, row.facts),
    )


@bp.get(f"{BASE}/new")
@requires("risk.add")
def new(project_id: int) -> ResponseReturnValue:
    """An empty form."""
    return _new_page(project_id, _form(project_id))


@bp.post(f"{BASE}/new")
@requires("risk.add")
def add(project_id: int) -> ResponseReturnValue:
    """Raise a risk."""
    form = _form(project_id)
    made = _tried(form, lambda: service.add_risk(project_id, form.raised(), actor=g.actor, now=g.now))
    if made is None:
        return _new_page(project_id, form), 422
    flash_undo(_("The risk is raised."), made[1])
    return redirect(url_for(".page", project_id=project_id, risk_id=made[0]), 303)


@bp.get(ONE)
@requires("risk.see")
def page(project_id: int, risk_id: int) -> ResponseReturnValue:
    """One risk."""
    return _page(queries.risk(project_id, risk_id))


@bp.post(f"{ONE}/edit")
@requires("risk.edit")
def edit(project_id: int, risk_id: int) -> ResponseReturnValue:
    """What is written down about it."""
    row, form = _mine(project_id, risk_id), _form(project_id)
    base = read_base(f"risk:{risk_id}", form.base.data) or {}
    try:
        work = _tried(form, lambda: service.change(project_id, risk_id, form.changed(), actor=g.actor, base=base))
    except Conflict as clash:
        form.absorb(clash)
        return _page(row, form=form), 409
    return _answer(row, work, _("Saved."), form=form)


@bp.post(f"{ONE}/score")
@requires("risk.edit")
def score(project_id: int, risk_id: int) -> ResponseReturnValue:
    """A new rating with its reason."""
    row, form = _mine(project_id, risk_id), ScoreForm()

    def act() -> Work:
        rated = form.rated()
        if rated is None:
            raise RuleBroken("risk.unscored", "Give it a probability and an impact first.", field="probability")
        return service.score(project_id, risk_id, rated, form.why.data or "", actor=g.actor, now=g.now)

    return _answer(row, _tried(form, act), _("Rated."), scoring=form)


@bp.post(f"{ONE}/move")
@requires("risk.edit")
def move(project_id: int, risk_id: int) -> ResponseReturnValue:
    """Another state."""
    row, form = _mine(project_id, risk_id), MoveForm()
    said = {"wanted": form.state.data or "", "reason": form.reason.data or ""}
    work = _tried(form, lambda: service.move(project_id, risk_id, **said, actor=g.actor, now=g.now))
    return _answer(row, work, _("The risk is %(state)s.", state=_(said["wanted"])), moving=form)


@bp.post(f"{ONE}/review")
@requires("risk.edit")
def review(project_id: int, risk_id: int) -> ResponseReturnValue:
    """That somebody looked at it."""
    row, form = _mine(project_id, risk_id), ReviewForm()

    def act() -> Work:
        return service.review(project_id, risk_id, form.text.data or "", form.next_on.data, actor=g.actor, now=g.now)

    return _answer(row, _tried(form, act), _("Reviewed."), reviewing=form)


@bp.post(f"{ONE}/responses")
@requires("risk.edit")
def respond(project_id: int, risk_id: int) -> ResponseReturnValue:
    """One more response."""
    row, form = _mine(project_id, risk_id), _response_form(project_id)

    def act() -> Work:
        return service.add_response(project_id, risk_id, form.planned(), actor=g.actor, now=g.now)[1]

    return _answer(row, _tried(form, act), _("The response is planned."), answering=form)


@bp.post(f"{ONE}/responses/<int:response_id>")
@requires("risk.edit")
def change_response(project_id: int, risk_id: int, response_id: int) -> ResponseReturnValue:
    """Done with its result, not done after all, taken away, or its day and owner: ``action`` says which."""
    row = _mine(project_id, risk_id)
    if response_id not in {each.id for each in row.responses}:
        raise NotFound
    try:
        message, work = _responded(project_id, response_id, request.form.get("action", ""))
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _page(row), 422
    return _answer(row, work, message)


@bp.post(f"{ONE}/link")
@requires("risk.edit")
def link(project_id: int, risk_id: int) -> ResponseReturnValue:
    """A task or checklist item that it hits; with ``unlink`` such a link is taken away."""
    row, gone = _mine(project_id, risk_id), request.form.get("unlink", type=int)
    try:
        if gone:
            message, work = _("Unlinked."), service.unlink(project_id, risk_id, gone, actor=g.actor)
        else:
            key = request.form.get("subject", "")
            message, work = _("Linked."), service.link(project_id, risk_id, key, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _page(row), 422
    return _answer(row, work, message)


@bp.post(f"{BASE}/link")
@requires("risk.edit")
def link_from(project_id: int) -> ResponseReturnValue:
    """The same from the page of a task or an item: ``risk_id`` is the risk that hits it."""
    return link(project_id, request.form.get("risk_id", 0, type=int))


@bp.post(f"{BASE}/bulk")
@requires("risk.edit")
def bulk(project_id: int) -> ResponseReturnValue:
    """Several at once: an owner, or the day of the next review."""
    ids = request.form.getlist("ids", type=int)
    for risk_id in ids:
        _mine(project_id, risk_id)
    try:
        flash_undo(ngettext("One risk is changed.", "%(num)s risks are changed.", len(ids)), _bulk(project_id, ids))
    except RuleBroken as problem:
        flash(told(problem), "bad")
    return redirect(_back() or url_for(".register", project_id=project_id), 303)


@bp.post(f"{BASE}/appetite")
@requires("risk.rule")
def appetite(project_id: int) -> ResponseReturnValue:
    """How much exposure the roll-out bears."""
    try:
        points = request.form.get("appetite", type=int)
        flash_undo(_("The appetite is set."), service.set_appetite(project_id, points, actor=g.actor))
    except RuleBroken as problem:
        flash(told(problem), "bad")
    return redirect(url_for(".register", project_id=project_id), 303)


def _bulk(project_id: int, ids: Sequence[int]) -> Work:
    if not ids:
        raise RuleBroken("risk.none", "Tick at least one risk first.")
    act = request.form.get("action", "")
    if act == "owner":
        return service.assign(project_id, ids, _number("owner_id"), actor=g.actor)
    if act == "review":
        return service.set_review(project_id, ids, _day("review_on"), actor=g.actor)
    raise RuleBroken("risk.bulk", "Choose what to do with the risks.")


def _responded(project_id: int, response_id: int, act: str) -> tuple[str, Work]:
    if act == "done":
        result = request.form.get("result", "")
        work = service.complete_response(project_id, response_id, result, actor=g.actor, now=g.now)
        return _("Done. Rate the risk again: is it less likely, or less harmful now?"), work
    if act == "reopen":
        return _("Open again."), service.reopen_response(project_id, response_id, actor=g.actor)
    if act == "remove":
        return _("Removed."), service.remove_response(project_id, response_id, actor=g.actor)
    if act == "change":
        values: dict[str, Any] = {name: request.form[name] for name in ("kind", "text") if name in request.form}
        values |= {"owner_id": _number("owner_id"), "due": _day("due")}
        return _("Saved."), service.change_response(project_id, response_id, values, actor=g.actor)
    raise RuleBroken("response.act", "Choose what to do with the response.")


def _tried(form: Form, act: Callable[[], Made]) -> Made | None:
    """What the act returns; None where the form or a rule refuses, with the reason beside its field."""
    if not form.validate_on_submit():
        return None
    try:
        return act()
    except RuleBroken as problem:
        form.absorb(problem)
        return None


def _answer(row: RiskRow, work: Work | None, message: str, **filled: Form) -> ResponseReturnValue:
    """Back to the page, or the page with what was typed where nothing was done."""
    if work is None:
        return _page(row, **filled), 422
    flash_undo(message, work)
    return redirect(_back() or url_for(".page", project_id=row.project_id, risk_id=row.id), 303)


def _page(row: RiskRow, **filled: Form) -> str:
    project_id, key = row.project_id, f"risk:{row.id}"
    kept = queries.scores(row.id)
    form = filled.get("form") or _form(project_id, row)
    form["base"].data = sign_base(key, {name: getattr(row, name) for name in WRITTEN})
    moving = filled.get("moving") or MoveForm(formdata=None)
    moving["state"].choices = [(each.value, _(each.capitalize())) for each in rules.moves_from(row.state)]
    return render_template(
        "roadmap/risks/page.html",
        project_id=project_id,
        risk=row,
        form=form,
        scoring=filled.get("scoring") or ScoreForm(formdata=None, probability=row.probability, impact=row.impact),
        moving=moving,
        reviewing=filled.get("reviewing") or ReviewForm(formdata=None),
        answering=filled.get("answering") or _response_form(project_id, empty=True),
        scores=kept,
        rescore=queries.rescore_due(row, kept),
        reviews=queries.reviews(row.id),
        links=queries.links(row.id, g.actor),
        movement=charts.movement(row),
        strikes=rules.range_text,
        actions=actions.panel(project_id, key),
        people=_people(project_id),
        tasks=[(f"task:{each.id}", f"{each.wbs} {each.name}") for each in tasks.rows(project_id, g.today)],
        may_change=may("risk.edit", project_id, row.facts),
        subject=find(key, g.actor),
        said=comments.of_subject(key, g.actor),
        attached=files.of_subject(key, g.actor),
        history=queries.history(row.id),
    )


def _new_page(project_id: int, form: RiskForm) -> str:
    return render_template("roadmap/risks/new.html", project_id=project_id, form=form)


def _form(project_id: int, obj: RiskRow | None = None) -> RiskForm:
    form = RiskForm() if obj is None else RiskForm(formdata=None, obj=obj)
    holder = obj.owner if obj and obj.owner_id is None else ""
    nobody = _("as the role says: %(name)s", name=holder) if holder else _("nobody yet")
    form.owner_id.choices = [("", nobody), *_people(project_id)]
    form.phase_id.choices = [("", _("none")), *((each.id, each.name) for each in projects.phases(project_id))]
    return form


def _response_form(project_id: int, *, empty: bool = False) -> ResponseForm:
    form = ResponseForm(formdata=None) if empty else ResponseForm()
    form.owner_id.choices = [("", _("the risk's owner")), *_people(project_id)]
    return form


def _people(project_id: int) -> list[tuple[int, str]]:
    return [(each.id, each.name) for each in staffing.people_of(project_id)]


def _mine(project_id: int, risk_id: int) -> RiskRow:
    """The risk, if the actor may change it. Raises NotFound, Refused."""
    row = queries.risk(project_id, risk_id)
    demand(g.actor, "risk.edit", project_scope(project_id), row.facts)
    return row


def _number(name: str) -> int | None:
    try:
        return number(request.form.get(name, ""))
    except ValueError:
        raise RuleBroken("risk.owner", "Choose somebody of this project's team.", field=name) from None


def _day(name: str) -> date | None:
    text = request.form.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleBroken("risk.day", "Write the day as 2026-03-03.", field=name) from None


def _back() -> str:
    """The page that the form stood on, if it is one of ours."""
    address = request.form.get("back", "")
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else ""
