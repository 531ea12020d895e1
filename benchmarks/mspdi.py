"""A plan of 1,000 tasks from and to MS Project: read, imported with all its dates, written.

The plan has calendars, resources, assignments, links and the fields that MS Project writes beside them; on disk, as the
command does it. Run: python -m benchmarks.mspdi
"""

import random
import tempfile
from datetime import datetime

from benchmarks.harness import Figure, measure, run, settle
from infra import migrate
from infra.database import db
from infra.wires import wires
from kernel.actor import SYSTEM
from roadmap.exchange import queries, service
from roadmap.exchange.rules import mspdi_writing
from roadmap.exchange.rules.plan_file import PlanFile
from web.app import create_app
from web.places import place
from web.settings import read

TASKS, PHASE, PEOPLE, RUNS, REACH_MS = 1_000, 20, 25, 5, 2_000
LINKED, LAGGED = 0.9, 0.2
OTHER = "".join(
    f"<{tag}>0</{tag}>"
    for tag in (
        "FixedCost",
        "OvertimeCost",
        "ActualCost",
        "ACWP",
        "CV",
        "HideBar",
        "Rollup",
        "BCWS",
        "BCWP",
        "Recurring",
    )
)
"""What MS Project says of every task and nothing here uses."""


def main() -> list[Figure]:
    """The median of each."""
    content = _file()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = create_app(read({"ROADMAP_DATA_DIR": folder, "ROADMAP_SECRET_KEY": "x" * 40}))
        with app.app_context():
            migrate.upgrade(db.engine, place("migrations"))
            plan = service.read_plan(content)
            number = _import(plan)
            settle()
            size = f"{TASKS:,} tasks, {len(content) / 2**20:.1f} MB"
            return [
                measure(f"MSPDI read, {size}", lambda: service.read_plan(content), runs=RUNS, clock="processor"),
                measure(
                    f"MSPDI import, {size}",
                    lambda: _import(service.read_plan(content)),
                    runs=RUNS,
                    target=REACH_MS,
                    clock="processor",
                ),
                measure(
                    f"MSPDI export, {TASKS:,} tasks",
                    lambda: mspdi_writing.write(queries.outgoing(number)),
                    runs=RUNS,
                    target=REACH_MS,
                    clock="processor",
                ),
            ]


def _import(plan: PlanFile) -> int:
    number = service.import_plan(plan, actor=SYSTEM, now=wires().clock(), name="Plan")
    db.session.remove()
    return number


def _file() -> bytes:
    chance = random.Random(1)  # noqa: S311  # the same plan every time is the point
    tasks = "".join(_task(chance, number) for number in range(1, TASKS + 1))
    calendars = "".join(_calendar(number) for number in range(1, PEOPLE + 2))
    people = "".join(
        f"<Resource><UID>{number}</UID><ID>{number}</ID><Name>Person {number}</Name><Type>1</Type>"
        f"<MaxUnits>1</MaxUnits><CalendarUID>{number + 1}</CalendarUID></Resource>"
        for number in range(1, PEOPLE + 1)
    )
    work = "".join(
        f"<Assignment><UID>{number}</UID><TaskUID>{number}</TaskUID>"
        f"<ResourceUID>{chance.randint(1, PEOPLE)}</ResourceUID><Units>1</Units></Assignment>"
        for number in range(1, TASKS + 1)
        if number % PHASE != 1
    )
    start = datetime(2026, 1, 5, 8).isoformat()
    return (
        f'<Project xmlns="{mspdi_writing.NAMESPACE}"><Name>Plan</Name><StartDate>{start}</StartDate>'
        f"<CalendarUID>1</CalendarUID><Calendars>{calendars}</Calendars><Tasks>{tasks}</Tasks>"
        f"<Resources>{people}</Resources><Assignments>{work}</Assignments></Project>"
    ).encode()


def _task(chance: random.Random, number: int) -> str:
    parent = number % PHASE == 1
    link = ""
    if number % PHASE not in (0, 1, 2) and chance.random() < LINKED:
        lag = chance.choice((-4800, 4800)) if chance.random() < LAGGED else 0
        link = (
            f"<PredecessorLink><PredecessorUID>{number - 1}</PredecessorUID>"
            f"<Type>{chance.choice((0, 1, 1, 1, 3))}</Type>"
            f"<LinkLag>{lag}</LinkLag><LagFormat>7</LagFormat></PredecessorLink>"
        )
    return (
        f"<Task><UID>{number}</UID><ID>{number}</ID><Name>Step {number}</Name><Type>1</Type>"
        f"<OutlineLevel>{1 if parent else 2}</OutlineLevel><Priority>500</Priority><Summary>{int(parent)}</Summary>"
        f"<Duration>PT{8 * chance.randint(1, 9)}H0M0S</Duration><DurationFormat>7</DurationFormat>{OTHER}"
        f"<ConstraintType>0</ConstraintType>{link}</Task>"
    )


def _calendar(number: int) -> str:
    hours = "".join(
        f"<WorkingTime><FromTime>{begin}:00:00</FromTime><ToTime>{end}:00:00</ToTime></WorkingTime>"
        for begin, end in (("08", "12"), ("13", "17"))
    )
    week = "".join(
        f"<WeekDay><DayType>{day}</DayType><DayWorking>{int(1 < day < 7)}</DayWorking>"  # noqa: PLR2004  # Sunday is 1
        f"<WorkingTimes>{hours * (1 < day < 7)}</WorkingTimes></WeekDay>"  # noqa: PLR2004  # as above
        for day in range(1, 8)
    )
    base = f"<WeekDays>{week}</WeekDays>" if number == 1 else ""
    day = f"2026-0{1 + number % 9}-1{number % 5}"
    off = (
        f"<Exceptions><Exception><TimePeriod><FromDate>{day}T00:00:00</FromDate><ToDate>{day}T23:59:00</ToDate>"
        "</TimePeriod><Type>1</Type><DayWorking>0</DayWorking></Exception></Exceptions>"
    )
    above = -1 if number == 1 else 1
    head = f"<UID>{number}</UID><Name>C{number}</Name><BaseCalendarUID>{above}</BaseCalendarUID>"
    return f"<Calendar>{head}{base}{off}</Calendar>"


if __name__ == "__main__":
    run(main)
