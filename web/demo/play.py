"""Playing a roll-out day by day: people tick what is due and report what is done, through the services they use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from accounts.access import service as access
from accounts.access.queries import actor_of
from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.signin import service as signin
from checklists import queries as lists
from checklists import service as ticks
from checklists.rules import EvidenceKind
from desk.setup import service as setup
from desk.setup.rules import last_day_of_week
from infra.attachments import service as files
from infra.comments import service as comments
from kernel.actor import INSTANCE, SYSTEM, Actor, project_scope
from roadmap.projects import service as projects
from roadmap.tasks import queries as plans
from roadmap.tasks import service as tasks
from roadmap.tasks.queries import TaskRow
from web.demo.cast import COMMENTS, DOMAIN, EVIDENCE, PASSWORD, PLAYERS, ROLLOUTS, SIGN_INS, TIMEZONE, Rollout

WORK_BEGINS, WORK_ENDS = time(8, 5), time(15, 40)
SATURDAY = 5
MOST_IN_A_ROW = 8
"""No more tasks than these follow each other within one day."""
HALF_DONE = 60
DONE = 100


class StoryClock:
    """The application's clock while the demo is played: whoever plays moves it."""

    def __init__(self, now: datetime) -> None:
        """Start at a moment."""
        self.now = now

    def __call__(self) -> datetime:
        """The moment in the story."""
        return self.now

    def on(self, day: date, at: time = WORK_BEGINS) -> datetime:
        """Move to a time of a day, and say it."""
        self.now = datetime.combine(day, at, UTC)
        return self.now


@dataclass(frozen=True, slots=True)
class Played:
    """What came out: the people by key and the projects in the order of the cast."""

    people: Mapping[str, int]
    projects: tuple[int, ...]


Progress = Callable[[str], None]


def play(today: date, clock: StoryClock, tell: Progress) -> Played:
    """Fill an empty database with the whole story up to the morning of a day."""
    clock.on(monday_of(today) - timedelta(weeks=max(each.weeks_ago for each in ROLLOUTS) + 1))
    tell("people")
    ids = _cast(clock)
    started = []
    for rollout in ROLLOUTS:
        tell(rollout.name)
        started.append(_Stage(rollout, today, clock, ids).perform())
    clock.on(today)
    return Played(ids, tuple(started))


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _cast(clock: StoryClock) -> dict[str, int]:
    ids = {}
    for player in PLAYERS:
        data = PersonData(player.name, player.email, player.title, player.company)
        ids[player.key] = people.add_person(data, now=clock.now, actor=SYSTEM)
    roles = dict(SIGN_INS)
    access.grant_role(ids[roles["administrator"]], "administrator", INSTANCE, actor=SYSTEM)
    for _role, key in SIGN_INS:
        signin.set_password(ids[key], PASSWORD, actor=SYSTEM)
    return ids


def _actor(person_id: int) -> Actor:
    found = actor_of(person_id)
    return found if found is not None else SYSTEM


class _Stage:
    """One roll-out from its first Monday to today."""

    def __init__(self, rollout: Rollout, today: date, clock: StoryClock, ids: Mapping[str, int]) -> None:
        self.rollout, self.today, self.clock, self.ids = rollout, today, clock, ids
        self.start = monday_of(today) - timedelta(weeks=rollout.weeks_ago)
        self.said: set[int] = set()
        self.written = 0

    def perform(self) -> int:
        """Create the project and live through its days; returns its number."""
        self.manager = _actor(self.ids[self.rollout.people["project-manager"]])
        self.clock.on(self.start - timedelta(days=3))
        self.project_id = self._create()
        self.first_item = min(item.id for item in lists.open_items(self.project_id))
        self.manager = _actor(self.ids[self.rollout.people["project-manager"]])
        self.guarding_past = self._lists_of_past_milestones()
        for day in self._days():
            self._live(day)
        self._close()
        return self.project_id

    def _create(self) -> int:
        wanted = setup.NewProject(
            name=self.rollout.name,
            start=self.start,
            country=self.rollout.country,
            timezone=TIMEZONE,
            target_go_live=last_day_of_week(self.start, self.rollout.target_week),
            purpose=self.rollout.purpose,
            people={role: self.ids[key] for role, key in self.rollout.people.items()},
        )
        project_id = setup.create(wanted, actor=self.manager, now=self.clock.now)
        for key, role in self.rollout.members.items():
            access.grant_role(self.ids[key], role, project_scope(project_id), actor=self.manager)
        return project_id

    def _lists_of_past_milestones(self) -> set[int]:
        planned = {row.id: row.finish.date() for row in plans.rows(self.project_id, self.start)}
        listed = lists.lists(self.project_id, self.start)
        return {row.id for row in listed if planned.get(row.guards_id or 0, self.today) < self.today}

    def _days(self) -> Iterator[date]:
        day = self.start
        while day < self.today:
            if day.weekday() < SATURDAY:
                yield day
            day += timedelta(days=1)

    def _live(self, day: date) -> None:
        self._tick(day)
        for _round in range(MOST_IN_A_ROW):
            rows = plans.rows(self.project_id, day)
            if not self._report(rows, day):
                break
        self._half(plans.rows(self.project_id, day), day)

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
            actor = _actor(owner)
            at = self.clock.on(day, time(9, 7 + 6 * place))
            self._prove(items, actor, at)
            ticks.tick_many(self.project_id, [item.id for item in items], actor=actor, now=at)

    def _leaves(self, item: lists.ItemRow) -> bool:
        """Whether an item stays open: a fixed choice by its number, in lists that no reached milestone waits for."""
        if not self.rollout.left or item.checklist_id in self.guarding_past:
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
            self._finish(row, day)
        return bool(ready)

    def _ends(self, row: TaskRow, day: date) -> bool:
        if row.done or row.type == "summary" or row.key in self.rollout.held:
            return False
        due = _working_days_later(row.finish.date(), self.rollout.delays.get(row.key, 0))
        return due <= day

    def _waits(self, row: TaskRow, open_ids: set[int]) -> bool:
        finish_first = {"FS", "FF"}
        return any(link.task_id in open_ids for link in row.predecessors if link.type in finish_first)

    def _finish(self, row: TaskRow, day: date) -> None:
        actor = _actor(row.owner_id) if row.owner_id else self.manager
        self._speak(row, day)
        at = self._end_of(row, day)
        if row.type == "milestone":
            if tasks.obstacles(row.id):
                return
            tasks.complete_milestone(self.project_id, row.id, actor=self.manager, now=at)
        else:
            tasks.set_progress(self.project_id, row.id, DONE, actor=actor, now=at)

    def _end_of(self, row: TaskRow, day: date) -> datetime:
        """When the work ended: as planned, or towards the evening of the day on which a late task is done."""
        if row.finish.date() == day:
            self.clock.now = row.finish.replace(tzinfo=ZoneInfo(TIMEZONE)).astimezone(UTC)
            return self.clock.now
        return self.clock.on(day, WORK_ENDS)

    def _half(self, rows: list[TaskRow], day: date) -> None:
        """Tasks under way say how far they are when half their time has passed, and are talked about."""
        for row in rows:
            if row.done or row.type != "task" or not row.start.date() <= day or row.percent >= HALF_DONE:
                continue
            halfway = row.start + (row.finish - row.start) / 2
            if halfway.date() <= day and self._started(row, rows):
                actor = _actor(row.owner_id) if row.owner_id else self.manager
                tasks.set_progress(
                    self.project_id, row.id, HALF_DONE, actor=actor, now=self.clock.on(day, time(14, 20))
                )
                self._speak(row, day)

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
                comments.add_comment(f"task:{row.id}", words, actor=_actor(self.ids[who]))

    def _close(self) -> None:
        self.clock.on(self.today - timedelta(days=1), time(16, 30))
        if self.rollout.finished:
            projects.finish(self.project_id, actor=self.manager)
            return
        status = monday_of(self.today)
        projects.edit(self.project_id, {"status_date": status}, actor=self.manager)


def _working_days_later(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day
