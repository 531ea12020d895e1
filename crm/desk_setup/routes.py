"""The pages where the help desk is set up: queues and canned answers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.teams import queries as teams
from crm.desk_setup import queries, rules, service
from crm.desk_setup.forms import CannedForm, QueueForm
from crm.queues import queries as waiting
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo, kept
from kernel.errors import RuleBroken

bp = Blueprint("desk_setup", __name__)
QUEUES, ANSWERS = "/crm/setup/queues", "/crm/setup/answers"


@bp.get(QUEUES)
@requires("crm.setup")
def queues() -> ResponseReturnValue:
    """The queues in their order."""
    return _queues(_queue_form(sent=False))


@bp.post(QUEUES)
@requires("crm.setup")
def add_queue() -> ResponseReturnValue:
    """A new queue."""
    form = _queue_form(sent=True)
    said = _("The queue is there.")
    answer = kept(form, lambda: service.add_queue(form.queue(), actor=g.actor), said, url_for(".queues"))
    return answer or (_queues(form), 422)


@bp.get(f"{QUEUES}/<int:queue_id>")
@requires("crm.setup")
def queue(queue_id: int) -> ResponseReturnValue:
    """One queue."""
    return _queue(queue_id, _queue_form(sent=False, obj=queries.queue(queue_id).queue))


@bp.post(f"{QUEUES}/<int:queue_id>")
@requires("crm.setup")
def change_queue(queue_id: int) -> ResponseReturnValue:
    """Another name, team, audience or address."""
    form = _queue_form(sent=True)
    answer = kept(
        form,
        lambda: service.change_queue(queue_id, form.queue(), actor=g.actor, now=g.now),
        _("Saved."),
        url_for(".queues"),
    )
    return answer or (_queue(queue_id, form), 422)


@bp.post(f"{QUEUES}/<int:queue_id>/move")
@requires("crm.setup")
def move_queue(queue_id: int) -> ResponseReturnValue:
    """A place earlier or later."""
    step = -1 if request.form.get("step") == "-1" else 1
    return _done(_("Moved."), service.move_queue(queue_id, step, actor=g.actor), "queues")


@bp.post(f"{QUEUES}/<int:queue_id>/retire")
@requires("crm.setup")
def retire_queue(queue_id: int) -> ResponseReturnValue:
    """Out of use."""
    try:
        work = service.retire_queue(queue_id, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _queue(queue_id, _queue_form(sent=False, obj=queries.queue(queue_id).queue)), 422
    return _done(_("The queue is out of use."), work, "queues")


@bp.post(f"{QUEUES}/<int:queue_id>/use")
@requires("crm.setup")
def bring_back_queue(queue_id: int) -> ResponseReturnValue:
    """In use again."""
    return _done(_("The queue is in use again."), service.bring_back_queue(queue_id, actor=g.actor), "queues")


@bp.get(ANSWERS)
@requires("crm.setup")
def answers() -> ResponseReturnValue:
    """The canned answers."""
    return _answers(_canned_form(sent=False))


@bp.post(ANSWERS)
@requires("crm.setup")
def add_answer() -> ResponseReturnValue:
    """A new canned answer."""
    form = _canned_form(sent=True)
    said = _("The answer is there.")
    answer = kept(form, lambda: service.add_answer(form.answer(), actor=g.actor), said, url_for(".answers"))
    return answer or (_answers(form), 422)


@bp.get(f"{ANSWERS}/<int:answer_id>")
@requires("crm.setup")
def canned(answer_id: int) -> ResponseReturnValue:
    """One canned answer."""
    return _canned(answer_id, _canned_form(sent=False, obj=queries.answer(answer_id)))


@bp.post(f"{ANSWERS}/<int:answer_id>")
@requires("crm.setup")
def change_answer(answer_id: int) -> ResponseReturnValue:
    """Other words."""
    form = _canned_form(sent=True)
    answer = kept(
        form,
        lambda: service.change_answer(answer_id, form.answer(), actor=g.actor),
        _("Saved."),
        url_for(".answers"),
    )
    return answer or (_canned(answer_id, form), 422)


@bp.post(f"{ANSWERS}/<int:answer_id>/use")
@requires("crm.setup")
def use_answer(answer_id: int) -> ResponseReturnValue:
    """Offered or not any more: on=1 or 0."""
    if request.form.get("on") == "1":
        return _done(_("It is offered again."), service.bring_back_answer(answer_id, actor=g.actor), "answers")
    return _done(_("It is offered no more."), service.retire_answer(answer_id, actor=g.actor), "answers")


def _queue_form(*, sent: bool, obj: Any = None) -> QueueForm:
    form = QueueForm() if sent else QueueForm(formdata=None, obj=obj)
    form.offer([(each.id, each.name) for each in teams.teams()])
    return form


def _canned_form(*, sent: bool, obj: Any = None) -> CannedForm:
    form = CannedForm() if sent else CannedForm(formdata=None, obj=obj)
    form.offer([(each.id, each.name) for each in waiting.queues()])
    return form


def _done(message: str, work: Work, page: str) -> ResponseReturnValue:
    flash_undo(message, work)
    return redirect(url_for(f".{page}"), 303)


def _queues(form: QueueForm) -> str:
    return render_template(
        "crm/desk_setup/queues.html", rows=queries.queues(), form=form, audiences=dict(rules.AUDIENCES)
    )


def _queue(queue_id: int, form: QueueForm) -> str:
    return render_template("crm/desk_setup/queue.html", row=queries.queue(queue_id), form=form)


def _answers(form: CannedForm) -> str:
    return render_template("crm/desk_setup/answers.html", rows=queries.answers(), form=form, places=rules.PLACES)


def _canned(answer_id: int, form: CannedForm) -> str:
    return render_template("crm/desk_setup/answer.html", row=queries.answer(answer_id), form=form, places=rules.PLACES)
