"""A plan before and after levelling: the problem that it is, and what an answer does to dates and load."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import func, select

from infra.database import db
from infra.wires import wires
from kernel.actor import Actor, project_scope
from kernel.errors import RuleBroken
from kernel.worktime import instant_of
from roadmap.levelling.models import Proposal
from roadmap.levelling.rules import reading
from roadmap.levelling.rules.pools import pools_of
from roadmap.levelling.rules.problem import Problem
from roadmap.levelling.rules.reading import Given, with_delays
from roadmap.levelling.rules.reasons import Move, why_moved
from roadmap.levelling.rules.serial import Answer, place_all
from roadmap.projects import queries as projects
from roadmap.resources import queries as resources
from roadmap.resources.queries import Ground, Overload, PersonLoad
from roadmap.schedule.rules import Dates, Plan, Schedule, delays, schedule
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task
from roadmap.tasks.queries import PlanRows

LONGEST = timedelta(days=4 * 366)
"""How far after the end of the plans tasks may be moved."""
LOST = 20
"""Seconds after its time when a search that says nothing counts as lost."""
EMPTY = "levelling.empty"
"""The code of the refusal where there is no task at all: no mistake, there is only nothing to do yet."""
MOST_TASKS = 5_000
"""Plans of more tasks are not levelled in one go."""


@dataclass(frozen=True)
class Levelled:
    """A project that is levelled: its rows, the plan as it stands and its dates, the plan without delays."""

    rows: PlanRows
    bare: Plan
    now: Schedule
    movable: frozenset[int]
    priorities: Mapping[int, int]
    delayed: Mapping[int, int]
    go_live: int | None
    bare_dates: Mapping[int, Dates] | None = None

    @property
    def id(self) -> int:
        """The project's number."""
        return self.rows.project.id


@dataclass(frozen=True)
class Situation:
    """What there is to level: the projects, the problem, everybody's load as it is, and what that rests on."""

    projects: tuple[Levelled, ...]
    problem: Problem
    loads: tuple[PersonLoad, ...]
    ground: Ground
    since: date

    @cached_property
    def ids(self) -> frozenset[int]:
        """The projects' numbers."""
        return frozenset(each.id for each in self.projects)

    @cached_property
    def names(self) -> dict[int, str]:
        """The tasks' names."""
        return {id: name for each in self.projects for id, name in each.rows.names.items()}

    @cached_property
    def overloads(self) -> list[Overload]:
        """Who is asked for too much as it is, these projects among the causes."""
        return _overloads(self.loads, self.ids)

    @cached_property
    def finish(self) -> datetime:
        """When the last of the projects ends as it is."""
        return max(each.now.finish for each in self.projects)

    @cached_property
    def begin(self) -> datetime:
        """When the first of the projects begins as it is."""
        return min(each.now.start for each in self.projects)

    @property
    def back(self) -> bool:
        """Whether it is a plan that is laid back from its finish: its tasks move to sooner."""
        return self.problem.mirror is not None

    @cached_property
    def place(self) -> dict[int, int]:
        """Where each task is in the problem."""
        return {job.id: number for number, job in enumerate(self.problem.jobs)}

    @cached_property
    def excess(self) -> int:
        """Minutes that are asked for and not there, as it is."""
        return _excess(self.loads, self.ids)

    @cached_property
    def delayed(self) -> dict[int, int]:
        """The delays that there are, of tasks that may move."""
        return {id: minutes for each in self.projects for id, minutes in each.delayed.items()}

    @property
    def calls(self) -> bool:
        """Whether there is anything to level: an overload, or a delay that may not be needed any more."""
        return bool(self.overloads or self.delayed)

    @cached_property
    def stay(self) -> Answer:
        """The answer in which everything stays as it is."""
        jobs = self.problem.jobs
        starts, ends = tuple(job.now for job in jobs), tuple(job.now_end for job in jobs)
        return Answer(self.problem, starts, ends, self.excess)

    def worth(self, result: Outcome) -> bool:
        """Whether an outcome is better than leaving all as it is: less is missing, or the end is earlier.

        A plan that is laid back from its finish is better when it begins later.
        """
        if self.back:
            return (result.excess, self.begin) < (self.excess, result.begin)
        return (result.excess, result.finish) < (self.excess, self.finish)

    def answer(self, starts: Mapping[int, int]) -> Answer:
        """The answer in which tasks begin at these clock minutes at the earliest, as it was kept."""
        jobs = self.problem.jobs
        floors = [starts.get(job.id, 0) for job in jobs]
        return place_all(self.problem, [float(starts.get(job.id, job.now)) for job in jobs], floors)


@dataclass(frozen=True)
class Outcome:
    """What an answer comes to: delays by task, dates and load as they would be, and what is still asked too much."""

    situation: Situation
    delays: Mapping[int, int]
    cleared: tuple[int, ...]
    after: tuple[Schedule, ...]
    loads: tuple[PersonLoad, ...]
    moves: tuple[Move, ...]

    @cached_property
    def overloads(self) -> list[Overload]:
        """Who would still be asked for too much."""
        return _overloads(self.loads, self.situation.ids)

    @cached_property
    def excess(self) -> int:
        """Minutes that would be asked for and not be there."""
        return _excess(self.loads, self.situation.ids)

    @cached_property
    def finish(self) -> datetime:
        """When the last of the projects would end."""
        return max(each.finish for each in self.after)

    @cached_property
    def begin(self) -> datetime:
        """When the first of the projects would begin."""
        return min(each.start for each in self.after)


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as pages show it; ``ends`` is when its search is over at the latest."""

    id: int
    project_id: int
    projects: tuple[int, ...]
    created_at: datetime
    seconds: int
    within_slack: bool
    state: str
    proved: bool
    starts: Mapping[int, int]
    bound: datetime | None
    broke_off: bool
    digest: str

    def working(self, now: datetime) -> bool:
        """Whether it is still searched; a search that was lost with its process is over, too."""
        return self.state == "working" and now < self.created_at + timedelta(seconds=self.seconds + LOST)

    def lost(self, now: datetime) -> bool:
        """Whether its search broke off: the solver died, or the whole process with it."""
        return self.broke_off or (self.state == "working" and not self.working(now))

    def passed(self, now: datetime) -> int:
        """How far the search is in percent of its time."""
        return min(100, round(100 * (now - self.created_at).total_seconds() / max(self.seconds, 1)))


def proposal(project_id: int, person_id: int | None, proposal_id: int | None = None) -> ProposalRow | None:
    """A proposal of somebody for a project, by default the newest."""
    query = select(Proposal).where(Proposal.project_id == project_id, Proposal.person_id == person_id)
    if proposal_id is not None:
        query = query.where(Proposal.id == proposal_id)
    row = db.session.scalars(query.order_by(Proposal.id.desc()).limit(1)).first()
    if row is None:
        return None
    bound = row.progress.get("bound")
    return ProposalRow(
        row.id,
        row.project_id,
        tuple(row.projects),
        row.created_at,
        row.seconds,
        row.within_slack,
        row.state,
        row.proved,
        {int(id): start for id, start in row.starts.items()},
        instant_of(bound) if bound else None,
        bool(row.progress.get("lost")),
        row.digest,
    )


def searches(now: datetime) -> int:
    """How many searches are under way."""
    query = select(Proposal.created_at, Proposal.seconds).where(Proposal.state == "working")
    found = db.session.execute(query)
    return sum(now < row.created_at + timedelta(seconds=row.seconds + LOST) for row in found)


def delayed_tasks(project_id: int) -> int:
    """How many tasks of a project levelling delays."""
    query = select(func.count(Task.id)).where(Task.project_id == project_id, Task.delay_minutes != 0)
    return db.session.scalar(query) or 0


def digest_of(problem: Problem) -> str:
    """A name for a problem that another one does not have: where it differs, the plan or the load has changed."""
    return hashlib.sha256(repr((problem.jobs, problem.pools)).encode()).hexdigest()


def situation(project_ids: Sequence[int], reader: Actor, today: date, *, within_slack: bool = False) -> Situation:
    """What there is to level in some projects, all that the reader may edit; what others do is fixed.

    Raises NotFound, and RuleBroken for plans that can't be levelled.
    """
    levelled = tuple(_levelled(id, reader) for id in dict.fromkeys(project_ids))
    _check(levelled)
    since = min(_since(each, today) for each in levelled)
    last = _last(levelled, since)
    ids = [each.id for each in levelled]
    ground = resources.ground(ids, since, last, reader, today=since)
    loads = tuple(resources.loads_of(ground))
    moving = {id for each in levelled for id in each.movable}
    pools, uses = pools_of(((row.key, row.days) for row in loads), moving, ids)
    given = [
        Given(
            each.id,
            each.bare,
            each.now.dates,
            each.movable,
            each.priorities,
            within_slack,
            each.go_live,
            each.bare_dates,
        )
        for each in levelled
    ]
    first = since.toordinal() - 1
    start = datetime.combine(since, datetime.min.time())
    problem = reading.problem_of(given, pools, uses, first, last.toordinal() - 1, start)
    return Situation(levelled, problem, loads, ground, since)


def outcome(found: Situation, answer: Answer, only: Collection[int] | None = None) -> Outcome:
    """What an answer does, reckoned by the scheduler and the load themselves; ``only`` takes some of its delays."""
    wanted = _wanted(found, answer, only)
    added: dict[int, int] = {}
    after = []
    for each in found.projects:
        mine = {id: start for id, start in wanted.items() if id in each.now.dates}
        kept = {id: minutes for id, minutes in each.delayed.items() if id not in mine and only is not None}
        measured = delays(with_delays(each.bare, kept), mine) | kept
        added |= {id: minutes for id, minutes in measured.items() if minutes}
        after.append(schedule(with_delays(each.bare, measured)))
    moved = {id: (dates.start, dates.finish) for each in after for id, dates in each.dates.items()}
    loads = resources.loads_of(found.ground, moved)
    cleared = tuple(id for id in found.delayed if id not in added)
    return Outcome(found, added, cleared, tuple(after), tuple(loads), tuple(_moves(found, answer, after, added)))


def _wanted(found: Situation, answer: Answer, only: Collection[int] | None) -> dict[int, datetime]:
    """When tasks are to begin. What is not taken of a plan laid back stays, though the plan begins sooner."""
    problem, wanted = found.problem, {}
    for place, job in enumerate(problem.jobs):
        taken = only is None or job.id in only
        if (job.free and taken) or (found.back and job.takes_time and not job.fixed):
            start, finish = answer.starts[place], answer.finishes[place]
            wanted[job.id] = instant_of(problem.begin(start, finish) if taken else problem.begin(job.now, job.now_end))
    return wanted


def weighed(found: Situation, answer: Answer) -> Outcome:
    """What an answer does, or that all stays as it is where the answer is no better."""
    result = outcome(found, answer)
    return result if found.worth(result) else outcome(found, found.stay)


def _levelled(project_id: int, reader: Actor) -> Levelled:
    projects.row_of(project_id)
    rows = tasks.load(project_id)
    columns = (Task.id, Task.priority, Task.delay_minutes, Task.is_go_live)
    found = db.session.execute(select(*columns).where(Task.project_id == project_id)).all()
    may = wires().policy.decide(reader, "task.edit", project_scope(project_id))
    back = rows.plan.finish is not None
    movable = frozenset(row.id for row in rows.plan.activities if may and reading.movable(row, back=back))
    delayed = {row.id: row.delay_minutes for row in found if row.delay_minutes and row.id in movable}
    plan = with_delays(rows.plan, {row.id: row.delay_minutes for row in found if row.delay_minutes})
    bare = with_delays(plan, dict.fromkeys(delayed, 0))
    return Levelled(
        rows=rows,
        bare=bare,
        now=schedule(plan),
        movable=movable,
        priorities={row.id: row.priority for row in found},
        delayed=delayed,
        go_live=next((row.id for row in found if row.is_go_live), None),
        bare_dates=schedule(bare).dates if back else None,
    )


def _check(levelled: Sequence[Levelled]) -> None:
    count = 0
    for each in levelled:
        count += len(each.rows.plan.activities)
        if each.bare_dates is not None and len(levelled) > 1:
            text = "“%(name)s” is laid back from its finish, where tasks move to sooner. Level it alone."
            raise RuleBroken("levelling.from_finish", text, name=each.rows.project.name)
    if not count:
        raise RuleBroken(EMPTY, "There are no tasks to level yet.")
    if count > MOST_TASKS:
        text = "%(count)s tasks are too many to level at once; %(limit)s are the most. Level fewer projects together."
        raise RuleBroken("levelling.large", text, count=count, limit=MOST_TASKS)


def _since(each: Levelled, today: date) -> date:
    """From when on load counts: today once work has begun, as on the page of resources, else the start of the plan.

    A status date after that counts instead: nothing is done before it.
    """
    plan = each.rows.plan
    begun, first = any(row.started for row in plan.activities), plan.start.date()
    if each.bare_dates is not None:
        first = min(today, each.now.start.date())
    first = max(today, first) if begun else first
    return first if plan.status_date is None else max(first, plan.status_date.date())


def _last(levelled: Iterable[Levelled], since: date) -> date:
    """The last day that is looked at: late enough for all work one after the other, but no more than some years."""
    finish, minutes = since, 0
    for each in levelled:
        finish = max(finish, each.now.finish.date())
        minutes += sum(row.duration_minutes for row in each.rows.plan.activities if row.id in each.movable)
    return finish + min(timedelta(days=30 + 2 * minutes // 480), LONGEST)


def _overloads(loads: Iterable[PersonLoad], ids: Collection[int]) -> list[Overload]:
    found = [
        each for row in loads for each in row.overloads if any(named.cause.project_id in ids for named in each.causes)
    ]
    return sorted(found, key=lambda each: (each.first, -each.percent, each.person))


def _excess(loads: Iterable[PersonLoad], ids: Collection[int]) -> int:
    over = (day for row in loads for day in row.days if day.over)
    mine = (day for day in over if any(part.cause.project_id in ids for part in day.parts))
    return round(sum(day.minutes - day.capacity for day in mine))


def _moves(found: Situation, answer: Answer, after: Sequence[Schedule], added: Mapping[int, int]) -> Iterable[Move]:
    for each, then in zip(found.projects, after, strict=True):
        for row in each.rows.plan.activities:
            old, new = each.now.dates[row.id], then.dates[row.id]
            if row.id not in found.place or old.start == new.start:
                continue
            why = why_moved(found.problem, answer, found.place[row.id], added.get(row.id, 0))
            name = found.names[row.id]
            yield Move(row.id, each.id, name, old.start, old.finish, new.start, new.finish, added.get(row.id, 0), why)
