"""Finding answers, at once and better ones in a child process; keeping them as proposals, taking them, clearing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from queue import Empty, Queue
from time import monotonic
from typing import IO, Any, cast

from flask import Flask
from sqlalchemy import delete, select

from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import SYSTEM, Actor
from kernel.errors import NotFound, RuleBroken, TooMany
from roadmap.levelling import queries
from roadmap.levelling.models import Proposal
from roadmap.levelling.queries import Outcome, Situation, digest_of
from roadmap.levelling.rules.grid import Grid, Steps, lay_out
from roadmap.levelling.rules.problem import Problem
from roadmap.levelling.rules.serial import Answer, place_all, without_people
from roadmap.projects import service as projects
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Task

UNDOABLE = {"plan.levelled": "task.edit", "plan.delays_cleared": "task.edit"}
"""What can be taken back, and the permission that this needs."""
WORKERS, SEED, GRACE = 4, 1, 5.0
"""Threads of the solver, its seed, and seconds that the child may take beyond those of the search."""
MOST_SEARCHES = 2
"""How many searches may be under way in an installation at once: each takes all that its seconds give."""
_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import json, sys; sys.path.insert(0, sys.argv[1]); from roadmap.levelling.rules.optimum import improve; "
    "improve(json.loads(sys.stdin.readline()), lambda said: print(json.dumps(said), flush=True))"
)


@dataclass(frozen=True)
class Found:
    """The best answer so far, whether it is proved that none ends earlier, and a moment before which none can end.

    ``lost`` says that the solver died before it came to its end.
    """

    answer: Answer
    proved: bool = False
    bound: int | None = None
    lost: bool = False


def improve(
    problem: Problem,
    answer: Answer,
    seconds: float,
    *,
    tell: Callable[[Found], None] = lambda _found: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Found:
    """The best answer that the solver finds within some seconds.

    ``tell`` hears of every better one and of bounds, ``stopped`` is asked several times a second. Where the solver
    can't be had the answer stays as it is.
    """
    found = Found(answer, proved=not answer.excess and answer.ends == without_people(problem).ends)
    if seconds <= 0 or not any(job.free for job in problem.jobs):
        return found
    grid, steps = lay_out(problem, answer)
    listener, child = _Listener(grid, steps, found), _Child(grid, seconds)
    until = monotonic() + seconds + GRACE
    try:
        while monotonic() < until and not stopped():
            said = child.said()
            if said:
                tell(listener.hear(said))
            if "end" in said:
                break
    finally:
        child.close()
    return listener.found


class _Listener:
    """Turns what the solver says into answers on the true calendars."""

    def __init__(self, grid: Grid, steps: Steps, found: Found) -> None:
        self.grid, self.steps, self.found = grid, steps, found

    def hear(self, said: Mapping[str, Any]) -> Found:
        """The best answer, with what was said now."""
        best, proved, bound = self.found.answer, self.found.proved, self.found.bound
        if "starts" in said:
            best = min((best, *self._answers(said["starts"])), key=lambda each: each.cost)
        if "bound" in said and self.grid.exact and len(best.ends) == 1 and best.problem.mirror is None:
            bound = self.steps.end(said["bound"])
        if "end" in said:
            proved |= self.grid.exact and bool(said.get("proved")) and not best.excess
        self.found = Found(best, proved, bound, lost="lost" in said)
        return self.found

    def _answers(self, starts: Sequence[int]) -> tuple[Answer, Answer]:
        keys = [float(start) for start in starts]
        floors = [self.steps.start(max(start, 0)) for start in starts]
        return place_all(self.steps.problem, keys, floors), place_all(self.steps.problem, keys)


class _Child:
    """The process in which the solver runs: what it says is read in a thread, so that nobody waits for it."""

    def __init__(self, grid: Grid, seconds: float) -> None:
        command = [sys.executable, "-c", _START, str(_ROOT)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own program
        self._lines: Queue[dict[str, Any]] = Queue()
        asked = json.dumps({"grid": asdict(grid), "seconds": seconds, "seed": SEED, "workers": WORKERS})
        threading.Thread(target=self._talk, args=(asked,), daemon=True).start()

    def _talk(self, asked: str) -> None:
        try:
            sender, reader = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
            sender.write(asked + "\n")
            sender.flush()
            for line in reader:
                said = json.loads(line)
                self._lines.put(said)
                if "end" in said:
                    return
        except (OSError, ValueError):
            pass  # it was stopped, or could not be started: what was heard so far holds
        self._lines.put({"end": True, "lost": True})

    def said(self) -> dict[str, Any]:
        """What was said since it was asked last, the newest of each; nothing after a moment of silence."""
        said: dict[str, Any] = {}
        try:
            said |= self._lines.get(timeout=0.2)
            while True:
                said |= self._lines.get_nowait()
        except Empty:
            return said

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            cast("IO[str]", pipe).close()


def apply(project_ids: Sequence[int], delays: Mapping[int, int], cleared: Collection[int], *, actor: Actor) -> Work:
    """Delay tasks by so many minutes of the clock, clear the delay of others, and schedule anew: one transaction."""
    with transaction(actor, "plan.levelled") as work:
        wanted = dict.fromkeys(cleared, 0) | dict(delays)
        for project_id in project_ids:
            projects.opened(work, project_id)
            _delay(work, project_id, wanted)
            tasks.reschedule(project_id, work)
    return work


def clear(project_id: int, *, actor: Actor) -> Work:
    """Take all delays of levelling away. Raises RuleBroken where there are none."""
    with transaction(actor, "plan.delays_cleared") as work:
        projects.opened(work, project_id)
        rows = work.session.scalars(select(Task).where(Task.project_id == project_id, Task.delay_minutes != 0)).all()
        if not rows:
            raise RuleBroken("levelling.nothing", "No task of this plan is delayed by levelling.")
        for row in rows:
            row.delay_minutes = 0
        tasks.reschedule(project_id, work)
    return work


def _delay(work: Work, project_id: int, wanted: Mapping[int, int]) -> None:
    for row in work.session.scalars(select(Task).where(Task.project_id == project_id)):
        if row.id in wanted and row.delay_minutes != wanted[row.id]:
            row.delay_minutes = wanted[row.id]


def propose(found: Situation, first: Answer, seconds: int, *, within_slack: bool, actor: Actor, now: datetime) -> int:
    """Keep the first answer to a situation as a proposal, which is improved for some seconds; its number.

    Earlier proposals of the same person for the same plan go. Raises TooMany while others are searched for.
    """
    project_id = found.projects[0].id
    with transaction(actor, "levelling.proposed", at=now) as work:
        mine = (Proposal.project_id == project_id, Proposal.person_id == actor.id)
        work.session.execute(delete(Proposal).where(*mine))
        if seconds and queries.searches(now) >= MOST_SEARCHES:
            text = "Other plans are being levelled right now. Try again in a minute, or take the first answer."
            raise TooMany("levelling.busy", text)
        row = Proposal(
            project_id=project_id,
            projects=[each.id for each in found.projects],
            person_id=actor.id,
            created_at=now,
            seconds=seconds,
            within_slack=within_slack,
            state="working" if seconds else "done",
            proved=improve(found.problem, first, 0).proved,
            starts=_starts(first),
            progress={},
            digest=digest_of(found.problem),
        )
        work.session.add(row)
        work.session.flush()
        return row.id


def search(app: Flask, proposal_id: int, problem: Problem, answer: Answer, seconds: float) -> threading.Thread:
    """Improve a proposal in the background; the child ends with its time, when it is stopped, or with this process."""

    def go_on() -> None:
        with app.app_context():
            keeper = _Keeper(proposal_id)
            found = improve(problem, answer, seconds, tell=keeper.hear, stopped=keeper.stopped)
            keeper.keep(found, state="done")

    thread = threading.Thread(target=go_on, name="levelling", daemon=True)
    thread.start()
    return thread


class _Keeper:
    """Writes what a search finds, and looks whether it is still wanted; both at most every second."""

    def __init__(self, proposal_id: int) -> None:
        self.id, self.kept, self.looked, self.over = proposal_id, monotonic(), monotonic(), False

    def hear(self, found: Found) -> None:
        """Keep an answer on the way."""
        if monotonic() - self.kept >= 1:
            self.keep(found)

    def keep(self, found: Found, state: str = "") -> None:
        """Keep an answer; a proposal that is gone is gone."""
        self.kept = monotonic()
        with transaction(SYSTEM, "levelling.improved") as work:
            row = work.session.get(Proposal, self.id)
            if row is not None:
                row.starts, row.proved = _starts(found.answer), found.proved
                row.progress = ({"bound": found.bound} if found.bound else {}) | ({"lost": True} if found.lost else {})
                row.state = state or row.state
                row.ended_at = work.at if state else None

    def stopped(self) -> bool:
        """Whether somebody stopped it or threw it away."""
        if not self.over and monotonic() - self.looked >= 1:
            self.looked = monotonic()
            db.session.rollback()
            self.over = db.session.scalar(select(Proposal.state).where(Proposal.id == self.id)) != "working"
        return self.over


def stop(project_id: int, proposal_id: int, *, actor: Actor) -> None:
    """End a search; the best answer so far stays. Raises NotFound."""
    with transaction(actor, "levelling.stopped") as work:
        row = _own(work, project_id, proposal_id)
        if row.state == "working":
            row.state, row.ended_at = "done", work.at


def throw_away(project_id: int, proposal_id: int, *, actor: Actor) -> None:
    """Forget a proposal. Raises NotFound."""
    with transaction(actor, "levelling.thrown_away") as work:
        work.session.delete(_own(work, project_id, proposal_id))


def take(project_id: int, proposal_id: int, result: Outcome, *, actor: Actor) -> Work:
    """Store the delays of a proposal, or of what was chosen of it, and forget it. Raises NotFound."""
    with transaction(actor, "plan.levelled") as work:
        row = _own(work, project_id, proposal_id)
        apply(row.projects, result.delays, result.cleared, actor=actor)
        work.session.delete(row)
    return work


def _own(work: Work, project_id: int, proposal_id: int) -> Proposal:
    row = work.session.get(Proposal, proposal_id)
    if row is None or row.project_id != project_id or row.person_id != work.actor.id:
        raise NotFound
    return row


def _starts(answer: Answer) -> dict[str, int]:
    return {str(job.id): answer.starts[place] for place, job in enumerate(answer.problem.jobs) if job.free}
