"""The budget of a project: what was spent, what was planned, and the forms behind both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, BinaryIO, cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import lists
from infra.attachments import queries as files
from infra.attachments.service import add_file
from infra.forms import told
from infra.http import may, requires
from infra.lists.pages import FILES
from infra.subjects import find
from infra.undo import flash_undo
from kernel.actor import project_scope
from kernel.errors import Problem, RuleBroken
from roadmap.costs import charts, queries, service
from roadmap.costs.forms import CostForm, RateForm, budget_name, phase_choices, read_budgets
from roadmap.costs.queries import CostRow
from roadmap.costs.rules import amounts, entries
from roadmap.costs.rules.entries import Kind
from roadmap.projects import queries as projects
from roadmap.staffing import queries as staffing

bp = Blueprint("costs", __name__)
bp.app_template_filter("money")(charts.money)
bp.app_template_filter("person_days")(charts.days)
BASE = "/projects/<int:project_id>/costs"


@bp.get(BASE)
@requires("cost.see")
def page(project_id: int) -> ResponseReturnValue:
    """The sentence, the picture, the phases, the forecast."""
    found = queries.money_of(project_id, g.today)
    if request.args.get("format") in FILES:
        lines = found.phases if found.budgeted else found.days_by_phase
        spec = charts.phase_list(found.currency if found.budgeted else "")
        view = lists.open_view(spec, lines, scope=project_scope(project_id))
        return view.exported(request.args["format"])
    return render_template(
        "roadmap/costs/page.html",
        project_id=project_id,
        found=found,
        picture=charts.picture(found),
        rates=charts.rate_rows(project_id, g.today),
        latest=charts.latest(project_id),
        paths={kind.value: path for path, kind in entries.PATHS.items()},
        may_edit=may("cost.edit", project_id),
    )


@bp.get(f"{BASE}/entries")
@requires("cost.see")
def all_entries(project_id: int) -> ResponseReturnValue:
    """Fixed costs and expenses as a list."""
    phases = phase_choices(queries.phase_names(project_id))
    return lists.answer(
        charts.entry_list(queries.currency_of(project_id), phases),
        charts.entries(project_id),
        "roadmap/costs/entries.html",
        scope=project_scope(project_id),
        project_id=project_id,
        currency=queries.currency_of(project_id),
        paths={kind.value: path for path, kind in entries.PATHS.items()},
        may_edit=may("cost.edit", project_id),
    )


@bp.get(f"{BASE}/rates")
@requires("cost.see")
def rates(project_id: int) -> ResponseReturnValue:
    """What an hour costs."""
    return _rates_page(project_id, _rate_form(project_id))


@bp.post(f"{BASE}/rates")
@requires("cost.edit")
def set_rate(project_id: int) -> ResponseReturnValue:
    """A rate from a day on."""
    sent = _rate_form(project_id)
    if sent.validate_on_submit():
        try:
            data = sent.rate(queries.currency_of(project_id))
            _id, work = service.set_rate(project_id, data, actor=g.actor, today=g.today)
        except RuleBroken as problem:
            sent.absorb(problem)
        else:
            flash_undo(_("The rate is set."), work)
            return redirect(url_for(".rates", project_id=project_id), 303)
    return _rates_page(project_id, sent), 422


@bp.post(f"{BASE}/rates/<int:rate_id>/remove")
@requires("cost.edit")
def remove_rate(project_id: int, rate_id: int) -> ResponseReturnValue:
    """Take a rate away."""
    try:
        flash_undo(_("The rate is removed."), service.remove_rate(project_id, rate_id, actor=g.actor, today=g.today))
    except RuleBroken as problem:
        flash(told(problem), "bad")
    return redirect(url_for(".rates", project_id=project_id), 303)


@bp.get(f"{BASE}/budgets")
@requires("cost.edit")
def budgets(project_id: int) -> ResponseReturnValue:
    """What each phase may cost, and in which currency."""
    currency = queries.currency_of(project_id)
    there = queries.budgets(project_id)
    typed = {budget_name(id): amounts.plain(cents, currency) for id, cents in there.items()}
    return _budgets_page(project_id, typed)


@bp.post(f"{BASE}/budgets")
@requires("cost.edit")
def set_budgets(project_id: int) -> ResponseReturnValue:
    """All budgets at once."""
    names = queries.phase_names(project_id)
    wanted, errors = read_budgets(request.form, names, queries.currency_of(project_id))
    if errors:
        return _budgets_page(project_id, request.form, errors), 422
    try:
        flash_undo(_("The budget is saved."), service.set_budgets(project_id, wanted, actor=g.actor))
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _budgets_page(project_id, request.form), 422
    return redirect(url_for(".page", project_id=project_id), 303)


@bp.post(f"{BASE}/currency")
@requires("cost.edit")
def set_currency(project_id: int) -> ResponseReturnValue:
    """Count in another currency."""
    try:
        work = service.set_currency(project_id, request.form.get("currency", ""), actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _budgets_page(project_id, request.form), 422
    flash_undo(_("The currency is saved."), work)
    return redirect(url_for(".budgets", project_id=project_id), 303)


@bp.get(f"{BASE}/<kind>/new")
@requires("cost.edit")
def new_cost(project_id: int, kind: str) -> ResponseReturnValue:
    """An empty form for a fixed cost or an expense."""
    filled = _cost_form(project_id)
    filled.day.data = g.today
    return _cost_page(project_id, entries.kind_at(kind), filled)


@bp.post(f"{BASE}/<kind>/new")
@requires("cost.edit")
def add_cost(project_id: int, kind: str) -> ResponseReturnValue:
    """A fixed cost, or an expense with its receipt."""
    which, sent = entries.kind_at(kind), _cost_form(project_id)
    if sent.validate_on_submit():
        try:
            data = sent.cost(queries.currency_of(project_id))
            number, work = service.add_cost(project_id, which, data, actor=g.actor, today=g.today, now=g.now)
        except RuleBroken as problem:
            sent.absorb(problem)
        else:
            flash_undo(_("“%(name)s” is entered.", name=data.name), work)
            return _with_receipt(project_id, which, number, sent)
    return _cost_page(project_id, which, sent), 422


@bp.get(f"{BASE}/<kind>/<int:cost_id>")
@requires("cost.see")
def cost(project_id: int, kind: str, cost_id: int) -> ResponseReturnValue:
    """A fixed cost or an expense, with its receipts."""
    which = entries.kind_at(kind)
    row = queries.cost(project_id, which, cost_id)
    shown = amounts.plain(row.cents, queries.currency_of(project_id))
    chosen = {"phase_id": str(row.phase_id or ""), "task_id": str(row.task_id or "")}
    filled = _cost_form(project_id, name=row.name, amount=shown, day=row.day, **chosen)
    return _cost_page(project_id, which, filled, row)


@bp.post(f"{BASE}/<kind>/<int:cost_id>")
@requires("cost.edit")
def change_cost(project_id: int, kind: str, cost_id: int) -> ResponseReturnValue:
    """Another name, day, amount or phase."""
    which, sent = entries.kind_at(kind), _cost_form(project_id)
    row = queries.cost(project_id, which, cost_id)
    if sent.validate_on_submit():
        try:
            data = sent.cost(queries.currency_of(project_id))
            work = service.change_cost(project_id, which, cost_id, data, actor=g.actor, today=g.today)
        except RuleBroken as problem:
            sent.absorb(problem)
        else:
            flash_undo(_("Saved."), work)
            return redirect(url_for(".page", project_id=project_id), 303)
    return _cost_page(project_id, which, sent, row), 422


@bp.post(f"{BASE}/<kind>/<int:cost_id>/remove")
@requires("cost.edit")
def remove_cost(project_id: int, kind: str, cost_id: int) -> ResponseReturnValue:
    """Take a fixed cost or an expense away."""
    which = entries.kind_at(kind)
    row = queries.cost(project_id, which, cost_id)
    flash_undo(
        _("“%(name)s” is removed.", name=row.name), service.remove_cost(project_id, which, cost_id, actor=g.actor)
    )
    return redirect(url_for(".page", project_id=project_id), 303)


def _with_receipt(project_id: int, kind: Kind, number: int, sent: CostForm) -> ResponseReturnValue:
    """Attach the receipt that came along; one that can't be kept is told, and can be attached on the expense's page."""
    receipt = sent.receipt.data
    if kind is Kind.EXPENSE and receipt and receipt.filename:
        try:
            add_file(f"expense:{number}", receipt.filename, cast("BinaryIO", receipt.stream), actor=g.actor)
        except Problem as problem:
            flash(told(problem), "bad")
            return redirect(url_for(".cost", project_id=project_id, kind=entries.path_of(kind), cost_id=number), 303)
    return redirect(url_for(".page", project_id=project_id), 303)


def _rate_form(project_id: int) -> RateForm:
    made = RateForm(data={"first_day": g.today})
    roles = [(f"role-{each.id}", each.name) for each in staffing.roles(project_id)]
    people = [(f"person-{each.id}", _("%(name)s alone", name=each.name)) for each in staffing.people_of(project_id)]
    made.whose.choices = roles + people
    return made


def _rates_page(project_id: int, sent: RateForm) -> str:
    return render_template(
        "roadmap/costs/rates.html",
        project_id=project_id,
        form=sent,
        rates=charts.rate_rows(project_id, g.today),
        currency=queries.currency_of(project_id),
        unpriced=queries.money_of(project_id, g.today).unpriced,
        may_edit=may("cost.edit", project_id),
    )


def _budgets_page(project_id: int, typed: Mapping[str, str], errors: Mapping[int | None, str] | None = None) -> str:
    return render_template(
        "roadmap/costs/budgets.html",
        project_id=project_id,
        names=queries.phase_names(project_id),
        lines={line.phase_id: line for line in queries.money_of(project_id, g.today).phases},
        typed=typed,
        errors=errors or {},
        name_of=budget_name,
        currency=queries.currency_of(project_id),
        currencies=[(code, f"{code}, {name}") for code, name in amounts.currencies().items()],
        fixed=queries.has_amounts(project_id),
    )


def _cost_form(project_id: int, **filled: Any) -> CostForm:
    made = CostForm(data=filled)
    made.phase_id.choices = phase_choices(queries.phase_names(project_id))
    made.task_id.choices = [("", _("No task")), *((str(id), name) for id, name in queries.task_names(project_id))]
    return made


def _cost_page(project_id: int, kind: Kind, sent: CostForm, row: CostRow | None = None) -> str:
    key = f"expense:{row.id}" if row is not None and kind is Kind.EXPENSE else ""
    last: date | None = g.today if kind is Kind.EXPENSE else None
    return render_template(
        "roadmap/costs/cost.html",
        project_id=project_id,
        kind=entries.path_of(kind),
        expense=kind is Kind.EXPENSE,
        form=sent,
        row=row,
        last=last,
        currency=queries.currency_of(project_id),
        start=projects.row_of(project_id).start,
        subject=find(key, g.actor) if key else None,
        attached=files.of_subject(key, g.actor) if key else [],
        may_edit=may("cost.edit", project_id),
    )
