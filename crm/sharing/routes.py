"""The page on which a record is shared."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.objects.rules.catalogue import ObjectType, object_of
from crm.records import queries as records
from crm.sharing import queries, service
from crm.sharing.forms import ShareForm
from infra.http import requires
from infra.undo.service import flash_undo
from kernel.errors import Refused, RuleBroken

bp = Blueprint("sharing", __name__)


@bp.get("/crm/<plural>/<int:record_id>/share")
@requires("crm.use")
def page(plural: str, record_id: int) -> ResponseReturnValue:
    """With whom a record is shared, and a form to share it."""
    subject, record = _record(plural, record_id)
    return _page(subject, record, _form(subject, record))


@bp.post("/crm/<plural>/<int:record_id>/share")
@requires("crm.use")
def share(plural: str, record_id: int) -> ResponseReturnValue:
    """Share it, or change how it is shared."""
    subject, record = _record(plural, record_id)
    form = _form(subject, record)
    if not form.validate_on_submit():
        return _page(subject, record, form, 422)
    try:
        data = form.data_typed(g.today, g.zone)
        work = service.share(subject.key, record_id, data, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(subject, record, form, 422)
    flash_undo(_("Shared. They are told."), work)
    return redirect(url_for(".page", plural=plural, record_id=record_id), 303)


@bp.post("/crm/<plural>/<int:record_id>/share/<int:share_id>/remove")
@requires("crm.use")
def remove(plural: str, record_id: int, share_id: int) -> ResponseReturnValue:
    """Take a share back."""
    subject, _record_shown = _record(plural, record_id)
    work = service.unshare(subject.key, record_id, share_id, actor=g.actor)
    flash_undo(_("No longer shared."), work)
    return redirect(url_for(".page", plural=plural, record_id=record_id), 303)


def _record(plural: str, record_id: int) -> tuple[ObjectType, records.AnyRecord]:
    """The record, for who may share it. Raises NotFound, Refused."""
    subject, access = object_of(plural), access_of(g.actor)
    record = records.get(access, subject, record_id)
    if not queries.may_share(access, subject, record):
        raise Refused("Only the owner, or who may edit it and share records, can share this.")
    return subject, record


def _form(subject: ObjectType, record: records.AnyRecord) -> ShareForm:
    return ShareForm.of(subject, record, may_edit=queries.may_give_edit(access_of(g.actor), subject, record))


def _page(subject: ObjectType, record: records.AnyRecord, form: ShareForm, status: int = 200) -> ResponseReturnValue:
    rows = queries.shares(subject.key, record.id, g.now)
    name = records.names(access_of(g.actor), subject, [record.id]).get(record.id, "")
    page = render_template("crm/sharing/page.html", subject=subject, record=record, name=name, rows=rows, form=form)
    return page, status
