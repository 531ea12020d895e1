"""Plans for MS Project: what we write, we read back as the same plan, in the order that MS Project asks for."""

import json
from datetime import UTC, date, datetime
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import select

from accounts.calendars import service as calendars
from infra.database import db
from kernel.actor import SYSTEM
from roadmap.baselines import service as baselines
from roadmap.exchange import queries
from roadmap.exchange import service as exchange
from roadmap.exchange.rules import mspdi_writing
from roadmap.exchange.rules.mspdi_order import ORDER
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Task
from tests import factories
from tests.roadmap.exchange.test_mspdi import file, link, row

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
NS = "{http://schemas.microsoft.com/project}"
SAME = (
    "name",
    "type",
    "wbs",
    "start",
    "finish",
    "early_start",
    "late_finish",
    "total_slack_minutes",
    "critical",
    "percent_complete",
    "constraint_type",
    "constraint_date",
    "deadline",
    "deadline_minute",
    "length",
    "delay_minutes",
    "estimate_low",
    "is_go_live",
    "reason",
)


def written(number):
    return mspdi_writing.write(queries.outgoing(number))


def brought_back(content):
    return exchange.import_plan(exchange.read_plan(content), actor=SYSTEM, now=NOW)


def plan(number):
    found = queries.outgoing(number)
    tasks = {task["id"]: task for task in found.tasks}
    names = {each.key: each.name for each in found.resources}
    return (
        [{name: task[name] for name in SAME} for task in found.tasks],
        {
            (tasks[tie.predecessor_id]["wbs"], tasks[tie.successor_id]["wbs"], tie.type, tie.lag_unit)
            for tie in found.ties
        },
        {(tasks[each.task_id]["wbs"], names[each.resource], each.units) for each in found.assignments},
        (found.start, found.finish),
    )


RICH = file(
    row(1, "<Summary>1</Summary>", name="Phase")
    + row(
        2,
        "<ConstraintType>4</ConstraintType><ConstraintDate>2026-01-07T10:00:00</ConstraintDate><WBS>A.1</WBS>"
        "<Deadline>2026-02-02T15:30:00</Deadline><CalendarUID>2</CalendarUID><Contact>Ana &amp; co</Contact>"
        "<ExtendedAttribute><FieldID>188743731</FieldID><Value>red</Value></ExtendedAttribute>"
        "<Baseline><Number>3</Number><Start>2026-01-05T08:00:00</Start></Baseline>",
        level=2,
    )
    + row(3, link(2, 3, -4800) + "<LevelingDelay>600</LevelingDelay>", level=2)
    + row(4, link(3, 1, 50, 19) + "<PercentComplete>50</PercentComplete>")
    + row(9, "<Milestone>1</Milestone>" + link(4), duration="PT0H0M0S"),
    head="<Manager>Ana</Manager><CurrencyCode>CHF</CurrencyCode><StatusDate>2026-01-06T12:00:00</StatusDate>",
    resources="<Resource><UID>5</UID><Name>Ana</Name><MaxUnits>0.5</MaxUnits><CalendarUID>2</CalendarUID>"
    "<Group>Office</Group></Resource>",
    assignments="<Assignment><UID>8</UID><TaskUID>3</TaskUID><ResourceUID>5</ResourceUID><Units>0.5</Units>"
    "<Work>PT4H0M0S</Work><WorkContour>0</WorkContour></Assignment>",
)


def test_what_came_from_ms_project_goes_back_and_comes_again_the_same(app):
    first = exchange.import_plan(exchange.read_plan(RICH), actor=SYSTEM, now=NOW)
    out = written(first)
    second = brought_back(out)
    assert plan(second) == plan(first)
    assert written(second) == out


def test_what_nothing_here_uses_is_written_again(app):
    root = fromstring(written(exchange.import_plan(exchange.read_plan(RICH), actor=SYSTEM, now=NOW)))
    task = root.findall(f"{NS}Tasks/{NS}Task")[2]
    assert task.findtext(f"{NS}Contact") == "Ana & co"
    assert task.findtext(f"{NS}WBS") == "A.1"
    assert task.findtext(f"{NS}ExtendedAttribute/{NS}Value") == "red"
    assert task.findtext(f"{NS}Baseline/{NS}Number") == "3"
    assert root.findtext(f"{NS}Manager") == "Ana"
    assert root.findtext(f"{NS}CurrencyCode") == "CHF"
    exceptions = root.findall(f"{NS}Calendars/{NS}Calendar/{NS}Exceptions/{NS}Exception/{NS}Type")
    assert [each.text for each in exceptions] == ["2"], "the calendars are still those of the file"
    assert root.findtext(f"{NS}Resources/{NS}Resource/{NS}CalendarUID") == "2"


def test_a_changed_calendar_is_written_as_it_is_now(app):
    number = exchange.import_plan(exchange.read_plan(RICH), actor=SYSTEM, now=NOW)
    role = db.session.scalars(select(ProjectRole).where(ProjectRole.project_id == number)).one()
    calendar_id, before = role.calendar_id, plan(number)
    calendars.add_exception(calendar_id, date(2026, 1, 12), "Closed", [], actor=SYSTEM)
    out = written(number)
    assert b"2026-01-12T00:00:00" in out
    assert before[1:3] == plan(brought_back(out))[1:3]


def test_a_plan_made_here_comes_back(app):
    made = factories.project(country="BE")
    phase = factories.task(made, "Migration <1>")
    first = factories.task(
        made,
        "Map fields",
        parent_id=phase,
        duration_minutes=960,
        estimate_low=480,
        estimate_likely=960,
        estimate_high=1440,
        reason="Without it nothing loads",
    )
    factories.task(made, "Load", parent_id=phase, after=first, deadline=date(2026, 2, 2))
    factories.task(made, "Live", type="milestone", is_go_live=True)
    out = written(made)
    back = brought_back(out)
    wanted, found = plan(made), plan(back)
    for task in (*wanted[0], *found[0]):
        task.pop("deadline_minute")
    assert found == wanted


def test_elements_stand_in_the_order_of_ms_project(app):
    root = fromstring(written(exchange.import_plan(exchange.read_plan(RICH), actor=SYSTEM, now=NOW)))
    for element in root.iter():
        name = element.tag.removeprefix(NS)
        tags = list(dict.fromkeys(child.tag.removeprefix(NS) for child in element))
        if name in ORDER:
            assert tags == sorted(tags, key=ORDER[name].index), name


@pytest.mark.parametrize("uid", ["7", "abc", "99999999999", "0"])
def test_every_row_has_a_number_of_its_own(app, uid):
    made = factories.project()
    for name in ("Map", "Load"):
        task = factories.task(made, name)
        db.session.get_one(Task, task).uid = uid
    numbers = [each.text for each in fromstring(written(made)).findall(f"{NS}Tasks/{NS}Task/{NS}UID")]
    assert len(set(numbers)) == 3
    assert all(number.isdigit() and int(number) < 2**31 for number in numbers)


def test_hostile_text_stays_text(app):
    made = factories.project(name="R&D <b> ]]> \u202e")
    factories.task(made, "=1+1 </Name><Name>x\x0b")
    root = fromstring(written(made))
    assert root.findtext(f"{NS}Title") == "R&D <b> ]]> \u202e"
    assert root.findall(f"{NS}Tasks/{NS}Task/{NS}Name")[1].text == "=1+1 </Name><Name>x"


def test_the_command_writes_it(app, tmp_path):
    from click.testing import CliRunner  # noqa: PLC0415  # only this test runs a command

    from roadmap.exchange.cli import plan as command  # noqa: PLC0415
    from roadmap.reimport.cli import plan as bringing  # noqa: PLC0415

    made = factories.project()
    factories.task(made, "Map")
    target = tmp_path / "plan.xml"
    runner = CliRunner()
    done = runner.invoke(command, ["export", str(made), "--format", "mspdi", "-o", str(target)], obj=lambda: app)
    assert done.exit_code == 0
    answer = json.loads(
        runner.invoke(bringing, ["import", str(target), "--name", "B", "--format", "json"], obj=lambda: app).stdout
    )
    assert (answer["tasks"], answer["warnings"]) == (1, [])


def test_baselines_go_along_the_one_that_counts_first(app):
    made = factories.project()
    factories.task(made, "Map", duration_minutes=480)
    for name, counts in (("Old", False), ("Agreed", True)):
        baselines.take(made, name, "", reference=counts, actor=SYSTEM, now=NOW)
    root = fromstring(written(made))
    found = root.findall(f"{NS}Tasks/{NS}Task/{NS}Baseline")
    assert [each.findtext(f"{NS}Number") for each in found] == ["0", "1"]
    assert found[0].findtext(f"{NS}Start") == "2026-01-05T08:00:00"
    heads, rows = queries.sheet(made)
    assert dict(zip(heads, rows[0], strict=True))["baseline_finish"] == "2026-01-05T17:00"
