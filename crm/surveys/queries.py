"""Surveys as they are read: what is asked, what came back, and the satisfaction of customers for figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from crm.access import rules as access_rules
from crm.access.rules import SEE, Access
from crm.counts.queries import Scope
from crm.counts.rules.windows import Window, monday
from crm.objects.rules.catalogue import OBJECTS
from crm.respondents.rules import Audience
from crm.surveys.models import Survey, SurveyAnswer, SurveyInvitation, SurveyQuestion, SurveyResponse
from crm.surveys.rules import results
from crm.surveys.rules.questions import Kind, Question
from crm.surveys.rules.results import Scores, Summary
from crm.surveys.rules.surveys import CUSTOMERS, State, SurveyData, why_hidden
from infra.database import db
from infra.memo import remembered
from kernel.errors import NotFound
from kernel.permission import Visibility

SEGMENTS = ("owner_id", "team_id", "survey_id", "week")
"""What the satisfaction of customers can be told apart by."""
COMMENTS = 200
"""Comments on one page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A survey as it is listed; ``asked`` and ``answered`` are people."""

    id: int
    name: str
    topic: str
    state: State
    audience: Audience
    anonymous: bool
    minimum: int
    closes_on: date | None
    opened_at: datetime | None
    questions: int
    asked: int
    answered: int

    @property
    def rate(self) -> float | None:
        """How many of those asked answered, in percent; None where nobody was asked."""
        return 100 * self.answered / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Results:
    """What a survey brought; ``hidden`` says why nothing of it is shown, then ``summaries`` is empty."""

    n: int
    hidden: str
    summaries: tuple[Summary, ...] = ()


def survey(survey_id: int) -> Survey:
    """A survey. Raises NotFound."""
    found = db.session.get(Survey, survey_id)
    if found is None:
        raise NotFound
    return found


def data_of(row: Survey) -> SurveyData:
    """A survey as somebody said it."""
    return SurveyData(
        row.name,
        row.topic,
        row.intro,
        row.thanks,
        Audience(row.audience),
        tuple(row.teams),
        row.among,
        row.anonymous,
        row.minimum,
        row.by_mail,
        row.remind_after,
        row.closes_on,
    )


def questions(survey_id: int) -> list[Question]:
    """The questions of a survey in their order."""
    query = select(SurveyQuestion).where(SurveyQuestion.survey_id == survey_id)
    return [
        Question(
            each.id, Kind(each.kind), each.text, each.needed, tuple(each.choices), each.points, each.low, each.high
        )
        for each in db.session.scalars(query.order_by(SurveyQuestion.position, SurveyQuestion.id))
    ]


def every() -> list[Row]:
    """All surveys: open ones first, then drafts, then closed ones, the newest first; one statement."""
    asked = _count(SurveyInvitation)
    rows = db.session.execute(
        select(Survey, _count(SurveyQuestion), asked, _count(SurveyResponse)).order_by(Survey.id.desc())
    )
    order = {State.OPEN: 0, State.DRAFT: 1, State.CLOSED: 2}
    found = [_row(each, *counts) for each, *counts in rows]
    return sorted(found, key=lambda row: order[row.state])


def row(survey_id: int) -> Row:
    """A survey as it is listed. Raises NotFound."""
    columns = (_count(SurveyQuestion), _count(SurveyInvitation), _count(SurveyResponse))
    found = db.session.execute(select(Survey, *columns).where(Survey.id == survey_id)).one_or_none()
    if found is None:
        raise NotFound
    return _row(found[0], *found[1:])


def _count(table: type[Any]) -> Any:
    return (
        select(func.count()).select_from(table).where(table.survey_id == Survey.id).correlate(Survey).scalar_subquery()
    )


def _row(each: Survey, asks: int, asked: int, answered: int) -> Row:
    return Row(
        each.id,
        each.name,
        each.topic,
        State(each.state),
        Audience(each.audience),
        each.anonymous,
        each.minimum,
        each.closes_on,
        each.opened_at,
        asks,
        asked,
        answered,
    )


def outcome(listed: Row, asks: Sequence[Question]) -> Results:
    """What a survey brought, where that may be seen: three statements."""
    hidden = why_hidden(
        anonymous=listed.anonymous, state=listed.state, minimum=listed.minimum, n=listed.answered
    )  # fmt: skip
    if hidden:
        return Results(listed.answered, hidden)
    n, counts = _counted(listed.id)
    comments = _comments(listed.id)
    told = tuple(
        results.summary(each, n.get(each.id, 0), counts.get(each.id, {}), comments.get(each.id, ())) for each in asks
    )
    return Results(listed.answered, "", told)


def _counted(survey_id: int) -> tuple[dict[int, int], dict[int, dict[int, int]]]:
    """How many answered each question, and how often each answer was given."""
    mine = SurveyQuestion.survey_id == survey_id
    people = (
        select(SurveyAnswer.question_id, func.count(SurveyAnswer.response_id.distinct()))
        .join(SurveyQuestion, SurveyQuestion.id == SurveyAnswer.question_id)
        .where(mine)
        .group_by(SurveyAnswer.question_id)
    )
    given = (
        select(SurveyAnswer.question_id, SurveyAnswer.value, func.count())
        .join(SurveyQuestion, SurveyQuestion.id == SurveyAnswer.question_id)
        .where(mine, SurveyAnswer.value.is_not(None))
        .group_by(SurveyAnswer.question_id, SurveyAnswer.value)
    )
    counts: dict[int, dict[int, int]] = {}
    value: Any
    for question_id, value, count in db.session.execute(given):
        counts.setdefault(question_id, {})[value] = count
    return {row[0]: row[1] for row in db.session.execute(people)}, counts


def _comments(survey_id: int) -> dict[int, list[str]]:
    """What was said in own words, in an order that tells nothing: numbers are drawn by lot."""
    query = (
        select(SurveyAnswer.question_id, SurveyAnswer.text)
        .join(SurveyQuestion, SurveyQuestion.id == SurveyAnswer.question_id)
        .where(SurveyQuestion.survey_id == survey_id, SurveyAnswer.text != "")
        .order_by(SurveyAnswer.response_id)
    )
    found: dict[int, list[str]] = {}
    for question_id, text in db.session.execute(query):
        found.setdefault(question_id, []).append(text)
    return found


def answers(kind: str, window: Window, scope: Scope, by: str = "") -> dict[Any, Scores]:
    """How satisfied customers were: the numbers given to questions of a kind (``csat``, ``nps``) in a stretch.

    Told apart ``by`` one of SEGMENTS (a week by its Monday), else all under None: one statement. Only what customers
    answered counts, not what colleagues did, and of it what the reader may see: answers to tickets and contacts within
    their reach. Raises NotFound for another segment.
    """
    if by not in ("", *SEGMENTS):
        raise NotFound("Satisfaction is not told apart by that.")
    column: Any = SurveyResponse.day if by == "week" else getattr(SurveyResponse, by) if by else None
    columns = [SurveyAnswer.value, func.count(), *([column] if by else [])]
    groups = [SurveyAnswer.value, *([column] if by else [])]
    query = _of_customers(select(*columns), kind, window, scope).group_by(*groups)
    found: dict[Any, dict[int, int]] = {} if by else {None: {}}
    for value, count, *rest in db.session.execute(query):
        segment = monday(rest[0]) if by == "week" else rest[0] if by else None
        counts = found.setdefault(segment, {})
        counts[value] = counts.get(value, 0) + count
    return {segment: Scores(counts) for segment, counts in found.items()}


def behind(kind: str, window: Window, scope: Scope) -> Select[*tuple[Any, ...]]:
    """The answers behind such a figure, the newest first: response, number, and the question's words."""
    query = select(SurveyResponse, SurveyAnswer.value, SurveyQuestion.text, Survey.name)
    ordered = _of_customers(query, kind, window, scope)
    return ordered.order_by(SurveyResponse.day.desc(), SurveyResponse.id)


def _of_customers(query: Select[*tuple[Any, ...]], kind: str, window: Window, scope: Scope) -> Select[*tuple[Any, ...]]:
    """Answers to questions of a kind by customers, of surveys whose own results are shown."""
    return (
        query.select_from(SurveyAnswer)
        .join(SurveyQuestion, SurveyQuestion.id == SurveyAnswer.question_id)
        .join(Survey, Survey.id == SurveyQuestion.survey_id)
        .join(SurveyResponse, SurveyResponse.id == SurveyAnswer.response_id)
        .where(
            SurveyQuestion.kind == kind,
            SurveyAnswer.value.is_not(None),
            Survey.audience.in_(CUSTOMERS),
            SurveyResponse.day >= window.since,
            SurveyResponse.day <= window.until,
            _shown(),
            within_reach(scope.access),
            scope.chosen(SurveyResponse),
        )
    )


def _shown() -> ColumnElement[bool]:
    """Where ``why_hidden`` has nothing to say."""
    settled = or_(Survey.anonymous.is_(False), Survey.state == State.CLOSED.value)
    return and_(settled, _count(SurveyResponse) >= Survey.minimum)


def within_reach(access: Access) -> ColumnElement[bool]:
    """The responses of customers that a reader may see: by whose ticket or contact it was when they answered.

    What names nobody is there for who sees all contacts.
    """
    contact, ticket = (_widest(access, each) for each in ("contact", "ticket"))
    return or_(
        and_(SurveyResponse.ticket_id.is_not(None), _within(access, ticket)),
        and_(SurveyResponse.ticket_id.is_(None), SurveyResponse.contact_id.is_not(None), _within(access, contact)),
        and_(
            SurveyResponse.ticket_id.is_(None),
            SurveyResponse.contact_id.is_(None),
            true() if contact is Visibility.ALL else false(),
        ),
    )


def _widest(access: Access, kind: str) -> Visibility | None:
    return access_rules.widest(access, SEE, OBJECTS[kind])


def _within(access: Access, visibility: Visibility | None) -> ColumnElement[bool]:
    if visibility is None:
        return false()
    if visibility is Visibility.ALL:
        return true()
    mine = SurveyResponse.owner_id == access.person_id
    if visibility is Visibility.OWN or access.team_id is None:
        return mine
    below: Iterable[int] = access.below if visibility is Visibility.TEAM_AND_BELOW else ()
    return or_(mine, SurveyResponse.team_id.in_(sorted({access.team_id, *below})))


def sheet(survey_id: int, asks: Sequence[Question], *, anonymous: bool) -> tuple[list[str], list[list[object]]]:
    """The answers as heads and rows, a row for each who answered; anonymous ones in no order."""
    heads = [] if anonymous else ["Day", "Who"]
    who = _names(survey_id) if not anonymous else {}
    given: dict[int, dict[int, list[object]]] = {}
    query = (
        select(SurveyAnswer.response_id, SurveyAnswer.question_id, SurveyAnswer.value, SurveyAnswer.text)
        .join(SurveyResponse, SurveyResponse.id == SurveyAnswer.response_id)
        .where(SurveyResponse.survey_id == survey_id)
        .order_by(SurveyAnswer.response_id, SurveyAnswer.value)
    )
    by_id = {each.id: each for each in asks}
    for response_id, question_id, value, text in db.session.execute(query):
        asked = by_id[question_id]
        said: object = text if value is None else asked.choices[value] if asked.choices else value
        given.setdefault(response_id, {}).setdefault(question_id, []).append(said)
    rows: list[list[object]] = []
    for number in sorted(given):
        cells = [given[number].get(each.id, [""]) for each in asks]
        told = [cell[0] if len(cell) == 1 else "; ".join(str(part) for part in cell) for cell in cells]
        rows.append([*(who.get(number, (None, "")) if not anonymous else ()), *told])
    return [*heads, *(each.text for each in asks)], rows


def _names(survey_id: int) -> dict[int, tuple[date, str]]:
    """The day and the name of each named response, as they were asked."""
    person = and_(
        SurveyInvitation.survey_id == SurveyResponse.survey_id,
        SurveyInvitation.answered,
        or_(
            and_(SurveyResponse.ticket_id.is_not(None), SurveyInvitation.ticket_id == SurveyResponse.ticket_id),
            and_(SurveyResponse.ticket_id.is_(None), SurveyInvitation.person_id == SurveyResponse.person_id),
            and_(SurveyResponse.ticket_id.is_(None), SurveyInvitation.contact_id == SurveyResponse.contact_id),
        ),
    )
    query = (
        select(SurveyResponse.id, SurveyResponse.day, SurveyInvitation.name)
        .outerjoin(SurveyInvitation, person)
        .where(SurveyResponse.survey_id == survey_id)
    )
    return {number: (day, name or "") for number, day, name in db.session.execute(query)}


def newest_by_topic(topics: Iterable[str]) -> Mapping[str, list[Survey]]:
    """The surveys of some topics that were opened, the newest first: one statement."""
    wanted = sorted(set(topics) - {""})
    found: dict[str, list[Survey]] = {each: [] for each in wanted}
    query = select(Survey).where(Survey.topic.in_(wanted), Survey.opened_at.is_not(None))
    for each in db.session.scalars(query.order_by(Survey.opened_at.desc(), Survey.id.desc())):
        found[each.topic].append(each)
    return found


FIGURES = (Kind.CSAT, Kind.NPS, Kind.SCALE)
"""The kinds of questions that have a figure, in the order in which a survey is known by one."""


def scores(survey_id: int, scope: Scope | None = None) -> tuple[Kind | None, Scores]:
    """The figure that a survey is known by: of its questions of the first kind that has one, with all their answers.

    ``scope``: only what its people answered, and customers of theirs; what names nobody counts. One statement.
    """
    query = (
        select(SurveyQuestion.kind, SurveyAnswer.value, func.count(SurveyAnswer.id))
        .outerjoin(SurveyAnswer, and_(SurveyAnswer.question_id == SurveyQuestion.id, SurveyAnswer.value.is_not(None)))
        .outerjoin(SurveyResponse, SurveyResponse.id == SurveyAnswer.response_id)
        .where(SurveyQuestion.survey_id == survey_id, SurveyQuestion.kind.in_([each.value for each in FIGURES]))
        .group_by(SurveyQuestion.kind, SurveyAnswer.value)
    )
    if scope is not None:
        query = query.where(or_(SurveyResponse.id.is_(None), _among(scope)))
    counts: dict[Kind, dict[int, int]] = {}
    value: Any
    for kind, value, count in db.session.execute(query):
        mine = counts.setdefault(Kind(kind), {})
        if value is not None:
            mine[value] = count
    known = next((each for each in FIGURES if each in counts), None)
    return known, Scores(counts[known]) if known else Scores()


def _among(scope: Scope) -> ColumnElement[bool]:
    """The responses of a choice: of its people, of customers of theirs, and those that name nobody."""
    whose = (SurveyResponse.person_id, SurveyResponse.owner_id, SurveyResponse.team_id)
    named = SurveyResponse.person_id.in_(sorted(scope.people))
    return or_(and_(*(each.is_(None) for each in whose)), scope.chosen(SurveyResponse), named)


@remembered
def opened_topics() -> frozenset[str]:
    """The topics on which a survey was opened."""
    return frozenset(db.session.scalars(select(Survey.topic).where(Survey.topic != "", Survey.opened_at.is_not(None))))


def topics() -> list[str]:
    """The topics that surveys have."""
    return list(db.session.scalars(select(Survey.topic).where(Survey.topic != "").distinct().order_by(Survey.topic)))
