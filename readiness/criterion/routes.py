"""The page of a criterion, and every press on it: stating, taking back, asking for a waiver, answering, ending it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.attachments import queries as files
from infra.comments import queries as comments
from infra.forms import Form, told
from infra.http import may, requires
from infra.subjects import find
from infra.transaction import Work
from kernel.errors import NotFound, Refused, RuleBroken
from readiness.criterion import charts, queries
from readiness.criterion.forms import AnswerForm, StatementForm, WaiverForm
from readiness.criterion.queries import Found
from readiness.evidence import service as evidence
from readiness.evidence.rules import MOST_DAYS, Look, Statement
from readiness.gates.charts import category_words, threshold_words
from readiness.gates.rules.definitions import YES_NO, Criterion
from readiness.waivers import rules as waiver_rules
from readiness.waivers import service as waivers
from readiness.waivers.queries import WaiverRow
from roadmap.projects import queries as projects

bp = Blueprint("criterion", __name__)
BASE = "/projects/<int:project_id>/readiness/criteria/<int:criterion_id>"
USUAL_DAYS = 14
"""What statements and waivers are offered for."""
_OPENS_WITH = {
    "/admin/backups": "backup.see",
    "/admin/system": "system.see",
    "/crm/setup/permission-tests": "crm.permission_tests",
    "/crm/kpis": "crm.figures",
    "/crm/quality": "crm.quality",
    "/crm/duplicates": "crm.quality",
}
"""What the pages outside of the project ask for, on which the records of evidence are listed."""


@bp.get(BASE)
@requires("readiness.see")
def page(project_id: int, criterion_id: int) -> ResponseReturnValue:
    """How a criterion stands and why."""
    return _page(_found(project_id, criterion_id))


@bp.post(f"{BASE}/state")
@requires("readiness.state")
def state(project_id: int, criterion_id: int) -> ResponseReturnValue:
    """Sign how it stands where nothing measures it."""
    found = _found(project_id, criterion_id)
    form = _kind_of_statement(found.criterion)()

    def sign() -> Work:
        return evidence.state(
            project_id,
            criterion_id,
            form.number,
            form.text.data or "",
            form.until.data,
            actor=g.actor,
            now=g.now,
            today=_look(project_id).today,
        )

    return _sent(found, form, sign, _("Signed."), statement_form=form)


@bp.post(f"{BASE}/statements/<int:statement_id>/withdraw")
@requires("readiness.state")
def withdraw(project_id: int, criterion_id: int, statement_id: int) -> ResponseReturnValue:
    """Take a statement back; it stays readable."""
    _check_here(statement_id, _found(project_id, criterion_id).statements)
    evidence.withdraw(project_id, statement_id, actor=g.actor, now=g.now)
    return _done(project_id, criterion_id, _("The statement is taken back."))


@bp.post(f"{BASE}/waivers")
@requires("readiness.waive")
def ask(project_id: int, criterion_id: int) -> ResponseReturnValue:
    """Ask for a waiver."""
    found, form = _found(project_id, criterion_id), WaiverForm()

    def send() -> Work:
        reason, until, today = form.reason.data or "", form.until.data, _look(project_id).today
        return waivers.ask(project_id, criterion_id, reason, until, actor=g.actor, now=g.now, today=today)[1]

    return _sent(found, form, send, _("The waiver is asked for."), waiver_form=form)


@bp.post(f"{BASE}/waivers/<int:waiver_id>/answer")
@requires("readiness.waive")
def answer(project_id: int, criterion_id: int, waiver_id: int) -> ResponseReturnValue:
    """Give a waiver (``act`` is give) or refuse it; ``words`` say why."""
    words, give = request.form.get("words", ""), request.form.get("act") == "give"
    decide = waivers.give if give else waivers.refuse
    _check_here(waiver_id, _found(project_id, criterion_id).waivers)
    try:
        decide(project_id, waiver_id, words, actor=g.actor, now=g.now)
    except (RuleBroken, Refused) as problem:
        flash(told(problem), "bad")
        return _page(_found(project_id, criterion_id), words=words), problem.status
    return _done(project_id, criterion_id, _("Given.") if give else _("Refused."))


@bp.post(f"{BASE}/waivers/<int:waiver_id>/end")
@requires("readiness.waive")
def end(project_id: int, criterion_id: int, waiver_id: int) -> ResponseReturnValue:
    """End a waiver before its day."""
    _check_here(waiver_id, _found(project_id, criterion_id).waivers)
    waivers.end(project_id, waiver_id, actor=g.actor)
    return _done(project_id, criterion_id, _("The waiver is ended; the criterion counts as it is measured."))


def _look(project_id: int) -> Look:
    return Look(project_id, g.now, projects.row_of(project_id).local(g.now).date())


def _found(project_id: int, criterion_id: int) -> Found:
    return queries.found(criterion_id, _look(project_id))


def _check_here(number: int, rows: Sequence[Statement | WaiverRow]) -> None:
    """Raise NotFound for a statement or a waiver of another criterion than that of the address."""
    if number not in {row.id for row in rows}:
        raise NotFound


def _sent(found: Found, form: Form, act: Callable[[], Work], message: str, **forms: Form) -> ResponseReturnValue:
    """What was typed is done, or shown again with what is wrong with it."""
    if form.validate_on_submit():
        try:
            act()
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _done(found.gate.project_id, found.criterion.id, message)
    return _page(found, **forms), 422


def _done(project_id: int, criterion_id: int, message: str) -> ResponseReturnValue:
    flash(message, "good")
    return redirect(url_for(".page", project_id=project_id, criterion_id=criterion_id), 303)


def _page(
    found: Found,
    statement_form: Form | None = None,
    waiver_form: Form | None = None,
    words: str = "",
) -> str:
    project_id, criterion, today = found.gate.project_id, found.criterion, _look(found.gate.project_id).today
    subject = find(f"criterion:{criterion.id}", g.actor)
    active = projects.row_of(project_id).state == "active"
    usual = {"until": today + timedelta(days=USUAL_DAYS)}
    return render_template(
        "readiness/criterion.html",
        project_id=project_id,
        found=found,
        criterion=criterion,
        line=found.line,
        charts=charts,
        needs=threshold_words(criterion),
        category=category_words()[criterion.category],
        spark=charts.spark(found.days, criterion),
        day_rows=charts.day_rows(found.days, criterion),
        records=_records(found),
        statement_form=statement_form or _kind_of_statement(criterion)(formdata=None, data=usual),
        waiver_form=waiver_form or WaiverForm(formdata=None, data=usual),
        words=words,
        here_today=today,
        last_statement=today + timedelta(days=MOST_DAYS),
        last_waiver=today + timedelta(days=waiver_rules.MOST_DAYS),
        may_state=active and found.open and may("readiness.state", project_id),
        may_waive=active and may("readiness.waive", project_id),
        refusal=_refusal(found),
        subject=subject,
        said=comments.of_subject(subject.key, g.actor),
        attached=files.of_subject(subject.key, g.actor),
    )


def _kind_of_statement(criterion: Criterion) -> type[StatementForm]:
    return AnswerForm if criterion.unit == YES_NO else StatementForm


def _refusal(found: Found) -> str:
    """Why the reader may not answer the waiver that waits; empty where they may."""
    if found.waiting is None:
        return ""
    try:
        waiver_rules.check_may_give(found.criterion, found.waiting.asked_by_id, g.actor.id)
    except (RuleBroken, Refused) as problem:
        return told(problem)
    return ""


def _records(found: Found) -> str:
    """Where the records are, as far as the reader may open it: their own access decides what is listed there."""
    href = found.line.evidence.href
    needed = next((permission for start, permission in _OPENS_WITH.items() if href.startswith(start)), "")
    return href if not needed or may(needed) else ""
