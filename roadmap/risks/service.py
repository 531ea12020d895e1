"""Raising, rating, answering, reviewing and closing risks; following the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from accounts.notices.service import tell
from infra import subjects
from infra.merge import merge
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import service as projects
from roadmap.projects.models import Phase, Project
from roadmap.projects.rules import Clash, wall_time
from roadmap.risks import rules
from roadmap.risks.models import Risk, RiskAppetite, RiskLink, RiskResponse, RiskReview, RiskScore
from roadmap.risks.rules import Rating, ResponseData, RiskData, State
from roadmap.staffing import queries as staffing
from roadmap.tasks import service as plans
from roadmap.tasks.events import PlanRescheduled

UNDOABLE = {
    "risk.added": "risk.add",
    "risk.changed": "risk.edit",
    "risk.scored": "risk.edit",
    "risk.moved": "risk.edit",
    "risk.reviewed": "risk.edit",
    "risk.linked": "risk.edit",
    "risk.unlinked": "risk.edit",
    "risks.assigned": "risk.edit",
    "risks.review_set": "risk.edit",
    "response.added": "risk.edit",
    "response.changed": "risk.edit",
    "response.done": "risk.edit",
    "response.reopened": "risk.edit",
    "response.removed": "risk.edit",
    "appetite.set": "risk.rule",
}
"""What can be taken back, and the permission that this needs."""
EDITABLE = tuple(name for name in RiskData.__slots__ if name not in ("probability", "impact"))
"""What `change` takes; the rating now is given by `score`, with its reason."""
LINKED = ("task", "item")
"""Kinds of what a risk can hit."""


def add_risk(project_id: int, data: RiskData, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Write a risk down, rated or not; its number in the table, and the work. Raises RuleBroken.

    The first rating is both the inherent one and that of now.
    """
    with transaction(actor, "risk.added") as work:
        project = projects.opened(work, project_id)
        number, day = next_number(work, project_id), _day(project, now)
        row = Risk(project_id=project_id, number=number, author_id=actor.id, created_at=now, state_since=day)
        _fill(work, project, row, {name: getattr(data, name) for name in EDITABLE})
        work.session.add(row)
        work.session.flush()
        rated = rules.rating(data.probability, data.impact)
        if rated:
            _rate(work, row, rated, "", day, now)
        _tell_owner(work, [row])
        return row.id, work


def change(
    project_id: int, risk_id: int, values: Mapping[str, Any], *, actor: Actor, base: Mapping[str, Any] | None = None
) -> Work:
    """Change any of ``EDITABLE`` and the inherent rating. Raises NotFound, RuleBroken, Clash.

    ``base`` is what the form showed; where both changed the same field, nobody is overwritten.
    """
    with transaction(actor, "risk.changed") as work:
        project = projects.opened(work, project_id)
        row = _get(work, project_id, risk_id)
        wanted = {name: values[name] for name in (*EDITABLE, *_INHERENT) if name in values}
        if base is not None:
            merged = merge(base, wanted, {name: getattr(row, name) for name in wanted})
            if merged.conflicts:
                raise Clash(merged.conflicts)
            wanted = dict(merged.values)
        owner_id = row.owner_id
        _fill(work, project, row, wanted)
        if row.owner_id != owner_id:
            _tell_owner(work, [row])
        return work


def score(project_id: int, risk_id: int, rated: Rating, why: str = "", *, actor: Actor, now: datetime) -> Work:
    """Rate a risk anew, with the reason; what was only identified is assessed by it. Raises NotFound, RuleBroken."""
    with transaction(actor, "risk.scored") as work:
        project = projects.opened(work, project_id)
        row = _get(work, project_id, risk_id)
        if not rules.is_open(row.state):
            raise RuleBroken("risk.not_open", "Open the risk again before rating it.", field="probability")
        rules.rating(rated.probability, rated.impact)
        _rate(work, row, rated, rules.check_text(why, "why"), _day(project, now), now)
        return work


def move(project_id: int, risk_id: int, wanted: str, reason: str = "", *, actor: Actor, now: datetime) -> Work:
    """Bring a risk into another state, with what has to be said. Raises NotFound, RuleBroken."""
    with transaction(actor, "risk.moved") as work:
        project = projects.opened(work, project_id)
        row = _get(work, project_id, risk_id)
        state, said = rules.state_named(wanted), rules.check_text(reason, "reason")
        rated = rules.rating(row.probability, row.impact)
        rules.check_move(row.state, state, score=rated, reason=said, responses=_responses(work, row))
        was_open, day = rules.is_open(row.state), _day(project, now)
        _set_state(row, state, day)
        row.outcome = said or row.outcome
        if rated and was_open != rules.is_open(state):
            _keep_score(work, row, Rating(0, 0) if was_open else rated, said, day, now)
        return work


def add_response(project_id: int, risk_id: int, data: ResponseData, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Say what is done about a risk; what was only assessed has its response planned by it. Raises RuleBroken."""
    with transaction(actor, "response.added") as work:
        project = projects.opened(work, project_id)
        row = _get(work, project_id, risk_id)
        response = RiskResponse(project_id=project_id, risk_id=risk_id, kind="", text="", due_fixed=False)
        _fill_response(project, response, asdict(data))
        work.session.add(response)
        work.session.flush()
        if row.state == State.ASSESSED:
            _set_state(row, State.PLANNED, _day(project, now))
        _tell(work, "assigned", [response.owner_id], row)
        return response.id, work


def change_response(project_id: int, response_id: int, values: Mapping[str, Any], *, actor: Actor) -> Work:
    """Change any of kind, text, owner_id and due; an empty day follows the plan again. Raises NotFound, RuleBroken."""
    with transaction(actor, "response.changed") as work:
        project = projects.opened(work, project_id)
        response = _response(work, project_id, response_id)
        owner_id = response.owner_id
        _fill_response(project, response, values)
        _follow(project_id, work)
        if response.owner_id != owner_id:
            _tell(work, "assigned", [response.owner_id], _get(work, project_id, response.risk_id))
        return work


def complete_response(project_id: int, response_id: int, result: str = "", *, actor: Actor, now: datetime) -> Work:
    """Say that a response is done, with its result; the risk should be rated again then. Done twice changes nothing."""
    with transaction(actor, "response.done") as work:
        project = projects.opened(work, project_id)
        response = _response(work, project_id, response_id)
        row = _get(work, project_id, response.risk_id)
        if response.done_at is None:
            response.result = rules.check_text(result, "result")
            response.done_at, response.done_by_id = now, actor.id
            if row.state == State.PLANNED:
                _set_state(row, State.IN_PROGRESS, _day(project, now))
            _tell(work, "action_done", [row.owner_id], row)
        return work


def reopen_response(project_id: int, response_id: int, *, actor: Actor) -> Work:
    """Say that a response is not done after all; its result stays to be read."""
    with transaction(actor, "response.reopened") as work:
        projects.check_open(project_id)
        response = _response(work, project_id, response_id)
        response.done_at, response.done_by_id = None, None
        _follow(project_id, work)
        return work


def remove_response(project_id: int, response_id: int, *, actor: Actor) -> Work:
    """Take a response away."""
    with transaction(actor, "response.removed") as work:
        projects.check_open(project_id)
        work.session.delete(_response(work, project_id, response_id))
        return work


def review(project_id: int, risk_id: int, text: str, next_on: date | None, *, actor: Actor, now: datetime) -> Work:
    """Note that a risk was looked at, and when the next look is due. Raises NotFound, RuleBroken."""
    with transaction(actor, "risk.reviewed") as work:
        project = projects.opened(work, project_id)
        row, day = _get(work, project_id, risk_id), _day(project, now)
        if next_on is not None and next_on <= day:
            raise RuleBroken("risk.review_past", "The next review lies after today, %(day)s.", field="next_on", day=day)
        rules.check_due(next_on, project.start, "next_on")
        kept = RiskReview(project_id=project_id, risk_id=risk_id, day=day, person_id=actor.id, next_on=next_on)
        kept.text = rules.check_text(text, "text")
        work.session.add(kept)
        row.review_on = next_on
        return work


def link(project_id: int, risk_id: int, key: str, *, actor: Actor) -> Work:
    """Say that a risk hits a task or a checklist item of the same project; twice is once. Raises RuleBroken."""
    with transaction(actor, "risk.linked") as work:
        projects.check_open(project_id)
        _get(work, project_id, risk_id)
        subject = _subject(key, actor)
        if subject is None or subject.scope != project_scope(project_id) or key.partition(":")[0] not in LINKED:
            raise RuleBroken("risk.link", "Choose a task or a checklist item of this roll-out.", field="subject")
        known = select(RiskLink.id).where(RiskLink.risk_id == risk_id, RiskLink.subject == subject.key)
        if work.session.scalar(known) is None:
            work.session.add(RiskLink(project_id=project_id, risk_id=risk_id, subject=subject.key))
        return work


def unlink(project_id: int, risk_id: int, link_id: int, *, actor: Actor) -> Work:
    """Take a link away. Raises NotFound."""
    with transaction(actor, "risk.unlinked") as work:
        projects.check_open(project_id)
        kept = work.session.get(RiskLink, link_id)
        if kept is None or kept.project_id != project_id or kept.risk_id != risk_id:
            raise NotFound
        work.session.delete(kept)
        return work


def assign(project_id: int, risk_ids: Iterable[int], owner_id: int | None, *, actor: Actor) -> Work:
    """Give several risks to somebody of the team, or to nobody. Raises NotFound, RuleBroken."""
    with transaction(actor, "risks.assigned") as work:
        project = projects.opened(work, project_id)
        rows = [_get(work, project_id, risk_id) for risk_id in dict.fromkeys(risk_ids)]
        given = [row for row in rows if row.owner_id != owner_id]
        for row in given:
            _fill(work, project, row, {"owner_id": owner_id})
        _tell_owner(work, given)
        return work


def set_review(project_id: int, risk_ids: Iterable[int], day: date | None, *, actor: Actor) -> Work:
    """Set the day on which several risks are looked at next. Raises NotFound, RuleBroken."""
    with transaction(actor, "risks.review_set") as work:
        project = projects.opened(work, project_id)
        for risk_id in dict.fromkeys(risk_ids):
            _fill(work, project, _get(work, project_id, risk_id), {"review_on": day})
        return work


def set_appetite(project_id: int, points: int | None, *, actor: Actor) -> Work:
    """Say how much exposure the project bears. Raises RuleBroken."""
    with transaction(actor, "appetite.set") as work:
        projects.check_open(project_id)
        kept = work.session.scalar(select(RiskAppetite).where(RiskAppetite.project_id == project_id))
        limit = rules.check_appetite(points)
        if kept is None:
            work.session.add(RiskAppetite(project_id=project_id, points=limit))
        else:
            kept.points = limit
        return work


def follow_plan(event: PlanRescheduled, work: Work) -> None:
    """Move the responses that follow the plan to their new days, in the transaction that re-scheduled it."""
    _follow(event.project_id, work)


def next_number(work: Work, project_id: int) -> int:
    """The next number of a project. On PostgreSQL the project's row is held, so that two who ask get two numbers."""
    work.session.execute(select(Project.id).where(Project.id == project_id).with_for_update())
    return (work.session.scalar(select(func.max(Risk.number)).where(Risk.project_id == project_id)) or 0) + 1


_INHERENT = ("inherent_probability", "inherent_impact")
_TEXTS = ("description", "cause", "effect", "trigger")


def _fill(work: Work, project: Project, row: Risk, values: Mapping[str, Any]) -> None:
    wanted = dict(values)
    if "title" in wanted:
        wanted["title"] = rules.check_title(wanted["title"] or "")
    for name in _TEXTS:
        if name in wanted:
            wanted[name] = rules.check_text(wanted[name] or "", name)
    if "category" in wanted:
        wanted["category"] = rules.check_text(wanted["category"] or "", "category", rules.CATEGORY_LIMIT)
    if wanted.get("owner_id") is not None and wanted["owner_id"] != row.owner_id:
        rules.check_owner(wanted["owner_id"], (each.id for each in staffing.people_of(project.id)))
    _check_phase(work, project.id, wanted.get("phase_id"))
    if wanted.get("review_on") != row.review_on:
        rules.check_due(wanted.get("review_on"), project.start, "review_on")
    for name, value in wanted.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    _check_figures(row)


def _check_figures(row: Risk) -> None:
    rules.rating(row.inherent_probability, row.inherent_impact, "inherent_probability")
    rules.rating(row.target_probability, row.target_impact, "target_probability")
    rules.check_chance(row.chance)
    rules.check_range(row.days_low, row.days_high, rules.MOST_DAYS, "days_high")
    rules.check_range(row.cost_low, row.cost_high, rules.MOST_COST, "cost_high")


def _check_phase(work: Work, project_id: int, phase_id: int | None) -> None:
    phase = work.session.get(Phase, phase_id) if phase_id is not None else None
    if phase_id is not None and (phase is None or phase.project_id != project_id):
        raise RuleBroken("risk.phase", "Choose a phase of this roll-out.", field="phase_id")


def _fill_response(project: Project, response: RiskResponse, values: Mapping[str, Any]) -> None:
    if "kind" in values:
        response.kind = rules.check_response(values["kind"] or "").value
    if "text" in values:
        response.text = rules.check_text(values["text"] or "", "text")
        if not response.text:
            raise RuleBroken("response.text", "Say what is to be done.", field="text")
    if "owner_id" in values and values["owner_id"] != response.owner_id:
        rules.check_owner(values["owner_id"], (each.id for each in staffing.people_of(project.id)))
        response.owner_id = values["owner_id"]
    if "due" in values and values["due"] != response.due:
        rules.check_due(values["due"], project.start)
        response.due, response.due_fixed = values["due"], values["due"] is not None


def _rate(work: Work, row: Risk, rated: Rating, why: str, day: date, now: datetime) -> None:
    row.probability, row.impact = rated.probability, rated.impact
    if row.inherent_probability is None:
        row.inherent_probability, row.inherent_impact = rated.probability, rated.impact
    if row.state == State.IDENTIFIED:
        _set_state(row, State.ASSESSED, day)
    _keep_score(work, row, rated, why, day, now)


def _keep_score(work: Work, row: Risk, rated: Rating, why: str, day: date, now: datetime) -> None:
    kept = RiskScore(project_id=row.project_id, risk_id=row.id, day=day, at=now, why=why, person_id=work.actor.id)
    kept.probability, kept.impact = rated.probability, rated.impact
    work.session.add(kept)


def _set_state(row: Risk, state: State, day: date) -> None:
    row.state, row.state_since = state.value, day


def _responses(work: Work, row: Risk) -> int:
    query = select(func.count()).select_from(RiskResponse).where(RiskResponse.risk_id == row.id)
    return work.session.scalar(query) or 0


def _subject(key: str, actor: Actor) -> subjects.Subject | None:
    try:
        return subjects.find(key, actor)
    except NotFound:
        return None


def _tell_owner(work: Work, rows: Sequence[Risk]) -> None:
    """Say to whoever was given risks that they are theirs; several at once are told once."""
    if rows:
        _tell(work, "assigned", [rows[0].owner_id], rows[0], len(rows))


def _tell(work: Work, kind: str, people: Iterable[int | None], row: Risk, count: int = 1) -> None:
    tell(
        work, kind, people, subject=f"risk:{row.id}", label=row.title, scope=project_scope(row.project_id), count=count
    )


def _day(project: Project, now: datetime) -> date:
    """The day that it is in the project."""
    return wall_time(now, project.timezone).date()


def _follow(project_id: int, work: Work) -> None:
    plans.follow_anchors(RiskResponse, project_id, work, RiskResponse.done_at.is_(None))


def _get(work: Work, project_id: int, risk_id: int) -> Risk:
    row = work.session.get(Risk, risk_id)
    if row is None or row.project_id != project_id:
        raise NotFound
    return row


def _response(work: Work, project_id: int, response_id: int) -> RiskResponse:
    row = work.session.get(RiskResponse, response_id)
    if row is None or row.project_id != project_id:
        raise NotFound
    return row
