"""The page of rates: the currency of sums, rates by day, and a file of them."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.rates import charts, queries, rules, service
from crm.rates.forms import BaseForm, FileForm, RateForm
from infra.forms import told
from infra.http import requires
from infra.undo import flash_undo
from kernel.errors import RuleBroken

bp = Blueprint("crm_rates", __name__)
BASE = "/crm/setup/rates"
bp.app_template_filter("deal_money")(charts.money)
bp.app_template_filter("short_money")(charts.short_money)
bp.app_template_filter("missing_money")(charts.missing_words)


@bp.get(BASE)
@requires("crm.setup")
def page() -> ResponseReturnValue:
    """All about rates."""
    return _page()


@bp.post(BASE)
@requires("crm.setup")
def enter() -> ResponseReturnValue:
    """Keep one rate."""
    form = _rate_form()
    if form.validate_on_submit():
        try:
            _count, work = service.enter([form.data_of()], actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The rate counts from now on."), work)
            return redirect(url_for(".page"), 303)
    return _page(form), 422


@bp.post(f"{BASE}/base")
@requires("crm.setup")
def set_base() -> ResponseReturnValue:
    """Choose the currency of sums."""
    try:
        work = service.set_base(request.form.get("base", ""), actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _page(), 422
    flash_undo(_("Sums are in %(currency)s now.", currency=queries.base()), work)
    return redirect(url_for(".page"), 303)


@bp.post(f"{BASE}/file")
@requires("crm.setup")
def take_in() -> ResponseReturnValue:
    """Rates from a file, all or none."""
    form, sent = FileForm(), request.files.get("file")
    if sent is None or not sent.filename:
        form.file.errors = [_("Choose a file.")]
        return _page(file_form=form), 422
    proof = (form.source.data or "").strip()[:200] or sent.filename[:200]
    try:
        count, wrong, work = service.take_in(sent.read(), proof, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        form.file.errors = [told(problem)]
        return _page(file_form=form), 422
    if work is None:
        return _page(file_form=form, wrong=wrong), 422
    flash_undo(ngettext("One rate is new or changed.", "%(num)s rates are new or changed.", count), work)
    return redirect(url_for(".page"), 303)


@bp.post(f"{BASE}/<int:rate_id>/remove")
@requires("crm.setup")
def remove(rate_id: int) -> ResponseReturnValue:
    """Take a rate away."""
    flash_undo(_("The rate is gone."), service.remove(rate_id, actor=g.actor))
    return redirect(url_for(".page"), 303)


def _rate_form() -> RateForm:
    form = RateForm()
    own = queries.base()
    form.currency.choices = [(code, f"{code}, {name}") for code, name in rules.currencies().items() if code != own]
    return form


def _page(
    form: RateForm | None = None, file_form: FileForm | None = None, wrong: list[service.WrongRow] | None = None
) -> str:
    base_form, own = BaseForm(formdata=None, base=queries.base()), queries.base()
    base_form.base.choices = [(code, f"{code}, {name}") for code, name in rules.currencies().items()]
    return render_template(
        "crm/rates/page.html",
        base=own,
        form=form or _rate_form(),
        base_form=base_form,
        file_form=file_form or FileForm(formdata=None),
        wrong=wrong or [],
        rows=queries.rows(request.args.get("currency", "")[:3]),
        missing=queries.missing(g.today),
    )
