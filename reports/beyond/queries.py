"""Asking the other rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from kernel.actor import Actor, Membership, project_scope
from readiness.health import queries as health
from readiness.health.rules.claims import Answer, Contradiction
from readiness.health.rules.whole import Health
from readiness.verdict import queries as verdicts
from roadmap.actions import queries as actions
from roadmap.actions.queries import ActionRow
from roadmap.costs import queries as costs
from roadmap.costs.rules.money import Money
from roadmap.projects import queries as projects
from roadmap.resources import queries as resources
from roadmap.resources.queries import Overload
from roadmap.risks import queries as risks
from roadmap.risks.queries import RiskRow
from roadmap.risks.rules.exposure import Exposure
from roadmap.timesheet import queries as timesheet
from roadmap.timesheet.queries import BlockerRow

LOAD_AHEAD = 20
"""Days after its own that a report looks at for people who have too much to do: three weeks with its own."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """What other rooms say of a project on a day: open risks heaviest first, open actions soonest first."""

    health: Health
    exposure: Exposure
    risks: tuple[RiskRow, ...]
    actions: tuple[ActionRow, ...]
    money: Money
    blockers: tuple[BlockerRow, ...]
    overloads: tuple[Overload, ...]
    answers: Mapping[str, Answer]

    @property
    def unanswered(self) -> list[Contradiction]:
        """What contradicts the claim and nobody has answered."""
        return health.unanswered(self.health, self.answers)


def health_on(project_id: int, as_of: date, now: datetime) -> Health:
    """How a project stood at the end of a day, as its manager would be told; must-haves of today are judged now."""
    day = now.astimezone(projects.row_of(project_id).zone).date()
    failing = verdicts.failing_at(now) if as_of >= day else partial(verdicts.failing_lately, until=as_of)
    return health.one(project_id, as_of, manager_of(project_id), failing)


def manager_of(project_id: int) -> Actor:
    """Somebody who may know all of one project, and nothing of others."""
    return Actor(None, "", memberships=(Membership("manager", project_scope(project_id)),))


def beyond_of(project_id: int, as_of: date, now: datetime) -> Beyond:
    """What other rooms know of a project on a day, as its manager would be told: nothing of other projects.

    Who reads the report may know less; those parts are marked where they are written.
    """
    reader, judged = manager_of(project_id), health_on(project_id, as_of, now)
    open_risks = [row for row in risks.register(project_id) if row.open]
    open_actions = [row for row in actions.rows(project_id) if row.closed_at is None]
    last = as_of + timedelta(days=LOAD_AHEAD)
    return Beyond(
        health=judged,
        answers=health.answers_to(judged),
        exposure=risks.exposure(project_id, as_of),
        risks=tuple(risks.heaviest(open_risks)),
        actions=tuple(sorted(open_actions, key=lambda row: (row.due or date.max, row.number))),
        money=costs.money_of(project_id, as_of),
        blockers=tuple(timesheet.blockers(project_id)),
        overloads=tuple(resources.overloads(project_id, as_of, last, reader, today=as_of)),
    )
