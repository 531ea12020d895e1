"""The names that can be called on a subject, for the list that opens while one types."""

from __future__ import annotations

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from accounts.notices import queries
from infra import subjects
from infra.http import SIGNED_IN, requires

bp = Blueprint("mentions", __name__)


@bp.get("/mentions/<kind>/<int:number>")
@requires(SIGNED_IN)
def names(kind: str, number: int) -> ResponseReturnValue:
    """Everybody who may see the subject but oneself, by name; for those who may comment on it themselves."""
    subject = subjects.find(f"{kind}:{number}", g.actor)
    subjects.demand(g.actor, subject.comment, subject)
    return jsonify([who.name for number, who in queries.audience(subject).items() if number != g.actor.id])
