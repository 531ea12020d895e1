"""The pages on which web forms are written, and the public page of each."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from crm.access.queries import access_of
from crm.consent import queries as consent
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field
from crm.parsing.rules import hints_of
from crm.record.queries import people_of_crm
from crm.records import queries as records
from crm.webforms import queries, rules, service
from crm.webforms.forms import AGREED, STAMP, DesignForm, Filled, age, looks, stamp
from crm.webforms.models import WebForm
from crm.webforms.rules import Asked, FormData
from infra.http import public, requires
from infra.knocks.service import knock
from infra.undo import flash_undo
from kernel.errors import RuleBroken

bp = Blueprint("webforms", __name__)
PAGE, OPEN = "/crm/setup/forms", "/f/<token>"
_FIXABLE = ("source", "region", "rating", "industry")
_NEW = FormData("", "", (Asked("first_name"), Asked("last_name", True), Asked("email", True), Asked("company")), {})


@bp.get(PAGE)
@requires("crm.setup")
def page() -> ResponseReturnValue:
    """Every form with what came of it."""
    return render_template("crm/webforms/page.html", rows=queries.forms(), days=rules.KEPT.days)


@bp.get(f"{PAGE}/new")
@requires("crm.setup")
def new() -> ResponseReturnValue:
    """A new form."""
    return _design(DesignForm.of(_NEW), None)


@bp.post(f"{PAGE}/new")
@requires("crm.setup")
def add() -> ResponseReturnValue:
    """Keep a new form."""
    return _keep(None)


@bp.get(f"{PAGE}/<int:form_id>")
@requires("crm.setup")
def form(form_id: int) -> ResponseReturnValue:
    """One form, with what was sent to it."""
    row = queries.form(form_id)
    return _design(DesignForm.of(queries.data_of(row)), row)


@bp.post(f"{PAGE}/<int:form_id>")
@requires("crm.setup")
def change(form_id: int) -> ResponseReturnValue:
    """Keep it changed."""
    return _keep(queries.form(form_id))


@bp.post(f"{PAGE}/<int:form_id>/switch")
@requires("crm.setup")
def switch(form_id: int) -> ResponseReturnValue:
    """Open or close it."""
    on = request.form.get("on") == "1"
    work = service.switch(form_id, on=on, actor=g.actor)
    flash_undo(_("The form is open.") if on else _("The form is closed: nobody can send it any more."), work)
    return redirect(url_for(".form", form_id=form_id), 303)


@bp.post(f"{PAGE}/<int:form_id>/remove")
@requires("crm.setup")
def remove(form_id: int) -> ResponseReturnValue:
    """Take it away; its leads stay."""
    work = service.remove(form_id, actor=g.actor)
    flash_undo(_("The form is gone. Its leads stay."), work)
    return redirect(url_for(".page"), 303)


@bp.get(OPEN)
@public
def opened(token: str) -> ResponseReturnValue:
    """The form as a visitor sees it."""
    knock(service.READ, _visitor(), g.now)
    return _shown(_framed(queries.opened(token)), Filled({}))


@bp.post(OPEN)
@public
def send(token: str) -> ResponseReturnValue:
    """Take what a visitor sends. A program gets the same thanks as a person, and nothing else.

    Browsers keep cookies from pages in frames, so that nothing hangs on one: the stamp of the page does what a token of
    the session does elsewhere, and whoever sends a form does so as nobody.
    """
    row = _framed(queries.opened(token))
    knock(service.SENT, _visitor(), g.now)
    filled, since = Filled(request.form), age(token, request.form.get(STAMP, ""), g.now)
    if since is None or since > rules.STALE:
        filled.errors[""] = _("The page was open for very long. Look over what you typed and send it again.")
        return _shown(row, filled), 422
    hints = hints_of(str(get_locale()), zone=g.zone)
    sent = filled.read(queries.fields_of(row), consent_needed=row.consent_needed, hints=hints)
    if filled.errors:
        return _shown(row, filled), 422
    service.take(row, replace(sent, suspicion=_suspicion(since.total_seconds())), now=g.now)
    return redirect(row.next_page or url_for(".thanks", token=token), 303)


@bp.get(f"{OPEN}/thanks")
@public
def thanks(token: str) -> ResponseReturnValue:
    """What a visitor reads afterwards."""
    return render_template("crm/webforms/thanks.html", form=_framed(queries.opened(token)))


@bp.after_request
def _leave_no_traces(response: Response) -> Response:
    """Forms are found by who gets their address, not by who searches."""
    if request.path.startswith("/f/"):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _framed(row: WebForm) -> WebForm:
    """A form whose page says which websites may show it, and where it leads."""
    g.framed_by = row.framed_by
    g.leads_to = f" {rules.site_of(row.next_page)}" if row.next_page else ""
    return row


def _suspicion(seconds: float) -> str:
    if request.form.get(rules.TRAP):
        return "filled in a field that people do not see"
    if seconds < rules.QUICKEST.total_seconds():
        return f"sent after {seconds:.1f} seconds"
    return ""


def _visitor() -> str:
    return request.remote_addr or ""


def _shown(row: WebForm, filled: Filled) -> str:
    purpose = next((each for each in consent.purposes() if each.key == row.purpose), None)
    return render_template(
        "crm/webforms/form.html",
        form=row,
        fields=looks(queries.fields_of(row)),
        filled=filled,
        stamp=stamp(row.token, g.now),
        names={"stamp": STAMP, "trap": rules.TRAP, "agreed": AGREED},
        purpose=purpose,
    )


def _keep(row: WebForm | None) -> ResponseReturnValue:
    form = DesignForm(request.form.to_dict())
    fixable = {key: [value for value, _label in choices] for key, _said, choices in _fixed()}
    try:
        data = form.data(_fields(), fixable, [number for number, _name in people_of_crm()])
        if row is None:
            _number, work = service.add(data, actor=g.actor)
        else:
            work = service.change(row.id, data, actor=g.actor)
    except RuleBroken as problem:
        form.absorb(problem)
        return _design(form, row), 422
    flash_undo(_("The form is kept."), work)
    return redirect(url_for(".page"), 303)


def _design(form: DesignForm, row: WebForm | None) -> str:
    return render_template(
        "crm/webforms/design.html",
        form=form,
        row=row,
        address=url_for(".opened", token=row.token, _external=True) if row else "",
        frame=_frame(row) if row else "",
        entries=queries.entries(row.id) if row else [],
        leads=_names(row),
        fields=_fields(),
        fixable=_fixed(),
        people=people_of_crm(),
        purposes=[each for each in consent.purposes() if each.active],
    )


def _frame(row: WebForm) -> str:
    """What shows the form on a website."""
    address = url_for(".opened", token=row.token, _external=True)
    frame = Markup('<iframe src="{}" title="{}" width="100%" height="720"></iframe>')
    return str(frame.format(address, row.title or row.name))


def _names(row: WebForm | None) -> dict[int, str]:
    found = queries.entries(row.id) if row else []
    return records.names(access_of(g.actor), OBJECTS["lead"], [each.lead_id for each in found])


def _fields() -> list[Field]:
    return rules.askable(OBJECTS["lead"].fields)


def _fixed() -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    lead = OBJECTS["lead"]
    return [(key, lead.field(key).label, lead.field(key).choices) for key in _FIXABLE if lead.has(key)]
