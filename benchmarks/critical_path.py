"""How long the critical path takes: random plans of 1,000, 10,000 and 100,000 tasks, the same on every run.

Run: python -m benchmarks.critical_path [--calendars] [--largest N]
"""

import argparse
import random
import statistics
import time
from datetime import datetime

from kernel.worktime import OFFICE_HOURS, Calendar, standard
from roadmap.schedule.rules import Activity, Link, LinkType, Plan, schedule

SIZES = {1_000: 15, 10_000: 7, 100_000: 3}
REACH_MS = {1_000: 8, 10_000: 100, 100_000: 1_500}
WITH_CALENDARS = 1.5
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


def measure(plan: Plan, runs: int) -> float:
    """Median milliseconds of processor time: nothing here waits, and others share the machine."""
    taken = []
    for _ in range(runs):
        begun = time.process_time()
        schedule(plan)
        taken.append(1_000 * (time.process_time() - begun))
    return statistics.median(taken)


def main() -> None:
    """Print one line a size, and how far from linear the largest is from the smallest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calendars", action="store_true", help="two thirds of the tasks with a calendar of their own")
    parser.add_argument("--largest", type=int, default=max(SIZES), help="leave out larger plans")
    options = parser.parse_args()
    medians = {}
    for size, runs in SIZES.items():
        if size <= options.largest:
            plan = random_plan(size, calendars=options.calendars)
            medians[size] = measure(plan, runs)
            reach = REACH_MS[size] * (WITH_CALENDARS if options.calendars else 1)
            print(f"{size:>7,} tasks, {len(plan.links):>7,} links: {medians[size]:8.1f} ms (to reach: {reach:,.0f} ms)")
    small, large = min(medians), max(medians)
    print(
        f"linearity: {medians[large] / medians[small] / (large / small):.2f} times as long a task as the smallest plan"
    )


if __name__ == "__main__":
    main()
