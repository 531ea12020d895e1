"""The pages of access reviews, for administrators."""

from __future__ import annotations

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.reviews import queries, rules, service
from infra import lists
from infra.forms import number, told
from infra.http import requires
from kernel.errors import Problem

bp = Blueprint("reviews", __name__)
_MOST = 1000


@bp.get("/admin/reviews")
@requires("review.see")
def page() -> ResponseReturnValue:
    """Every review, and whether the next one is due."""
    rows = queries.reviews()
    return render_template(
        "accounts/reviews/page.html",
        reviews=rows,
        under_way=next((row for row in rows if row.closed_at is None), None),
        due=rules.is_due(queries.last_closed(), g.now),
        last=queries.last_closed(),
        held=len(queries.held_now()),
    )


@bp.post("/admin/reviews")
@requires("review.edit")
def begin() -> ResponseReturnValue:
    """Take down who has what now."""
    review_id = service.begin(actor=g.actor, now=g.now)
    return redirect(url_for(".review", review_id=review_id), 303)


@bp.get("/admin/reviews/<int:review_id>")
@requires("review.see")
def review(review_id: int) -> ResponseReturnValue:
    """One review, line by line; also as a file."""
    return _review(review_id)


@bp.post("/admin/reviews/<int:review_id>/decide")
@requires("review.edit")
def decide(review_id: int) -> ResponseReturnValue:
    """Confirm or withdraw the chosen lines."""
    chosen = [found for each in request.form.getlist("ids")[:_MOST] if (found := _number(each)) is not None]
    decision, reason = request.form.get("decision", ""), request.form.get("reason", "")
    try:
        count, _work = service.decide(review_id, chosen, decision, reason, actor=g.actor, now=g.now)
    except Problem as problem:
        return make_response(_review(review_id, told(problem), reason, frozenset(chosen)), problem.status)
    said = (
        ngettext("One role is confirmed.", "%(num)s roles are confirmed.", count)
        if decision == rules.Decision.CONFIRMED
        else ngettext("One role is withdrawn.", "%(num)s roles are withdrawn.", count)
    )
    flash(said, "good")
    return redirect(url_for(".review", review_id=review_id), 303)


@bp.post("/admin/reviews/<int:review_id>/close")
@requires("review.edit")
def close(review_id: int) -> ResponseReturnValue:
    """Close a review."""
    note = request.form.get("note", "")
    try:
        service.close(review_id, note, actor=g.actor, now=g.now)
    except Problem as problem:
        return make_response(_review(review_id, told(problem), note=note), problem.status)
    flash(_("The review is closed and kept as it is."), "good")
    return redirect(url_for(".review", review_id=review_id), 303)


def _number(text: str) -> int | None:
    try:
        return number(text)
    except ValueError:
        return None


def _review(
    review_id: int, problem: str = "", reason: str = "", chosen: frozenset[int] = frozenset(), note: str = ""
) -> ResponseReturnValue:
    found = queries.review(review_id)
    lines = queries.lines(review_id)
    return lists.answer(
        queries.LINES,
        lines,
        "accounts/reviews/review.html",
        path=url_for(".review", review_id=review_id),
        review=found,
        problem=problem,
        reason=reason,
        chosen=chosen,
        note=note,
        unused=sum(line.unused for line in lines),
        decisions=queries.DECISION_LABELS,
    )
