"""Pages to say something. Any signed-in person may knock: who may comment depends on the subject, so the service asks
the subject's owner, and a subject that one may not see is a 404.
"""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import subjects
from infra.comments import service
from infra.http import SIGNED_IN, requires
from infra.subjects import Subject
from infra.transaction import Work
from infra.undo.service import flash_undo
from infra.words import sentence_of
from kernel.errors import RuleBroken

bp = Blueprint("comments", __name__)


@bp.post("/comments/<kind>/<int:number>")
@requires(SIGNED_IN)
def add(kind: str, number: int) -> ResponseReturnValue:
    """Add a comment to a subject and return to its page."""
    subject = subjects.find(f"{kind}:{number}", g.actor)
    text = request.form.get("text", "")
    try:
        work = service.add_comment(subject.key, text, actor=g.actor)
    except RuleBroken as problem:
        return _form(subject, request.path, text, problem)
    flash_undo(_with_remarks(_("Comment added."), work), work)
    return redirect(f"{subject.address}#comments", 303)


@bp.get("/comments/<int:comment_id>")
@requires(SIGNED_IN)
def edit(comment_id: int) -> ResponseReturnValue:
    """The form to change one's own comment."""
    comment = service.find_own(comment_id, actor=g.actor)
    return _form(subjects.find(comment.subject, g.actor), url_for(".change", comment_id=comment_id), comment.text)


@bp.post("/comments/<int:comment_id>")
@requires(SIGNED_IN)
def change(comment_id: int) -> ResponseReturnValue:
    """Change one's own comment."""
    subject = _subject_of(comment_id)
    text = request.form.get("text", "")
    try:
        work = service.change_comment(comment_id, text, actor=g.actor)
    except RuleBroken as problem:
        return _form(subject, request.path, text, problem)
    flash_undo(_with_remarks(_("Comment changed."), work), work)
    return redirect(f"{subject.address}#comments", 303)


@bp.post("/comments/<int:comment_id>/delete")
@requires(SIGNED_IN)
def delete(comment_id: int) -> ResponseReturnValue:
    """Delete one's own comment."""
    subject = _subject_of(comment_id)
    flash_undo(_("Comment deleted."), service.delete_comment(comment_id, actor=g.actor))
    return redirect(f"{subject.address}#comments", 303)


def _with_remarks(message: str, work: Work) -> str:
    return " ".join([message, *(sentence_of(each) for each in work.remarks)])


def _subject_of(comment_id: int) -> Subject:
    return subjects.find(service.find_own(comment_id, actor=g.actor).subject, g.actor)


def _form(subject: Subject, action: str, text: str, problem: RuleBroken | None = None) -> ResponseReturnValue:
    error = sentence_of(problem) if problem else ""
    page = render_template("shared/comment.html", subject=subject, action=action, text=text, error=error)
    return page, 422 if problem else 200
