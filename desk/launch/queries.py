"""Gathering a launch day from the rooms that know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from adoption.crew import queries as crews
from checklists import queries as lists
from checklists.models import Item
from crm.counts.rules.windows import start_of
from crm.usage.models import Visit
from desk.launch import rules
from desk.launch.rules import Arrived, Team, Thing
from infra.database import db
from infra.measure import queries as measured
from infra.measure.rules import Failure, Tally
from readiness.decisions import queries as decisions
from readiness.decisions.queries import Taken
from roadmap.actions import queries as actions
from roadmap.actions.queries import ActionRow
from roadmap.projects.queries import ProjectRow
from roadmap.risks import queries as risks
from roadmap.risks.queries import RiskRow
from roadmap.tasks import queries as plans

CRITICAL = 15
"""The least score of a critical risk."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch as its page shows it. ``day`` is when it is or was; ``live`` says that this day was set or reached.

    ``conditions`` are the open action items on which the go hangs; ``actions`` are those of them that are late, and all
    others since the decision. ``here`` and ``whole`` count the audience; ``tally`` and ``failures`` are answers of the
    whole instance since then.
    """

    taken: Taken
    day: date | None
    live: bool
    today: date
    finished: Sequence[Thing]
    upcoming: Sequence[Thing]
    here: int
    whole: int
    teams: Sequence[Team]
    arrived: Sequence[Arrived]
    risks: Sequence[RiskRow]
    actions: Sequence[ActionRow]
    conditions: Sequence[ActionRow]
    tally: Tally | None
    failures: Sequence[Failure]


def launch(project: ProjectRow, now: datetime, reader_id: int | None) -> Launch | None:
    """The launch of a roll-out; None as long as no go was decided. Names are told to who leads their team."""
    taken = decisions.launched(project.id)
    if taken is None:
        return None
    today, crew = project.local(now).date(), crews.crew(project.id)
    rows = plans.rows(project.id, today)
    planned = next((row.finish.date() for row in reversed(rows) if row.is_go_live), None)
    day = crew.live_since or planned
    since = start_of(crew.live_since, ZoneInfo(project.timezone)) if crew.live_since else None
    here = _first_visits(crew.ids, since) if since else {}
    things = _things(project.id, rows, day or today)
    led = crew.led_by(reader_id)
    hangs_on = {each.get("action") for each in taken.document.get("conditions", ())}
    opened = [row for row in actions.rows(project.id) if row.state == "open" and row.created_at >= taken.at]
    members = {each.id: each for each in crew.members}
    return Launch(
        taken=taken,
        day=day,
        live=crew.live_since is not None and crew.live_since <= today,
        today=today,
        finished=rules.finished(things, day or today, today),
        upcoming=rules.upcoming(things, day or today, today) if project.state == "active" else [],
        here=len(here),
        whole=len(members),
        teams=rules.by_team([(each.id, each.team) for each in crew.members], here),
        arrived=[
            Arrived(at, members[number].team, members[number].name if number in led else "")
            for number, at in sorted(here.items(), key=lambda each: each[1])[: rules.MOST]
        ],
        risks=[row for row in risks.register(project.id) if row.open and row.now and row.now.score >= CRITICAL],
        actions=[row for row in opened if row.id not in hangs_on or row.late(today)],
        conditions=[row for row in opened if row.id in hangs_on and not row.late(today)],
        tally=measured.tally_since(since)[0] if since else None,
        failures=measured.failures(since, rules.MOST) if since else [],
    )


def _first_visits(ids: frozenset[int], since: datetime) -> dict[int, datetime]:
    query = (
        select(Visit.person_id, func.min(Visit.started_at))
        .where(Visit.started_at >= since, Visit.person_id.in_(sorted(ids)))
        .group_by(Visit.person_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _things(project_id: int, rows: Sequence[plans.TaskRow], launch_day: date) -> list[Thing]:
    """Tasks and milestones, and the items of lists that are open or were ticked around the launch."""
    base = f"/projects/{project_id}"
    found = [
        Thing(
            "milestone" if row.type == "milestone" else "task", row.name, f"{base}/tasks/{row.id}", row.owner,
            row.finish.date(), row.actual_finish.date() if row.actual_finish else None,
        )
        for row in rows
        if row.type != "summary"
    ]  # fmt: skip
    items = [
        Thing("item", each.name, f"{base}/checklists/items/{each.id}", each.owner_name or each.role_name, each.due)
        for each in lists.open_items(project_id)
    ]
    return [*found, *items, *_ticked(project_id, launch_day)]


def _ticked(project_id: int, launch_day: date) -> list[Thing]:
    first, last = rules.around(launch_day)
    query = select(Item.id, Item.name, Item.due, Item.ticked_at).where(
        Item.project_id == project_id, Item.ticked_at.is_not(None)
    )
    return [
        Thing("item", name, f"/projects/{project_id}/checklists/items/{number}", "", due, at.date())
        for number, name, due, at in db.session.execute(query)
        if at is not None and first <= at.date() <= last
    ]
