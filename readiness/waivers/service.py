"""Asking for a waiver, giving or refusing it, and ending it before its day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from accounts.notices.service import tell
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound
from readiness.gates import queries as gates
from readiness.gates.rules.definitions import TEXT_LIMIT, Criterion, check_text
from readiness.signoffs import queries as signoffs
from readiness.waivers import rules
from readiness.waivers.models import CriterionWaiver
from readiness.waivers.rules import State
from roadmap.projects import service as projects


def ask(
    project_id: int, criterion_id: int, reason: str, until: date | None, *, actor: Actor, now: datetime, today: date
) -> tuple[int, Work]:
    """Ask that a criterion may pass until a day; its number. Raises NotFound, RuleBroken.

    Whoever decides about it is told, the managers of the project where nobody does.
    """
    with transaction(actor, "readiness.waiver_asked") as work:
        projects.check_open(project_id)
        criterion = gates.criterion(project_id, criterion_id)
        said, last = rules.check_asked(criterion, reason, until, today)
        row = CriterionWaiver(
            project_id=project_id, criterion_id=criterion_id, reason=said, until=last, asked_by_id=actor.id,
            asked_at=now,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        people = signoffs.managers(project_id) if criterion.owner_id is None else [criterion.owner_id]
        _tell(work, "waiver_asked", people, row, criterion, said)
    return row.id, work


def give(project_id: int, waiver_id: int, words: str = "", *, actor: Actor, now: datetime) -> Work:
    """Give what was asked; whoever decides about the criterion does. Raises NotFound, Refused, RuleBroken."""
    with transaction(actor, "readiness.waiver_given") as work:
        _answer(work, project_id, waiver_id, State.GIVEN, words, now)
    return work


def refuse(project_id: int, waiver_id: int, words: str, *, actor: Actor, now: datetime) -> Work:
    """Refuse what was asked, and say why. Raises NotFound, Refused, RuleBroken."""
    with transaction(actor, "readiness.waiver_refused") as work:
        _answer(work, project_id, waiver_id, State.REFUSED, words, now)
    return work


def end(project_id: int, waiver_id: int, *, actor: Actor) -> Work:
    """End a waiver before its day: the criterion counts again. Raises NotFound."""
    with transaction(actor, "readiness.waiver_ended") as work:
        row = _open(work, project_id, waiver_id, State.GIVEN)
        row.state = State.ENDED.value
        criterion = gates.criterion(project_id, row.criterion_id)
        _tell(work, "waiver_ended", [row.asked_by_id, row.decided_by_id], row, criterion)
    return work


def _answer(work: Work, project_id: int, waiver_id: int, state: State, words: str, now: datetime) -> None:
    row = _open(work, project_id, waiver_id, State.ASKED)
    criterion = gates.criterion(project_id, row.criterion_id)
    rules.check_may_give(criterion, row.asked_by_id, work.actor.id)
    row.answer = check_text("words", words, TEXT_LIMIT, "The answer", needed=state is State.REFUSED)
    row.state, row.decided_by_id, row.decided_at = state.value, work.actor.id, now
    _tell(work, f"waiver_{state.value}", [row.asked_by_id], row, criterion, row.answer)


def _tell(
    work: Work,
    kind: str,
    people: Iterable[int | None],
    row: CriterionWaiver,
    criterion: Criterion,
    text: str = "",
) -> None:
    scope, day = project_scope(row.project_id), row.until.isoformat()
    subject = f"criterion:{criterion.id}"
    tell(work, kind, people, subject=subject, label=criterion.statement, scope=scope, day=day, text=text)


def _open(work: Work, project_id: int, waiver_id: int, state: State) -> CriterionWaiver:
    projects.check_open(project_id)
    row = work.session.get(CriterionWaiver, waiver_id)
    if row is None or row.project_id != project_id or row.state != state:
        raise NotFound
    return row
