"""Work and reports for the tests of the status report, on a plan without holidays."""

from datetime import date, datetime, time
from types import SimpleNamespace

from kernel.worktime import Calendar, Period
from reports.status.rules.facts import ListState, Work
from reports.status.rules.report import report_of
from roadmap.gantt.rules.plan import GanttInput, GanttLink, GanttTask
from roadmap.standing.rules.standing import standing

START, AS_OF, TARGET = date(2026, 1, 5), date(2026, 2, 18), date(2026, 3, 3)
MADE = datetime(2026, 2, 18, 10, 10)


OFFICE = Calendar(((Period(480, 720), Period(780, 1020)),) * 5 + ((), ()))


def weekday(day):
    return day.weekday() < 5


def work(id, name="", start=date(2026, 2, 9), finish=None, percent=0.0, late=False, **values):
    """A task; late ones should have been done two days before the report unless they say when."""
    finish = finish or date(2026, 2, 16 if late else 20)
    return Work(id, name or f"Task {id}", start, finish, percent, late=late, **values)


def go_live(finish=date(2026, 3, 5), percent=0.0, target=TARGET, **values):
    """The go-live; its id is 99."""
    more = {"promised": target, "basis": "target"} if target else {}
    return work(99, "Go-live", finish, finish, percent, milestone=True, go_live=True, **{**more, **values})


def chart(rows, target=TARGET):
    """The chart of the same work."""
    tasks = tuple(
        GanttTask(
            row.id,
            str(number),
            row.name,
            1,
            "milestone" if row.milestone else "task",
            None,
            datetime.combine(row.start, time(8)),
            datetime.combine(row.finish, time(17)),
            percent=int(row.percent),
            critical=row.critical,
            late=row.late,
        )
        for number, row in enumerate(rows, 1)
    )
    links = tuple(GanttLink(before, row.id) for row in rows for before in row.waits_for)
    goal = next((row.id for row in rows if row.go_live), None)
    last = max((row.finish for row in rows), default=START)
    return GanttInput("Europe launch", tasks, links, START, last, weekday, target=target, go_live=goal)


def standing_of(rows, target=TARGET, state="active", as_of=AS_OF):
    """The standing of the same work."""
    return standing([_row(each) for each in rows], OFFICE, target, state, as_of)


def _row(each):
    return SimpleNamespace(
        id=each.id,
        name=each.name,
        type="milestone" if each.milestone else "task",
        start=datetime.combine(each.start, time(8)),
        finish=datetime.combine(each.finish, time(17)),
        percent=each.percent,
        duration_minutes=0 if each.milestone else 480,
        work_minutes=None,
        actual_start=None,
        actual_finish=None,
        critical=each.critical,
        is_go_live=each.go_live,
        deadline=each.deadline,
    )


def report(rows, lists=(), as_of=AS_OF, target=TARGET, state="active"):
    stands = standing_of(rows, target, state, as_of)
    return report_of(chart(rows, target), stands, rows, lists, as_of, MADE, "Europe/Brussels")


def checklist(id=1, name="Data validated", done=3, total=5, late=0, required_open=2, **values):
    return ListState(id, name, done, total, late, required_open, **values)
