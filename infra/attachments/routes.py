"""Adding and handing out files. Any signed-in person may knock: who may see or add depends on the subject, so the
service asks the subject's owner, and a file on a subject that one may not see is a 404.
"""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Blueprint, g, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import subjects
from infra.attachments import service
from infra.http import SIGNED_IN, requires
from infra.subjects import Subject
from infra.undo.service import flash_undo
from infra.wires import wires
from infra.words import sentence_of
from kernel.errors import Problem, RuleBroken, TooLarge

bp = Blueprint("files", __name__)
_MEGABYTE = 1024 * 1024


@bp.post("/files/<kind>/<int:number>")
@requires(SIGNED_IN)
def add(kind: str, number: int) -> ResponseReturnValue:
    """Attach a file to a subject and return to its page."""
    subject = subjects.find(f"{kind}:{number}", g.actor)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _form(subject, RuleBroken("files.none", "Choose a file first.", field="file"))
    try:
        _number, work = service.add_file(subject.key, upload.filename, cast("BinaryIO", upload.stream), actor=g.actor)
    except (RuleBroken, TooLarge) as problem:
        return _form(subject, problem)
    flash_undo(_("File added."), work)
    return redirect(f"{subject.address}#files", 303)


@bp.get("/files/<int:attachment_id>")
@requires(SIGNED_IN)
def download(attachment_id: int) -> ResponseReturnValue:
    """Hand out a file: always to be saved, never shown as a page of ours."""
    file = service.open_file(attachment_id, actor=g.actor)
    answer = send_file(file.path, mimetype=file.content_type, as_attachment=True, download_name=file.name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@bp.post("/files/<int:attachment_id>/delete")
@requires(SIGNED_IN)
def delete(attachment_id: int) -> ResponseReturnValue:
    """Delete a file that one added."""
    subject = service.subject_of(attachment_id, actor=g.actor)
    flash_undo(_("File deleted."), service.delete_file(attachment_id, actor=g.actor))
    return redirect(f"{subject.address}#files", 303)


def _form(subject: Subject, problem: Problem) -> ResponseReturnValue:
    error = sentence_of(problem)
    limit = wires().settings.max_upload // _MEGABYTE
    page = render_template("shared/file.html", subject=subject, action=request.path, error=error, limit=limit)
    return page, problem.status
