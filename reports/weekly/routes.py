"""One's own weekly word: whether it comes, what came; and for administrators when it goes out."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.http import requires
from infra.pdf import pdf_of
from infra.transaction import note
from infra.undo.service import flash_undo
from infra.wires import wires
from kernel.errors import RuleBroken
from reports.issuing.forms import WEEKDAYS
from reports.weekly import charts, queries, rules, service
from reports.weekly.forms import TimeForm

bp = Blueprint("weekly", __name__)
BASE = "/portfolio/weekly"


@bp.get(BASE)
@requires("portfolio.see")
def page() -> ResponseReturnValue:
    """Whether the word comes to the reader, what came, and when it goes out."""
    setting = queries.setting()
    return _page(TimeForm(formdata=None, weekday=setting.weekday, at=setting.at, on=setting.on))


@bp.post(f"{BASE}/mine")
@requires("portfolio.see")
def choose() -> ResponseReturnValue:
    """Get it, or don't."""
    on = request.form.get("on") == "1"
    service.choose(on=on, actor=g.actor)
    flash(_("The word comes to you every week.") if on else _("The word does not come to you any more."), "good")
    return redirect(url_for(".page"), 303)


@bp.post(f"{BASE}/time")
@requires("weekly.set")
def set_time() -> ResponseReturnValue:
    """Say when it goes out."""
    form = TimeForm()
    if not form.validate():
        return _page(form), 422
    try:
        work = service.set_time(form.weekday.data, form.at.data or "", on=bool(form.on.data), actor=g.actor)
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(form), 422
    flash_undo(_("Kept. It counts from the next round on."), work)
    return redirect(url_for(".page"), 303)


@bp.get(f"{BASE}/now.pdf")
@requires("portfolio.see")
def now() -> ResponseReturnValue:
    """The page as it would go out now, noted in the trail as an export."""
    made = pdf_of(charts.document(charts.look(g.actor, g.now)))
    note(g.actor, "weekly.exported", as_of=g.today.isoformat())
    return send_file(BytesIO(made), "application/pdf", as_attachment=True, download_name=rules.file_name(g.today))


@bp.get(f"{BASE}/<int:word_id>.pdf")
@requires("portfolio.see")
def pdf(word_id: int) -> ResponseReturnValue:
    """A word that came to the reader, to the last byte."""
    word = queries.word(g.actor.id, word_id)
    name = f"portfolio-{word.period}.pdf"
    return send_file(BytesIO(service.content(word.digest)), "application/pdf", as_attachment=True, download_name=name)


def _page(form: TimeForm) -> str:
    setting = queries.setting()
    return render_template(
        "reports/weekly.html",
        form=form,
        setting=setting,
        day=WEEKDAYS[setting.weekday],
        mine=queries.wants(g.actor.id),
        words=queries.words(g.actor.id),
        zone=wires().settings.timezone,
        sends=bool(wires().settings.smtp_url),
    )
