"""Playing a roll-out day by day: people tick what is due and report what is done, through the services they use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from accounts.access import service as access
from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.signin import service as signin
from checklists import queries as lists
from checklists import service as ticks
from checklists.rules import EvidenceKind
from desk.setup import service as setup
from infra.attachments import service as files
from infra.comments import service as comments
from kernel.actor import INSTANCE, SYSTEM, Actor, project_scope
from phases.foreseen import queries as foreseen
from phases.foreseen import service as foresight
from readiness.benefits.jobs import keep_benefits
from roadmap.projects import service as projects
from roadmap.tasks import queries as plans
from roadmap.tasks import service as tasks
from roadmap.tasks.queries import TaskRow
from web.demo.cast import (
    COMMENTS,
    DOMAIN,
    EVIDENCE,
    ITEM_COMMENTS,
    PASSWORD,
    PLAYERS,
    ROLLOUTS,
    SIGN_INS,
    TIMEZONE,
    Rollout,
)
from web.demo.crm.play import CrmStory
from web.demo.scenes import FAREWELLS, SCENES, weekly
from web.demo.stage import Stage, StoryClock, person

WORK_ENDS = time(15, 40)
WORKDAY_BEGINS = time(8)
"""In the plan's own hours: what is halfway through before the next day begins is said in the evening."""
SATURDAY = 5
NIGHT = time(22)
"""When the last night's job keeps what the roll-outs have brought."""
DAYS_LIVED = 2
"""How many working days of this week of the roll-out are behind us, from its Wednesday on."""
TO_THURSDAY = 3
"""Days from the first day of a roll-out's week to the eve of its target, where it begins on a Monday."""
MOST_IN_A_ROW = 8
"""No more tasks than these follow each other within one day."""
HALF_DONE = 60
DONE = 100


@dataclass(frozen=True, slots=True)
class Played:
    """What came out: the people by key and the projects in the order of the cast."""

    people: Mapping[str, int]
    projects: tuple[int, ...]


Progress = Callable[[str], None]


def play(today: date, clock: StoryClock, tell: Progress) -> Played:
    """Fill an empty database with the whole story up to the morning of a day; all roll-outs live the same days."""
    first = start_of(today, max(each.weeks_ago for each in ROLLOUTS))
    clock.on(first - timedelta(days=7))
    ids = _cast(clock)
    clock.on(first - timedelta(days=3))
    stages = [_Stage(rollout, today, clock, ids) for rollout in ROLLOUTS]
    crm = CrmStory(today, clock, ids)
    for number in range((today - first).days):
        day = first + timedelta(days=number)
        if number % 7 == 0:
            tell(f"{day:%d %B}")
        for stage in stages if day.weekday() < SATURDAY else ():
            stage.live(day)
        crm.live(day)
        if day == weekly.eve_of(today):
            crm.came_by(day)
            weekly.send(clock, day)
    for stage in stages:
        stage.settle()
    keep_benefits(SYSTEM, clock.on(today - timedelta(days=1), NIGHT))
    clock.on(today)
    return Played(ids, tuple(stage.project_id for stage in stages))


def weeks() -> int:
    """How many weeks are played, each told as it begins."""
    return max(each.weeks_ago for each in ROLLOUTS) + 1


def start_of(today: date, weeks_ago: int) -> date:
    """So many weeks and two working days ago, where that is in the same week; else so many weeks before its Monday.

    So the story is at the same point from Wednesday to Sunday, and the week of the roll-out is the same on every day.

    >>> start_of(date(2026, 2, 18), 6), start_of(date(2026, 2, 17), 6), start_of(date(2026, 2, 22), 6)
    (datetime.date(2026, 1, 5), datetime.date(2026, 1, 5), datetime.date(2026, 1, 8))
    """
    monday = today - timedelta(days=today.weekday())
    return max(_working_days_later(today, -DAYS_LIVED), monday) - timedelta(weeks=weeks_ago)


def _cast(clock: StoryClock) -> dict[str, int]:
    ids = {}
    for player in PLAYERS:
        data = PersonData(player.name, player.email, player.title, player.company)
        ids[player.key] = people.add_person(data, now=clock.now, actor=SYSTEM)
    roles = dict(SIGN_INS)
    access.grant_role(ids[roles["administrator"]], "administrator", INSTANCE, actor=SYSTEM)
    for player in PLAYERS:
        if player.signs_in:
            signin.set_password(ids[player.key], PASSWORD, actor=SYSTEM, printed=True)
    return ids


class _Stage:
    """One roll-out from its first Monday to today."""

    def __init__(self, rollout: Rollout, today: date, clock: StoryClock, ids: Mapping[str, int]) -> None:
        self.rollout, self.today, self.clock, self.ids = rollout, today, clock, ids
        self.start = start_of(today, rollout.weeks_ago)
        self.said: set[int] = set()
        self.written = 0
        self.open = True
        self.odd = {**rollout.dropped, **rollout.unsettled}
        self.manager = person(self.ids[self.rollout.people["project-manager"]])
        self.project_id = self._create()
        manager = self.rollout.people["project-manager"]
        self.manager = person(self.ids[manager])
        self.stage = Stage(rollout, self.project_id, self.start, today, clock, ids, manager)
        self.first_item = min(item.id for item in lists.open_items(self.project_id))
        self.guarding_past = self._lists_of_past_milestones()
        self._hand_over()

    def live(self, day: date) -> None:
        """Live through one day, if the roll-out has begun and is not over."""
        if not self.open or day < self.start:
            return
        self._tick(day)
        rows = plans.rows(self.project_id, day)
        for _round in range(MOST_IN_A_ROW):
            if not self._report(rows, day):
                break
            rows = plans.rows(self.project_id, day)
        self._half(rows, day)
        self._foresee(day)
        for scene in SCENES:
            scene(self.stage, day)
        if self.rollout.finished and all(row.done for row in rows if row.type != "summary"):
            for farewell in FAREWELLS:
                farewell(self.stage, day)
            projects.finish(self.project_id, actor=self.manager)
            self.open = False

    def settle(self) -> None:
        """Say on the eve what is to be said, and up to which day progress was reported."""
        if not self.open:
            return
        self._speak_of_items()
        self.clock.on(self.today - timedelta(days=1), time(16, 30))
        reported = _working_days_later(self.today, -DAYS_LIVED)
        projects.edit(self.project_id, {"status_date": reported}, actor=self.manager)

    def _create(self) -> int:
        wanted = setup.NewProject(
            name=self.rollout.name,
            start=self.start,
            country=self.rollout.country,
            timezone=TIMEZONE,
            target_go_live=self._target(),
            purpose=self.rollout.purpose,
            people={role: self.ids[key] for role, key in self.rollout.people.items()},
        )
        project_id = setup.create(wanted, actor=self.manager, now=self.clock.now)
        for key, role in self.rollout.members.items():
            access.grant_role(self.ids[key], role, project_scope(project_id), actor=self.manager)
        return project_id

    def _target(self) -> date:
        eve = self.start + timedelta(weeks=self.rollout.target_week - 1, days=TO_THURSDAY)
        return _working_days_later(eve, 1)

    def _lists_of_past_milestones(self) -> set[int]:
        planned = {row.id: row.finish.date() for row in plans.rows(self.project_id, self.start)}
        listed = lists.lists(self.project_id, self.start)
        return {row.id for row in listed if planned.get(row.guards_id or 0, self.today) < self.today}

    def _hand_over(self) -> None:
        """Give the tasks that somebody else than the role's person has to their owners."""
        numbers = {row.key: row.id for row in plans.rows(self.project_id, self.start)}
        for key in dict.fromkeys(self.rollout.owners.values()):
            theirs = [numbers[task] for task, owner in self.rollout.owners.items() if owner == key]
            values = {"owner_id": self.ids[key]}
            tasks.bulk_change(self.project_id, theirs, values, actor=self.manager, now=self.clock.now)

    def _tick(self, day: date) -> None:
        """Everybody ticks what is due; one item in so many is left open, unless a reached milestone waits for it."""
        due = [
            item
            for item in lists.open_items(self.project_id)
            if item.due and item.due <= day and not self._leaves(item)
        ]
        by_owner: dict[int, list[lists.ItemRow]] = {}
        for item in due:
            by_owner.setdefault(item.owner_id or self.manager.id or 0, []).append(item)
        for place, (owner, items) in enumerate(sorted(by_owner.items())):
            actor = person(owner)
            at = self.clock.on(day, time(9, 7 + 6 * place))
            self._prove(items, actor, at)
            ticks.tick_many(self.project_id, [item.id for item in items], actor=actor, now=at)

    def _leaves(self, item: lists.ItemRow) -> bool:
        """Whether an item stays open: named, or a fixed choice by its number that holds back no milestone behind us."""
        if item.key in self.rollout.waiting:
            return True
        if not self.rollout.left or (item.required and item.checklist_id in self.guarding_past):
            return False
        return self._number(item) % self.rollout.left == 0

    def _number(self, item: lists.ItemRow) -> int:
        """Which of the project's items it is, counted from 0."""
        return item.id - self.first_item

    def _prove(self, items: list[lists.ItemRow], actor: Actor, at: datetime) -> None:
        for item in items:
            if not item.required or self._number(item) % 3:
                continue
            text = EVIDENCE[self.written % len(EVIDENCE)]
            self.written += 1
            kind, url, attachment = EvidenceKind.TEXT, "", None
            if self.written % 7 == 0:
                kind, url = EvidenceKind.LINK, f"https://wiki.{DOMAIN}/crm/{item.key}"
            elif self.written % 5 == 0:
                kind, attachment = EvidenceKind.FILE, self._file(item, actor)
                text = f"{item.key}.csv"
            ticks.add_evidence(
                self.project_id, item.id, kind, text=text, url=url, attachment_id=attachment, actor=actor, now=at
            )

    def _file(self, item: lists.ItemRow, actor: Actor) -> int:
        content = f"item,checked,open\n{item.key},{40 + self._number(item)},0\n".encode()
        number, _work = files.add_file(
            f"item:{item.id}", f"{item.key}.csv", cast("BinaryIO", BytesIO(content)), actor=actor
        )
        return number

    def _report(self, rows: list[TaskRow], day: date) -> bool:
        """Report what ended by this day, tasks before the milestones that wait for them; whether anything did."""
        open_ids = {row.id for row in rows if not row.done}
        ready = [row for row in rows if self._ends(row, day) and not self._waits(row, open_ids)]
        for row in ready:
            self._speak(row, day)
        self._finish([row for row in ready if row.type != "milestone"], day)
        reached = [self._reach(row, day) for row in ready if row.type == "milestone"]
        return any(reached) or len(reached) < len(ready)

    def _ends(self, row: TaskRow, day: date) -> bool:
        if row.done or row.type == "summary":
            return False
        due = _working_days_later(row.finish.date(), self.rollout.delays.get(row.key, 0))
        return due <= day

    def _waits(self, row: TaskRow, open_ids: set[int]) -> bool:
        finish_first = {"FS", "FF"}
        return any(link.task_id in open_ids for link in row.predecessors if link.type in finish_first)

    def _finish(self, rows: list[TaskRow], day: date) -> None:
        """Report the end of tasks: what somebody ended at one moment is said at once."""
        together: dict[tuple[datetime, int], list[TaskRow]] = {}
        for row in rows:
            together.setdefault((self._end_of(row, day), self._reporter(row).id or 0), []).append(row)
        for (at, _who), ended in together.items():
            self.clock.now, actor, ids = at, self._reporter(ended[0]), [row.id for row in ended]
            if len(ids) == 1:
                tasks.set_progress(self.project_id, ids[0], DONE, actor=actor, now=at)
            else:
                values = {"percent_complete": DONE}
                tasks.bulk_change(self.project_id, ids, values, actor=actor, now=at)

    def _reach(self, row: TaskRow, day: date) -> bool:
        """Reach a milestone, unless a checklist holds it; whether that went."""
        if tasks.obstacles(row.id):
            return False
        self.clock.now = self._end_of(row, day)
        tasks.complete_milestone(self.project_id, row.id, actor=self.manager, now=self.clock.now)
        return True

    def _reporter(self, row: TaskRow) -> Actor:
        """Who reports on a task: its owner, or the manager for somebody who does not sign in."""
        silent = {self.ids[player.key] for player in PLAYERS if not player.signs_in}
        return self.manager if row.owner_id is None or row.owner_id in silent else person(row.owner_id)

    def _end_of(self, row: TaskRow, day: date) -> datetime:
        """When the work ended: as planned, or towards the evening of the day on which a late task is done."""
        if row.finish.date() == day:
            return row.finish.replace(tzinfo=ZoneInfo(TIMEZONE)).astimezone(UTC)
        return datetime.combine(day, WORK_ENDS, UTC)

    def _half(self, rows: list[TaskRow], day: date) -> None:
        """Tasks under way say how far they are when half their time has passed, and are talked about."""
        at, halfway = self.clock.on(day, time(14, 20)), [row for row in rows if self._is_halfway(row, rows, day)]
        by_reporter: dict[int, list[TaskRow]] = {}
        for row in halfway:
            by_reporter.setdefault(self._reporter(row).id or 0, []).append(row)
        for many in by_reporter.values():
            values, actor = {"percent_complete": HALF_DONE}, self._reporter(many[0])
            tasks.bulk_change(self.project_id, [row.id for row in many], values, actor=actor, now=at)
        for row in halfway:
            self._speak(row, day)

    def _is_halfway(self, row: TaskRow, rows: list[TaskRow], day: date) -> bool:
        if row.done or row.type != "task" or not row.start.date() <= day or row.percent >= HALF_DONE:
            return False
        middle = row.start + (row.finish - row.start) / 2
        return middle < datetime.combine(day + timedelta(days=1), WORKDAY_BEGINS) and self._started(row, rows)

    def _started(self, row: TaskRow, rows: list[TaskRow]) -> bool:
        open_ids = {each.id for each in rows if not each.done}
        return not any(link.task_id in open_ids for link in row.predecessors if link.type == "FS")

    def _speak(self, row: TaskRow, day: date) -> None:
        if self.rollout is not ROLLOUTS[0] or row.id in self.said:
            return
        self.said.add(row.id)
        for minute, (key, who, words) in enumerate(COMMENTS):
            if key == row.key:
                self.clock.on(day, time(13, 2 + 7 * minute))
                comments.add_comment(f"task:{row.id}", words, actor=person(self.ids[who]))

    def _speak_of_items(self) -> None:
        open_items = {item.key: item.id for item in lists.open_items(self.project_id)}
        for minute, (key, who, words) in enumerate(ITEM_COMMENTS if self.rollout is ROLLOUTS[0] else ()):
            self.clock.on(self.today - timedelta(days=1), time(15, 10 + 9 * minute))
            comments.add_comment(f"item:{open_items[key]}", words, actor=person(self.ids[who]))

    def _foresee(self, day: date) -> None:
        """Mark what was foreseen for this day as done, or drop it with the reason."""
        self.clock.on(day, time(15, 5))
        due = [
            row for row in foreseen.elements(self.project_id) if row.state == "planned" and row.due and row.due <= day
        ]
        done = [row.id for row in due if row.key not in self.odd]
        for row in due:
            if row.key in self.odd and not row.note:
                foresight.set_note(self.project_id, row.id, self.odd[row.key], actor=self.manager)
            if row.key in self.rollout.dropped:
                foresight.set_state(self.project_id, row.id, "dropped", actor=self.manager)
        if done:
            foresight.set_states(self.project_id, done, "done", actor=self.manager)


def _working_days_later(day: date, count: int) -> date:
    """So many working days later, or earlier where the count is negative."""
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        day += step
        count -= (day.weekday() < SATURDAY) * step.days
    return day
