"""The page on which records become one, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.merging import charts, queries, rules, service
from crm.objects.rules.catalogue import ObjectType, object_of
from crm.records.queries import called
from infra.forms import told
from infra.http import requires
from infra.undo import flash_undo
from kernel.errors import NotFound, Problem
from kernel.rownumbers import row_number, row_number_or_none

bp = Blueprint("crm_merging", __name__)
BASE = "/crm/merge/<plural>"


@bp.get(BASE)
@requires("crm.merge")
def page(plural: str) -> ResponseReturnValue:
    """Records side by side; ``ids`` in the address names them, ``into`` the one that stays."""
    subject, ids = object_of(plural), _ids(request.args)
    if len(ids) == 1:
        (name,) = called(access_of(g.actor), subject, _rows(subject, ids)).values()
        return render_template("crm/merging/one.html", subject=subject, name=name)
    return _page(subject, ids, request.args.get("into", type=row_number))


@bp.post(BASE)
@requires("crm.merge")
def merge(plural: str) -> ResponseReturnValue:
    """Make them one."""
    subject, ids = object_of(plural), _ids(request.form)
    into = request.form.get("into", type=row_number)
    if into not in ids:
        raise NotFound
    named = {each.key: request.form.get(each.key, type=row_number) for each in rules.fields(subject)}
    picks = {key: number for key, number in named.items() if number}
    try:
        work = service.merge(subject.key, into, [each for each in ids if each != into], picks, actor=g.actor, now=g.now)
    except NotFound:
        raise
    except Problem as problem:
        flash(told(problem), "bad")
        return _page(subject, ids, into), 422
    flash_undo(_("They are one now."), work)
    return redirect(f"/crm/{subject.plural}/{into}", 303)


@bp.post("/crm/merges/<int:merge_id>/undo")
@requires("crm.merge")
def take_back(merge_id: int) -> ResponseReturnValue:
    """Make them several again."""
    try:
        service.take_back(merge_id, actor=g.actor)
    except NotFound:
        raise
    except Problem as problem:
        flash(told(problem), "bad")
    else:
        flash(_("They are as they were before."), "good")
    return redirect(url_for(".merges"), 303)


@bp.get("/crm/merges")
@requires("crm.merge")
def merges() -> ResponseReturnValue:
    """What was merged lately, and whether sure pairs are merged without asking."""
    access = access_of(g.actor)
    return render_template(
        "crm/merging/merges.html",
        merges=charts.told(queries.recent(access, 30)),
        automatic=queries.automatic(),
        may_switch="setup" in access.functions(),
    )


@bp.post("/crm/merges/automatic")
@requires("crm.setup")
def switch() -> ResponseReturnValue:
    """Merge sure pairs without asking from now on, or no more."""
    on = request.form.get("on") == "1"
    work = service.switch(on=on, actor=g.actor, now=g.now)
    flash_undo(
        _("Sure duplicates are merged without asking from now on.") if on else _("Nothing is merged by itself."), work
    )
    return redirect(url_for(".merges"), 303)


def _ids(sent: Mapping[str, str]) -> list[int]:
    """The numbers of the records, each once; words and too many of them are passed over."""
    getlist: Any = getattr(sent, "getlist")  # noqa: B009  # a mapping of many values
    texts = [part for text in getlist("ids") for part in text.split(",")]
    found = [number for each in texts if (number := row_number_or_none(each)) is not None]
    return list(dict.fromkeys(found))[: rules.MOST]


def _rows(subject: ObjectType, ids: list[int]) -> list[Any]:
    if not ids:
        raise NotFound
    return queries.records(access_of(g.actor), subject, ids)


def _page(subject: ObjectType, ids: list[int], into: int | None) -> str:
    access, rows = access_of(g.actor), _rows(subject, ids)
    candidates = queries.candidates(access, subject, rows)
    survivor = into if into in ids else rules.suggested_survivor(subject, candidates)
    return render_template(
        "crm/merging/page.html",
        subject=subject,
        rows=rows,
        names=called(access, subject, rows),
        ids=ids,
        survivor=survivor,
        lines=charts.lines(access, subject, rows, candidates, survivor),
        hanging=[charts.hanging(access, subject.key, each) for each in ids],
        may=queries.may_merge(access, subject, rows),
    )
