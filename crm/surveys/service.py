"""Writing surveys: what is asked and whom, as long as nobody was asked yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from crm.surveys import queries
from crm.surveys.models import Survey, SurveyQuestion
from crm.surveys.rules import questions as asking
from crm.surveys.rules import surveys as rules
from crm.surveys.rules.presets import PRESETS
from crm.surveys.rules.questions import MOST_QUESTIONS, QuestionData
from crm.surveys.rules.surveys import State, SurveyData
from infra.audit.models import AuditEntry
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Conflict, NotFound, RuleBroken

UNDOABLE = {
    "survey.made": "crm.surveys",
    "survey.changed": "crm.surveys",
    "survey.removed": "crm.surveys",
    "question.added": "crm.surveys",
    "question.changed": "crm.surveys",
    "question.moved": "crm.surveys",
    "question.removed": "crm.surveys",
}
"""What can be taken back, and the permission that this needs."""


def begin(preset: str, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Begin a survey with the questions of a preset; its number. Raises NotFound for an unknown one."""
    found = PRESETS.get(preset)
    if found is None:
        raise NotFound
    return _make(found.survey, found.questions, actor=actor, now=now)


def begin_again(survey_id: int, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Begin another round of a survey: the same questions for the same people, its last day still open."""
    was = queries.survey(survey_id)
    asked = [
        QuestionData(each.kind, each.text, each.needed, each.choices, each.points, each.low, each.high)
        for each in queries.questions(survey_id)
    ]
    return _make(replace(queries.data_of(was), closes_on=None), asked, actor=actor, now=now)


def _make(
    data: SurveyData, asked: list[QuestionData] | tuple[QuestionData, ...], *, actor: Actor, now: datetime
) -> tuple[int, Work]:
    with transaction(actor, "survey.made") as work:
        row = Survey(owner_id=actor.id, created_at=now, state=State.DRAFT.value)
        _fill(row, data)
        work.session.add(row)
        work.session.flush()
        for position, each in enumerate(asked, start=1):
            question = SurveyQuestion(survey_id=row.id, position=position)
            _put(question, each)
            work.session.add(question)
        work.session.flush()
    return row.id, work


def change(survey_id: int, data: SurveyData, *, actor: Actor, today: date) -> Work:
    """Say something else about a survey. Once it is open, only its words, its last day and its reminder can change.

    Raises NotFound, RuleBroken, Conflict for one that is closed.
    """
    wanted = rules.check_survey(data, today)
    with transaction(actor, "survey.changed") as work:
        row = _held(work, survey_id)
        if row.state == State.CLOSED.value:
            raise Conflict("surveys.closed", "This survey is closed: it stays as it was answered.")
        if row.state == State.OPEN.value:
            wanted = _while_open(queries.data_of(row), wanted)
        _fill(row, wanted)
    return work


def _while_open(was: SurveyData, wanted: SurveyData) -> SurveyData:
    """What may still change: whoever was promised something keeps it."""
    if wanted.closes_on is None and was.closes_on is not None:
        raise RuleBroken("surveys.no_end", "Choose the last day on which it can be answered.", field="closes_on")
    return replace(was, **{each: getattr(wanted, each) for each in rules.WHILE_OPEN})


def remove(survey_id: int, *, actor: Actor) -> Work:
    """Remove a draft with its questions. Raises NotFound, Conflict for one that was opened."""
    with transaction(actor, "survey.removed") as work:
        row = _draft(work, survey_id)
        work.bulk_delete(SurveyQuestion, [SurveyQuestion.survey_id == survey_id])
        work.session.delete(row)
    return work


def add_question(survey_id: int, data: QuestionData, *, actor: Actor) -> tuple[int, Work]:
    """Ask one more, at the end; its number. Raises NotFound, RuleBroken, Conflict once it was opened."""
    wanted = asking.check_question(data)
    with transaction(actor, "question.added") as work:
        _draft(work, survey_id)
        mine = SurveyQuestion.survey_id == survey_id
        count, last = work.session.execute(select(func.count(), func.max(SurveyQuestion.position)).where(mine)).one()
        if count >= MOST_QUESTIONS:
            raise RuleBroken("surveys.many", "At most %(most)d questions fit.", field="text", most=MOST_QUESTIONS)
        row = SurveyQuestion(survey_id=survey_id, position=(last or 0) + 1)
        _put(row, wanted)
        work.session.add(row)
        work.session.flush()
    return row.id, work


def change_question(survey_id: int, question_id: int, data: QuestionData, *, actor: Actor) -> Work:
    """Ask something else. Raises NotFound, RuleBroken, Conflict once the survey was opened."""
    wanted = asking.check_question(data)
    with transaction(actor, "question.changed") as work:
        _draft(work, survey_id)
        _put(_question(survey_id, question_id), wanted)
    return work


def remove_question(survey_id: int, question_id: int, *, actor: Actor) -> Work:
    """Ask one less. Raises NotFound, Conflict once the survey was opened."""
    with transaction(actor, "question.removed") as work:
        _draft(work, survey_id)
        work.session.delete(_question(survey_id, question_id))
    return work


def move_question(survey_id: int, question_id: int, *, up: bool, actor: Actor) -> Work:
    """Ask a question earlier or later by one place. Raises NotFound, Conflict once the survey was opened."""
    with transaction(actor, "question.moved") as work:
        _draft(work, survey_id)
        rows = list(
            work.session.scalars(
                select(SurveyQuestion)
                .where(SurveyQuestion.survey_id == survey_id)
                .order_by(SurveyQuestion.position, SurveyQuestion.id)
            )
        )
        at = next((place for place, row in enumerate(rows) if row.id == question_id), None)
        if at is None:
            raise NotFound
        other = at - 1 if up else at + 1
        if 0 <= other < len(rows):
            rows[at], rows[other] = rows[other], rows[at]
        for position, row in enumerate(rows, start=1):
            row.position = position
    return work


def guard_undo(entries: Iterable[AuditEntry], _actor: Actor) -> None:
    """Refuse to take back what whoever was asked relies on: the questions, that it is anonymous, the least answers.

    Raises Conflict.
    """
    for entry in entries:
        table, _, number = entry.subject.partition(":")
        if table == SurveyQuestion.__tablename__:
            asked = db.session.get(SurveyQuestion, int(number))
            survey_id = asked.survey_id if asked else next(iter(entry.changes.get("survey_id", ())), None)
            changes: Mapping[str, Sequence[Any]] = {"questions": ()}
        elif table == Survey.__tablename__:
            survey_id, changes = int(number), entry.changes
        else:
            continue
        survey = db.session.get(Survey, survey_id) if survey_id else None
        if survey is not None and not rules.may_go_back(State(survey.state), changes):
            raise Conflict(
                "surveys.promised", "People were asked since: what they were asked and promised stays as it was."
            )


def _held(work: Work, survey_id: int) -> Survey:
    found = work.session.scalar(select(Survey).where(Survey.id == survey_id).with_for_update())
    if found is None:
        raise NotFound
    return found


def _draft(work: Work, survey_id: int) -> Survey:
    row = _held(work, survey_id)
    if row.state != State.DRAFT.value:
        raise Conflict("surveys.opened", "People were asked already: what is asked can't change any more.")
    return row


def _question(survey_id: int, question_id: int) -> SurveyQuestion:
    row = db.session.get(SurveyQuestion, question_id)
    if row is None or row.survey_id != survey_id:
        raise NotFound
    return row


def _fill(row: Survey, data: SurveyData) -> None:
    row.name, row.topic, row.intro, row.thanks = data.name, data.topic, data.intro, data.thanks
    row.audience, row.teams, row.among = data.audience.value, list(data.teams), dict(data.among)
    row.anonymous, row.minimum = data.anonymous, data.minimum
    row.by_mail, row.remind_after, row.closes_on = data.by_mail, data.remind_after, data.closes_on


def _put(row: SurveyQuestion, data: QuestionData) -> None:
    row.kind, row.text, row.needed, row.choices = data.kind.value, data.text, data.needed, list(data.choices)
    row.points, row.low, row.high = data.points, data.low, data.high
