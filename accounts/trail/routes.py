"""The pages of the audit trail, for administrators."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from accounts.trail import queries
from infra import lists
from infra.audit import queries as audit
from infra.http import requires

bp = Blueprint("audit", __name__)
ANCHOR_LENGTH = 64


@bp.get("/admin/audit")
@requires("audit.see")
def page() -> ResponseReturnValue:
    """The trail, newest first, filtered as the address says; ``scope=project:7`` is one project's history."""
    return lists.answer(queries.AUDIT, queries.entries(), "accounts/audit.html")


@bp.post("/admin/audit/verify")
@requires("audit.see")
def verify() -> ResponseReturnValue:
    """Walk the chain and say whether anything was altered."""
    anchor = request.form.get("anchor", "").strip().lower()[:ANCHOR_LENGTH]
    return render_template("accounts/audit_verified.html", found=audit.verify(anchor or None), anchor=anchor)
