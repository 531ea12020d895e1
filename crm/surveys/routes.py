"""The pages of surveys: all of them, one being written, and what one brought."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.respondents import queries as respondents
from crm.respondents.rules import AUDIENCES
from crm.surveys import charts, queries, service
from crm.surveys.forms import QuestionForm, SurveyForm, apart, filled, filled_question
from crm.surveys.rules import presets, questions, surveys
from crm.surveys.rules.surveys import State
from infra import sheets
from infra.forms import told
from infra.http import requires
from infra.transaction import note
from infra.undo import flash_undo, kept
from kernel.errors import Problem, RuleBroken

bp = Blueprint("crm_surveys", __name__)
BASE = "/crm/surveys"
ONE = f"{BASE}/<int:survey_id>"


@bp.get(BASE)
@requires("crm.surveys")
def page() -> ResponseReturnValue:
    """All surveys."""
    return render_template(
        "crm/surveys/list.html", listed=queries.every(), presets=presets.PRESETS, states=surveys.STATES,
        audiences=AUDIENCES,
    )  # fmt: skip


@bp.post(BASE)
@requires("crm.surveys")
def begin() -> ResponseReturnValue:
    """Begin a survey."""
    number, work = service.begin(request.form.get("preset", "blank"), actor=g.actor, now=g.now)
    flash_undo(_("The survey is there; nobody is asked before you open it."), work)
    return redirect(url_for(".one", survey_id=number), 303)


@bp.post(f"{ONE}/again")
@requires("crm.surveys")
def begin_again(survey_id: int) -> ResponseReturnValue:
    """Begin another round."""
    number, work = service.begin_again(survey_id, actor=g.actor, now=g.now)
    flash_undo(_("Another round is there as a draft, with the same questions."), work)
    return redirect(url_for(".one", survey_id=number), 303)


@bp.get(ONE)
@requires("crm.surveys")
def one(survey_id: int) -> ResponseReturnValue:
    """A survey: what it asks while it is a draft, what it brought afterwards."""
    return _one(survey_id)


@bp.post(ONE)
@requires("crm.surveys")
def change(survey_id: int) -> ResponseReturnValue:
    """Say something else about a survey."""
    form = SurveyForm().offer(access_of(g.actor))
    done = kept(
        form,
        lambda: service.change(survey_id, form.survey(), actor=g.actor, today=g.today),
        _("Kept."),
        url_for(".one", survey_id=survey_id),
    )
    return done or (_one(survey_id, form=form), 422)


@bp.post(f"{ONE}/remove")
@requires("crm.surveys")
def remove(survey_id: int) -> ResponseReturnValue:
    """Remove a draft."""
    flash_undo(_("The draft is gone."), service.remove(survey_id, actor=g.actor))
    return redirect(url_for(".page"), 303)


@bp.get(f"{ONE}/preview")
@requires("crm.surveys")
def preview(survey_id: int) -> ResponseReturnValue:
    """A survey as those see it who are asked."""
    return render_template(
        "crm/surveys/preview.html", survey=queries.survey(survey_id), questions=queries.questions(survey_id),
        words=questions.CSAT_WORDS,
    )  # fmt: skip


@bp.post(f"{ONE}/questions")
@requires("crm.surveys")
def add_question(survey_id: int) -> ResponseReturnValue:
    """Ask one more."""
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            _number, work = service.add_question(survey_id, form.question(), actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The question is asked last."), work)
            return redirect(url_for(".one", survey_id=survey_id), 303)
    return _one(survey_id, added=form), 422


@bp.post(f"{ONE}/questions/<int:question_id>")
@requires("crm.surveys")
def change_question(survey_id: int, question_id: int) -> ResponseReturnValue:
    """Ask something else."""
    form = QuestionForm()
    done = kept(
        form,
        lambda: service.change_question(survey_id, question_id, form.question(), actor=g.actor),
        _("The question is changed."),
        url_for(".one", survey_id=survey_id),
    )
    return done or (_one(survey_id, changed=(question_id, form)), 422)


@bp.post(f"{ONE}/questions/<int:question_id>/act")
@requires("crm.surveys")
def act(survey_id: int, question_id: int) -> ResponseReturnValue:
    """Ask a question earlier or later, or no more."""
    what = request.form.get("act", "")
    if what == "remove":
        flash_undo(_("The question is gone."), service.remove_question(survey_id, question_id, actor=g.actor))
    else:
        work = service.move_question(survey_id, question_id, up=what == "up", actor=g.actor)
        flash_undo(_("The order is changed."), work)
    return redirect(url_for(".one", survey_id=survey_id), 303)


@bp.get(f"{ONE}/export")
@requires("crm.surveys")
def export(survey_id: int) -> ResponseReturnValue:
    """The answers as a file, a line for each who answered; where results are hidden there is none."""
    listed, asks = queries.row(survey_id), queries.questions(survey_id)
    hidden = surveys.why_hidden(
        anonymous=listed.anonymous, state=listed.state, minimum=listed.minimum, n=listed.answered
    )
    if hidden:
        flash(_(hidden, minimum=listed.minimum), "bad")
        return redirect(url_for(".one", survey_id=survey_id), 303)
    heads, rows = queries.sheet(survey_id, asks, anonymous=listed.anonymous)
    note(g.actor, "survey.exported", subject=f"crm_survey:{survey_id}", label=listed.name, rows=len(rows))
    answer = Response(sheets.write_xlsx(listed.name, heads, rows), mimetype=sheets.XLSX_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="survey-{survey_id}.xlsx"'
    return answer


def _one(
    survey_id: int,
    form: SurveyForm | None = None,
    added: QuestionForm | None = None,
    changed: tuple[int, QuestionForm] | None = None,
) -> str:
    listed, asks, access = queries.row(survey_id), queries.questions(survey_id), access_of(g.actor)
    survey = queries.survey(survey_id)
    data = queries.data_of(survey)
    shared: dict[str, Any] = {
        "survey": survey,
        "row": listed,
        "data": data,
        "questions": asks,
        "form": form or filled(data, access),
        "labels": questions.LABELS,
        "states": surveys.STATES,
        "audiences": AUDIENCES,
        "topics": queries.topics(),
    }
    if listed.state is State.DRAFT:
        forms = {each.id: filled_question(each) for each in asks} | ({changed[0]: changed[1]} if changed else {})
        forms = {number: apart(each, f"q{number}") for number, each in forms.items()}
        new = apart(added or QuestionForm(formdata=None, needed=True), "new")
        return render_template(
            "crm/surveys/draft.html",
            forms=forms,
            new=new,
            wrong=changed[0] if changed else None,
            numbers=respondents.how_many(data.audience, data.teams, data.among, access),
            obstacle=_obstacle(data, asks),
            **shared,
        )
    return render_template("crm/surveys/results.html", results=queries.outcome(listed, asks), charts=charts, **shared)


def _obstacle(data: surveys.SurveyData, asks: list[questions.Question]) -> str:
    """Why a draft can't be opened yet; "" where it can."""
    try:
        surveys.check_opening(data.audience, asks, data.closes_on, g.today)
    except Problem as problem:
        return told(problem)
    return ""
