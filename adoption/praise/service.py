"""Switching recognition on and off, leaving it and coming back, giving a reward and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.notices.service import tell
from adoption.praise import queries, rules
from adoption.praise.models import RecognitionOptOut, RecognitionReward, RecognitionSetting
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, RuleBroken

UNDOABLE = {
    "recognition.set": "adoption.edit",
    "recognition.rewarded": "adoption.edit",
    "recognition.withdrawn": "adoption.edit",
}
"""What can be taken back, and the permission that this needs. Leaving and coming back are a switch of one's own."""


@dataclass(frozen=True, slots=True)
class Gift:
    """What is given, why, and to whom: somebody or a team."""

    what: str
    why: str
    person_id: int | None = None
    team_id: int | None = None


def choose(project_id: int, *, active: bool, named: bool, actor: Actor) -> Work:
    """Say whether a roll-out recognises, and whether people stand on its board by name.

    People go on using the CRM after a roll-out is finished: this and rewards do not ask whether it is.
    """
    with transaction(actor, "recognition.set") as work:
        chosen = select(RecognitionSetting).where(RecognitionSetting.project_id == project_id)
        row = work.session.scalars(chosen).first()
        if row is None:
            row = RecognitionSetting(project_id=project_id)
            work.session.add(row)
        row.active, row.named = active, active and named
    return work


def leave(*, actor: Actor, now: datetime) -> Work:
    """Take no part any more, in any roll-out, from this moment on. Done twice changes nothing."""
    with transaction(actor, "recognition.left") as work:
        if actor.id is not None and _own(work, actor.id) is None:
            work.session.add(RecognitionOptOut(person_id=actor.id, since=now))
    return work


def join(*, actor: Actor) -> Work:
    """Take part again. Done twice changes nothing."""
    with transaction(actor, "recognition.joined") as work:
        row = None if actor.id is None else _own(work, actor.id)
        if row is not None:
            work.session.delete(row)
    return work


def give(project_id: int, gift: Gift, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Give a reward; its number. Raises RuleBroken for nothing said, and for somebody who takes no part."""
    with transaction(actor, "recognition.rewarded") as work:
        if not queries.setting(project_id).active:
            raise RuleBroken("recognition.off", "Recognition is off in this roll-out: switch it on first.")
        what, why = rules.check_reward(gift.what, gift.why)
        people, teams = queries.choices(project_id)
        known = [gift.person_id in dict(people), gift.team_id in dict(teams)]
        if known.count(True) != 1 or (gift.person_id is not None and gift.team_id is not None):
            raise RuleBroken("recognition.whom", "Choose somebody, or a team, from the list.", field="whom")
        if gift.person_id is not None and gift.person_id == actor.id:
            raise RuleBroken("recognition.self", "A reward is given to others.", field="whom")
        row = RecognitionReward(
            project_id=project_id, person_id=gift.person_id, team_id=gift.team_id, what=what, why=why,
            given_by_id=actor.id, given_at=now,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        _tell(work, row)
        return row.id, work


def _tell(work: Work, row: RecognitionReward) -> None:
    """Who gets a reward, alone or with a team, is told of it once; who takes no part hears nothing."""
    tell(
        work,
        "rewarded",
        queries.rewarded(row.project_id, row.person_id, row.team_id),
        subject=f"reward:{row.id}",
        label=row.what,
        scope=project_scope(row.project_id),
        once=f"reward:{row.id}",
        who=work.actor.name,
        text=row.why,
    )


def withdraw(project_id: int, reward_id: int, *, actor: Actor) -> Work:
    """Take a reward back. Raises NotFound."""
    with transaction(actor, "recognition.withdrawn") as work:
        row = work.session.get(RecognitionReward, reward_id)
        if row is None or row.project_id != project_id:
            raise NotFound
        work.session.delete(row)
    return work


def _own(work: Work, person_id: int) -> RecognitionOptOut | None:
    found = select(RecognitionOptOut).where(RecognitionOptOut.person_id == person_id)
    return work.session.scalars(found).first()
