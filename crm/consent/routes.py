"""Consent of a lead or contact, and the purposes that people are asked for."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.consent import charts, queries, rules, service
from crm.consent.forms import ConsentForm, PurposeForm
from crm.objects.rules.catalogue import object_of
from crm.records import queries as records
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from infra.undo.service import kept
from kernel.errors import Problem, RuleBroken

bp = Blueprint("crm_consent", __name__)
BASE = "/crm/<any(leads, contacts):plural>/<int:record_id>/consent"
SETUP = "/crm/setup/purposes"


@bp.get(BASE)
@requires("crm.use")
def page(plural: str, record_id: int) -> ResponseReturnValue:
    """What somebody agreed to, with every answer and its proof."""
    return _page(plural, record_id)


@bp.post(BASE)
@requires("crm.use")
def note(plural: str, record_id: int) -> ResponseReturnValue:
    """Keep an answer."""
    form, kind = _form(), object_of(plural).key
    here = url_for(".page", plural=plural, record_id=record_id)

    def act() -> Work:
        return service.note(kind, record_id, form.data_typed(g.now, g.zone), actor=g.actor, now=g.now)

    return kept(form, act, _("Noted."), here) or (_page(plural, record_id, form), 422)


@bp.post(f"{BASE}/objection")
@requires("crm.use")
def objection(plural: str, record_id: int) -> ResponseReturnValue:
    """They don't want to be written to, or want it again (``end``)."""
    kind = object_of(plural).key
    if request.form.get("end"):
        work = service.end_objection(kind, record_id, actor=g.actor)
        return _done(plural, record_id, _("They can be written to again."), work)
    try:
        work = service.object_to(kind, record_id, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        return _wrong(plural, record_id, problem)
    return _done(plural, record_id, _("Noted: their addresses are not written to any more."), work)


@bp.post(f"{BASE}/restriction")
@requires("crm.privacy")
def restriction(plural: str, record_id: int) -> ResponseReturnValue:
    """Their data may only be kept, or may be used again (``lift``)."""
    kind = object_of(plural).key
    if request.form.get("lift"):
        work = service.lift(kind, record_id, actor=g.actor, now=g.now)
        return _done(plural, record_id, _("The record can be used again."), work)
    try:
        work = service.restrict(kind, record_id, request.form.get("reason", ""), actor=g.actor, now=g.now)
    except RuleBroken as problem:
        return _wrong(plural, record_id, problem)
    return _done(plural, record_id, _("The record is kept and not used from now on."), work)


@bp.get(SETUP)
@requires("crm.privacy")
def purposes() -> ResponseReturnValue:
    """What personal data is used for, on which basis, and how many agreed."""
    return _purposes()


@bp.post(SETUP)
@requires("crm.privacy")
def add() -> ResponseReturnValue:
    """A purpose of one's own."""
    form = PurposeForm()

    def act() -> Work:
        said = form.description.data or ""
        return service.add_purpose(form.name.data or "", said, form.basis.data or "", actor=g.actor)

    return kept(form, act, _("The purpose is there."), url_for(".purposes")) or (_purposes(form), 422)


@bp.get(f"{SETUP}/<key>")
@requires("crm.privacy")
def purpose(key: str) -> ResponseReturnValue:
    """One purpose."""
    return _purpose(key)


@bp.post(f"{SETUP}/<key>")
@requires("crm.privacy")
def change(key: str) -> ResponseReturnValue:
    """Other words, another basis, or out of use."""
    form = PurposeForm()

    def act() -> Work:
        return service.change_purpose(form.purpose(key), actor=g.actor)

    return kept(form, act, _("Saved."), url_for(".purposes")) or (_purpose(key, form), 422)


def _form() -> ConsentForm:
    asked = (rules.Basis.CONSENT, rules.Basis.INTEREST)
    return ConsentForm.of([each for each in queries.purposes() if each.active and each.basis in asked])


def _page(plural: str, record_id: int, form: ConsentForm | None = None) -> str:
    subject, access = object_of(plural), access_of(g.actor)
    record = records.get(access, subject, record_id)
    shown = form or _form()
    if form is None:
        shown.day.data = g.today
    return render_template(
        "crm/consent/page.html",
        subject=subject,
        record=record,
        name=records.called(access, subject, [record])[record.id],
        rows=queries.of_record(subject.key, record_id),
        history=queries.history(subject.key, record_id),
        names={each.key: each.name for each in queries.purposes()},
        channels=rules.CHANNELS,
        held=queries.restriction(subject.key, record_id),
        objected=bool(queries.has_objected(queries.addresses(subject.key, record_id))),
        may_note=charts.may_note(subject.key, record, access),
        may_restrict=rules.PRIVACY in access.functions(),
        form=shown,
    )


def _purposes(form: PurposeForm | None = None) -> str:
    return render_template(
        "crm/consent/purposes.html",
        rows=queries.purposes(),
        counts=queries.counts(),
        bases=rules.BASES,
        form=form or PurposeForm(formdata=None),
    )


def _purpose(key: str, form: PurposeForm | None = None) -> str:
    found = queries.purpose(key)
    shown = form or PurposeForm(formdata=None, obj=found)
    yes, no = queries.counts().get(key, (0, 0))
    return render_template("crm/consent/purpose.html", purpose=found, yes=yes, no=no, form=shown)


def _done(plural: str, record_id: int, message: str, work: Work) -> ResponseReturnValue:
    flash_undo(message, work)
    return redirect(url_for(".page", plural=plural, record_id=record_id), 303)


def _wrong(plural: str, record_id: int, problem: Problem) -> ResponseReturnValue:
    flash(told(problem), "bad")
    return _page(plural, record_id), 422
