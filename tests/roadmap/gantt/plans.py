"""Plans for the tests of the Gantt: a roll-out of forty rows, and plans of any size."""

from datetime import date, datetime, time, timedelta

from roadmap.gantt.rules.plan import GanttInput, GanttLink, GanttTask

START = date(2026, 1, 5)
PEOPLE = {1: "Priya Nair", 2: "Hannah Okafor", 3: "Tomas Lindqvist", 4: "Aisha Rahman", 5: "Ruth Adeyemi"}

# Level, name, first day, last day, percent, owner, days of slack; "c" critical, "l" late, "m" milestone.
ROLL_OUT = """
1|Kick-off and planning|5 1|16 1|100|0|0|
2|Kick-off meeting|6 1|6 1|100|1|0|
2|Scope, objectives and metrics|7 1|13 1|100|1|0|
2|Audit of the four data sources|8 1|14 1|100|2|0|
2|Communication plan|13 1|15 1|100|4|0|
2|Charter signed|16 1|16 1|100|5|0|m
1|Data migration|12 1|20 2|88|0|0|c
2|Profile and assess sources|12 1|16 1|100|2|0|
2|Clean and standardise|19 1|27 1|100|2|0|
2|Field mapping, four sources|19 1|22 1|100|3|0|
2|Pilot migration, 500 records|28 1|30 1|100|2|0|
2|Full migration, 10 batches|2 2|10 2|100|2|0|
2|Validate and reconcile|11 2|20 2|60|2|0|cl
2|Backup and restore drill|12 2|19 2|75|3|3|
2|Data signed off|20 2|20 2|0|5|0|mc
1|Configuration|19 1|25 2|79|0|0|c
2|Process mapping|19 1|26 1|100|1|0|
2|Modules and custom fields|27 1|3 2|100|3|0|
2|Roles and permissions|2 2|9 2|100|3|0|
2|Permission test matrix|10 2|19 2|55|3|2|
2|Workflow automation, five rules|4 2|12 2|100|3|0|
2|E-mail and accounting sync|5 2|20 2|70|3|1|
2|Reports and dashboards|9 2|19 2|90|4|2|
2|Integration and system test|23 2|25 2|0|3|0|c
2|Configuration frozen|25 2|25 2|0|3|0|mc
1|Training and adoption|9 2|4 3|24|0|0|
2|Training needs by role|9 2|11 2|100|4|0|
2|Guides and short videos|11 2|20 2|65|4|2|
2|Champions trained|18 2|20 2|10|4|3|
2|Sales workshops, 3 sessions|23 2|26 2|0|4|2|
2|Service workshops, 2 sessions|26 2|27 2|0|4|2|
2|Self-paced modules and test|23 2|3 3|0|4|1|
2|80 % of users trained|4 3|4 3|0|4|1|m
1|Go-live and launch|23 2|13 3|6|0|0|c
2|Launch announcement|23 2|27 2|15|4|4|
2|User acceptance test|26 2|2 3|0|1|0|c
2|Go / no-go meeting|3 3|3 3|0|5|0|mc
2|Data freeze and cutover|4 3|4 3|0|2|0|c
2|Go-live|5 3|5 3|0|1|0|mc
2|Hypercare and help desk|5 3|13 3|0|3|5|
1|Monitoring and optimisation|9 3|27 3|0|0|0|
2|KPI tracking and anomalies|9 3|25 3|0|4|2|
2|User survey and focus groups|16 3|20 3|0|1|2|
2|Adoption review|27 3|27 3|0|5|1|m
"""
LINKS = [
    (3, 6),
    (6, 9),
    (8, 9),
    (9, 11),
    (11, 12),
    (12, 13),
    (13, 15),
    (15, 24),
    (17, 18),
    (19, 20),
    (24, 25),
    (25, 36),
]
LINKS += [(28, 30), (32, 33), (36, 37), (37, 38), (38, 39), (39, 40), (43, 44)]
STARTS_TOGETHER = (20, 23)
ENDS_TOGETHER = (22, 23)


def weekday(day):
    return day.weekday() < 5


def roll_out(**changes):
    lines = [line.split("|") for line in ROLL_OUT.strip().splitlines()]
    tasks, numbers = [], [0, 0]
    for number, (level, name, start, finish, percent, owner, slack, marks) in enumerate(lines, 1):
        numbers = [numbers[0] + 1, 0] if level == "1" else [numbers[0], numbers[1] + 1]
        parent = None if level == "1" else next(task.id for task in reversed(tasks) if task.level == 1)
        end = _moment(finish, 17)
        tasks.append(
            GanttTask(
                id=number,
                wbs=str(numbers[0]) if level == "1" else f"{numbers[0]}.{numbers[1]}",
                name=name,
                level=int(level),
                type="summary" if level == "1" else "milestone" if "m" in marks else "task",
                parent=parent,
                start=end if "m" in marks else _moment(start, 9),
                finish=end,
                percent=int(percent),
                critical="c" in marks,
                slack_minutes=int(slack) * 480,
                slack_end=later(end, int(slack)),
                deadline=datetime(2026, 2, 13, 17) if name == "Validate and reconcile" else None,
                owner_name=PEOPLE.get(int(owner), ""),
                owner_initials="".join(word[0] for word in PEOPLE.get(int(owner), "").split()),
                owner_id=int(owner) or None,
                late="l" in marks,
                href=f"/tasks/{number}",
                duration_label="",
            )
        )
    critical = {task.id for task in tasks if task.critical}
    links = [GanttLink(a, b, "FS", a in critical and b in critical) for a, b in LINKS]
    links += [GanttLink(*STARTS_TOGETHER, "SS"), GanttLink(*ENDS_TOGETHER, "FF")]
    given = {
        "name": "Europe launch",
        "tasks": tuple(tasks),
        "links": tuple(links),
        "start": START,
        "finish": date(2026, 4, 3),
        "today": date(2026, 2, 18),
        "status_date": date(2026, 2, 13),
        "target": date(2026, 3, 3),
        "is_working": weekday,
    }
    return GanttInput(**(given | changes))


def plan_of(count, per_phase=12, name="Prepare step {n} of the roll-out"):
    """A plan of `count` rows over a year: phases of a dozen tasks, each task after the one before it."""
    tasks, links = [], []
    for n in range(count):
        start = datetime.combine(START + timedelta(n * 360 // count), time(9))
        summary = n % per_phase == 0
        parent = None if summary else n - n % per_phase + 1
        kind = "summary" if summary else "milestone" if n % per_phase == per_phase - 1 else "task"
        finish = datetime.combine(start.date() + timedelta(20 if summary else 6), time(17))
        tasks.append(
            GanttTask(
                n + 1, str(n + 1), name.format(n=n), 1 if summary else 2, kind, parent, start, finish,
                percent=n * 7 % 101, critical=n % 5 == 0, slack_minutes=n % 4 * 480, slack_end=later(finish, n % 4),
                owner_name=PEOPLE[n % 5 + 1], owner_initials="AB", owner_id=n % 5 + 1, late=n % 9 == 0,
                href=f"/tasks/{n}",
            )
        )  # fmt: skip
        if n > 1 and not summary:
            links.append(GanttLink(n if (n - 1) % per_phase else n - 1, n + 1, "FS", n % 5 == 0))
    return GanttInput(
        "Large", tuple(tasks), tuple(links), START, START + timedelta(390), weekday, START + timedelta(60)
    )


def later(moment, days):
    while days:
        moment += timedelta(1)
        days -= weekday(moment)
    return moment


def _moment(text, hour):
    day, month = text.split()
    return datetime(2026, int(month), int(day), hour)
