"""Where surveys are opened and closed, and where people answer them: here, or by a link that works once."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.answering import queries, rules, service
from crm.surveys import queries as surveys
from crm.surveys.models import Survey, SurveyInvitation
from crm.surveys.rules.questions import CSAT_WORDS, Incomplete
from infra.forms import told
from infra.http import public, requires
from kernel.errors import Conflict, NotFound, RuleBroken

bp = Blueprint("crm_answering", __name__)
ONE = "/crm/surveys/<int:survey_id>"
MINE = "/surveys"
DOOR = f"{rules.DOOR}<token>"
LONGEST_TOKEN = 100


@bp.post(f"{ONE}/open")
@requires("crm.surveys")
def open_(survey_id: int) -> ResponseReturnValue:
    """Open a survey and ask."""
    try:
        count = service.open_survey(survey_id, actor=g.actor, now=g.now, today=g.today)
    except (RuleBroken, Conflict) as problem:
        flash(told(problem), "bad")
    else:
        asked = ngettext("One person is asked.", "%(num)d people are asked.", count) if count else ""
        flash(f"{_('The survey is open.')} {asked}".strip(), "good")
    return redirect(url_for("crm_surveys.one", survey_id=survey_id), 303)


@bp.post(f"{ONE}/remind")
@requires("crm.surveys")
def remind(survey_id: int) -> ResponseReturnValue:
    """Remind who has not answered."""
    count = service.remind(survey_id, actor=g.actor, now=g.now)
    said = ngettext("One person is reminded.", "%(num)d people are reminded.", count)
    flash(said if count else _("Everybody who has not answered was reminded before."), "good")
    return redirect(url_for("crm_surveys.one", survey_id=survey_id), 303)


@bp.post(f"{ONE}/close")
@requires("crm.surveys")
def close(survey_id: int) -> ResponseReturnValue:
    """Close a survey."""
    service.close(survey_id, actor=g.actor, now=g.now)
    flash(_("The survey is closed."), "good")
    return redirect(url_for("crm_surveys.one", survey_id=survey_id), 303)


@bp.get(MINE)
@requires("survey.answer")
def mine() -> ResponseReturnValue:
    """The surveys that wait for one's own answer."""
    return render_template("crm/surveys/mine.html", waiting=queries.waiting_for(g.actor.id, g.today))


@bp.get(f"{MINE}/<int:survey_id>")
@requires("survey.answer")
def here(survey_id: int) -> ResponseReturnValue:
    """A survey to answer, for who is signed in."""
    invitation, survey = queries.of_person(survey_id, g.actor.id)
    return _asked(invitation, survey, url_for(".answer_here", survey_id=survey_id), "crm/surveys/answer.html")


@bp.post(f"{MINE}/<int:survey_id>")
@requires("survey.answer")
def answer_here(survey_id: int) -> ResponseReturnValue:
    """Answer it."""
    invitation, survey = queries.of_person(survey_id, g.actor.id)
    return _answered(invitation, survey, url_for(".answer_here", survey_id=survey_id), "crm/surveys/answer.html")


@bp.get(DOOR)
@public
def opened(token: str) -> ResponseReturnValue:
    """A survey to answer, by a link that works once."""
    invitation, survey = _by_token(token)
    return _asked(invitation, survey, url_for(".answer", token=token), "crm/surveys/answer_public.html")


@bp.post(DOOR)
@public
def answer(token: str) -> ResponseReturnValue:
    """Answer it."""
    invitation, survey = _by_token(token)
    return _answered(invitation, survey, url_for(".answer", token=token), "crm/surveys/answer_public.html")


@bp.after_request
def _leave_no_traces(response: Response) -> Response:
    """The address is the key: it goes into no search engine and no other site's log."""
    if request.path.startswith(rules.DOOR):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
    return response


def _by_token(token: str) -> tuple[SurveyInvitation, Survey]:
    if len(token) > LONGEST_TOKEN:
        raise NotFound
    return queries.by_token(token)


def _asked(invitation: SurveyInvitation, survey: Survey, action: str, template: str) -> str:
    if invitation.answered:
        return _said(survey, template, "twice")
    if not queries.is_open(survey, g.today):
        return _said(survey, template, "over")
    return _form(invitation, survey, action, template)


def _answered(invitation: SurveyInvitation, survey: Survey, action: str, template: str) -> ResponseReturnValue:
    sent = {key: request.form.getlist(key) for key in request.form}
    try:
        service.answer(invitation.id, sent, now=g.now, today=g.today)
    except Conflict as problem:
        return _said(survey, template, "twice" if problem.code == "surveys.twice" else "over"), 409
    except Incomplete as problem:
        wrong = {number: told(each) for number, each in problem.problems.items()}
        return _form(invitation, survey, action, template, wrong), 422
    except RuleBroken as problem:
        return _form(invitation, survey, action, template, {0: told(problem)}), 422
    return _said(survey, template, "thanks")


def _form(
    invitation: SurveyInvitation, survey: Survey, action: str, template: str, wrong: dict[int, str] | None = None
) -> str:
    """The questions; a number in the address answers the first one beforehand, so that a mail can offer it."""
    asks = surveys.questions(survey.id)
    sent = {each.id: request.form.getlist(f"q{each.id}") for each in asks}
    first = request.args.get("a", "")
    if asks and first and not any(sent.values()):
        sent[asks[0].id] = [first]
    return render_template(
        template,
        survey=survey,
        questions=asks,
        action=action,
        sent=sent,
        wrong=wrong or {},
        words=CSAT_WORDS,
        about=queries.about(invitation),
        said="",
    )


def _said(survey: Survey, template: str, said: str) -> str:
    return render_template(template, survey=survey, said=said)
