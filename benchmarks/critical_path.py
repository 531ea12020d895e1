"""How long the critical path takes: random plans of 1,000, 10,000 and 100,000 tasks, the same on every run.

Where TaskJuggler is installed (Debian: tj3) it schedules the same network of 1,000 tasks, for comparison.

Run: python -m benchmarks.critical_path
"""

import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from benchmarks.harness import Figure, measure, run
from kernel.worktime import OFFICE_HOURS, Calendar, standard
from roadmap.schedule.rules import Activity, Link, LinkType, Plan, schedule

SIZES = {1_000: 15, 10_000: 7, 100_000: 3}
REACH_MS = {1_000: 8, 10_000: 100, 100_000: 1_500}
WITH_CALENDARS, LINEAR = 1.5, 2.0
_PLAIN, _LAGGED = 0.85, 0.1
_FOUR_DAYS = Calendar((OFFICE_HOURS,) * 4 + ((), (), ()))


def random_plan(size: int, *, calendars: bool = False) -> Plan:
    """Each task waits for one to three of the sixty before it; most links are plain, one in ten has a lag."""
    chance = random.Random(size)  # noqa: S311  # the same plan every time is the point
    names = (None, "four days", "holidays") if calendars else (None,)
    rows = tuple(
        Activity(number, duration_minutes=240 * chance.randint(1, 20), calendar=chance.choice(names))
        for number in range(size)
    )
    links = {
        (before, number): _random_link(chance, before, number)
        for number in range(60, size)
        for before in chance.sample(range(number - 60, number - 20), chance.choice((1, 1, 2, 3)))
    }
    named = {"four days": _FOUR_DAYS, "holidays": standard([datetime(2026, 4, 6).date()])}
    return Plan(datetime(2026, 1, 5, 8), standard(), rows, tuple(links.values()), calendars=named)


def _random_link(chance: random.Random, before: int, after: int) -> Link:
    kind = LinkType.FS if chance.random() < _PLAIN else chance.choice(list(LinkType))
    return Link(before, after, kind, chance.choice((-480, 240, 480)) if chance.random() < _LAGGED else 0)


def main() -> list[Figure]:
    """One figure a size, without and with calendars of tasks, and how far the largest plan is from linear."""
    plain = [_figure(size, random_plan(size)) for size in SIZES]
    with_calendars = [_figure(size, random_plan(size, calendars=True), WITH_CALENDARS) for size in SIZES]
    small, large = min(SIZES), max(SIZES)
    ratio = plain[-1].value / plain[0].value / (large / small)
    linear = Figure("time a task, largest plan over smallest", ratio, "times", LINEAR)
    return [*plain, *with_calendars, linear, *_beside_taskjuggler()]


def _beside_taskjuggler() -> list[Figure]:
    """How many times as long TaskJuggler takes; none, said aloud, where it is not installed."""
    program = shutil.which("tj3")
    if program is None:
        print("tj3 is not installed here: TaskJuggler was not compared.", file=sys.stderr)
        return []
    whole = random_plan(min(SIZES))
    plain = tuple(replace(link, lag_minutes=0) for link in whole.links if link.type is LinkType.FS)
    plan = replace(whole, links=plain)
    begun = time.process_time()
    schedule(plan)
    ours = time.process_time() - begun
    theirs = _taskjuggler_seconds(program, plan)
    name = f"TaskJuggler on the same {len(plan.activities):,} tasks and {len(plain):,} links"
    return [Figure(name, theirs / ours, "times ours", better="higher")]


def _taskjuggler_seconds(program: str, plan: Plan) -> float:
    """Processor time of a run without reports, starting Ruby and reading the file included."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.tjp"
        file.write_text(_as_taskjuggler(plan), encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [program, "--silent", "--no-reports", str(file)], check=True, cwd=folder, capture_output=True
        )  # the program found above, on a file of ours
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _as_taskjuggler(plan: Plan) -> str:
    """The plan in TaskJuggler's language: working time as lengths, each task after those it waits for."""
    waits: dict[int, list[int]] = {}
    for link in plan.links:
        waits.setdefault(link.successor, []).append(link.predecessor)
    lines = [f'project p "Plan" {plan.start:%Y-%m-%d} +10y {{ timingresolution 60min }}']
    for row in plan.activities:
        depends = ", ".join(f"t{each}" for each in waits.get(row.id, ()))
        after = f" depends {depends}" if depends else f" start {plan.start:%Y-%m-%d}"
        lines.append(f'task t{row.id} "{row.id}" {{ length {row.duration_minutes // 60}h{after} }}')
    return "\n".join(lines) + "\n"


def _figure(size: int, plan: Plan, more: float | None = None) -> Figure:
    """Processor time: nothing here waits, and others share the machine."""
    name = f"{size:,} tasks, {'one calendar' if more is None else 'three calendars'}"
    target = REACH_MS[size] * (more or 1)
    return measure(name, lambda: schedule(plan), runs=SIZES[size], target=target, clock="processor", warm_up=0)


if __name__ == "__main__":
    run(main)
