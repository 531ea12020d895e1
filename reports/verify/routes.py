"""The page that tells an original from an altered report; open to everybody, within limits."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.forms import told
from infra.http import may, public
from infra.knocks import service as doors
from infra.knocks.rules import READ, WRONG
from kernel.errors import RuleBroken
from reports.issued import queries
from reports.issued.queries import ReportRow
from reports.issued.rules.code import read_code, spelled
from reports.verify import service

bp = Blueprint("verify", __name__)


@bp.get("/verify")
@public
def page() -> ResponseReturnValue:
    """Where the code is typed and the file is chosen; with a code in the address it is filled in already."""
    return _page(request.args.get("code", "")[:40])


@bp.post("/verify")
@public
def check() -> ResponseReturnValue:
    """Say what the file is."""
    typed, visitor = request.form.get("code", "")[:80], request.remote_addr or ""
    doors.refuse(WRONG, visitor, g.now)
    doors.knock(READ, visitor, g.now)
    try:
        row = _report(typed)
        file = request.files.get("file")
        digest = service.fingerprint(file.stream) if file and file.filename else ""
    except RuleBroken as problem:
        return _page(typed, {problem.field or "code": told(problem)}), 422
    if row is None:
        doors.knock(WRONG, visitor, g.now)
        said = _("No report carries this code. Read it again: it stands at the foot of each page of the report.")
        return _page(typed, {"code": said}), 404
    found = service.compare(row, digest)
    if found.verdict is service.Verdict.KNOWN and not may("report.see", row.project_id):
        said = _("A report carries this code. Choose the PDF that you have to learn whether it is the original.")
        return _page(typed, {"file": said}), 422
    return _page(typed, found=found)


@bp.after_request
def _stay_out_of_search(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _report(typed: str) -> ReportRow | None:
    code = read_code(typed)
    if code is None:
        text = "A code has ten digits and letters from A to F, such as 7F3A-90C1-E2."
        raise RuleBroken("verify.code", text, field="code")
    return queries.by_code(code)


def _page(typed: str, errors: dict[str, str] | None = None, found: service.Found | None = None) -> str:
    known = found is not None and may("report.see", found.row.project_id)
    return render_template(
        "reports/verify.html", typed=typed, errors=errors or {}, found=found, known=known, spelled=spelled
    )
