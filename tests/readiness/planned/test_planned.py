"""What the plan says of criteria: each source on a database, at the edges and where nothing is there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from checklists import service as checklists
from checklists.models import Checklist
from infra.transaction import transaction
from kernel.actor import SYSTEM
from phases.foreseen.models import Foreseen
from readiness.evidence.queries import SOURCES, may_state
from readiness.gates.rules.definitions import Category, Comparator, Criterion
from readiness.gates.rules.results import Result, judge
from readiness.gates.rules.sources import Look
from roadmap.actions import service as actions
from roadmap.actions.rules import ActionData
from roadmap.projects.models import Phase
from roadmap.risks import service as risks
from roadmap.risks.rules import ResponseData, RiskData
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Task
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


@pytest.fixture
def project(app) -> int:
    return factories.project(target_go_live=date(2026, 4, 6))


def asked(source, subject="", **more) -> Criterion:
    usual = {"threshold": 100.0, "unit": "%", "category": Category.PROCESS}
    return Criterion(1, 1, "asked", "Asked", source=source, subject=subject, **(usual | more))


def yes(source, subject) -> Criterion:
    return asked(source, subject, threshold=1.0, unit="yes/no", comparator=Comparator.EQUAL)


def most(source, subject, threshold, **more) -> Criterion:
    return asked(source, subject, threshold=threshold, unit="things", comparator=Comparator.AT_MOST, **more)


def line(project, criterion):
    look = Look(project, NOW, TODAY)
    return judge(criterion, SOURCES[criterion.source].read([criterion], look)[criterion.id], NOW)


def keyed(model, number, key, **more) -> None:
    with transaction(SYSTEM, "test") as work:
        row = work.session.get(model, number)
        for name, value in {"key": key, **more}.items():
            setattr(row, name, value)


@pytest.mark.parametrize(
    ("ticked", "threshold", "result", "value"),
    [(0, 100, "fail", 0.0), (2, 50, "pass", 50.0), (2, 51, "fail", 50.0), (4, 100, "pass", 100.0)],
)
def test_a_checklist_is_the_share_of_its_required_items(project, ticked, threshold, result, value):
    number, items = factories.checklist(project, "Help desk", "One", "Two", "Three", "Four")
    keyed(Checklist, number, "issue-management")
    if ticked:
        checklists.tick_many(project, items[:ticked], actor=SYSTEM, now=NOW)
    found = line(project, asked("checklist", "issue-management", threshold=threshold, minimum_sample=1))
    assert (found.result, found.evidence.value, found.evidence.n) == (result, value, 4)
    assert (found.evidence.offending, len(found.evidence.offenders)) == (4 - ticked, 4 - ticked)
    assert all(each.href.startswith(f"/projects/{project}/checklists/items/") for each in found.evidence.offenders)


def test_what_need_not_be_done_does_not_count_and_no_required_item_is_unknown(project):
    number, _items = factories.checklist(project, "Help desk")
    keyed(Checklist, number, "issue-management")
    assert line(project, asked("checklist", "issue-management")).result is Result.UNKNOWN
    assert "no required item" in line(project, asked("checklist", "issue-management")).evidence.why
    assert line(project, asked("checklist", "another")).result is Result.UNKNOWN
    assert line(project, asked("checklist")).result is Result.UNKNOWN


def test_of_a_list_that_comes_round_the_last_round_counts(project):
    number, items = factories.checklist(project, "Backups", "Done", recurrence="weekly", due=TODAY)
    keyed(Checklist, number, "backups", series="backups")
    checklists.tick_many(project, items, actor=SYSTEM, now=NOW)
    assert line(project, asked("checklist", "backups")).result is Result.PASS
    checklists.next_round(project, number, actor=SYSTEM, today=TODAY)
    assert line(project, asked("checklist", "backups")).result is Result.FAIL


def test_a_milestone_names_what_it_waits_for(project):
    first = factories.task(project, "Load the rows")
    last = factories.task(project, "Migration complete", type="milestone", after=first)
    keyed(Task, last, "migration-complete")
    found = line(project, yes("milestone", "migration-complete"))
    assert (found.result, [each.label for each in found.evidence.offenders]) == (Result.FAIL, ["Load the rows"])
    tasks.change(project, first, {"percent_complete": 100}, actor=SYSTEM, now=NOW)
    assert [each.label for each in line(project, yes("milestone", "migration-complete")).evidence.offenders] == [
        "Migration complete"
    ]
    tasks.change(project, last, {"percent_complete": 100}, actor=SYSTEM, now=NOW)
    found = line(project, yes("milestone", "migration-complete"))
    assert (found.result, found.evidence.offending) == (Result.PASS, 0)
    assert line(project, yes("milestone", "no-such")).result is Result.UNKNOWN


@pytest.mark.parametrize(("percent", "threshold", "result"), [(50, 50, "pass"), (50, 51, "fail"), (100, 100, "pass")])
def test_a_task_counts_in_percent_too(project, percent, threshold, result):
    number = factories.task(project, "Build anticipation", percent_complete=percent)
    keyed(Task, number, "build-anticipation")
    assert line(project, asked("task", "build-anticipation", threshold=threshold)).result == result
    assert line(project, yes("task", "build-anticipation")).result == ("pass" if percent == 100 else "fail")


def risk(project, probability, impact, **more) -> int:
    data = RiskData("Rows are lost", probability=probability, impact=impact, **more)
    return risks.add_risk(project, data, actor=SYSTEM, now=NOW)[0]


@pytest.mark.parametrize(
    ("scores", "result", "value"),
    [((), "unknown", None), (((2, 7 - 2),), "pass", 0.0), (((3, 5), (1, 1)), "fail", 1.0), (((2, 4),), "pass", 0.0)],
)
def test_critical_risks_are_those_from_fifteen_on(project, scores, result, value):
    for probability, impact in scores:
        risk(project, probability, impact)
    found = line(project, most("risk", "critical", 0))
    assert (found.result, found.evidence.value) == (result, value)
    assert found.evidence.offending == (value or 0)


def test_a_risk_without_a_score_may_be_critical(project):
    risk(project, None, None)
    assert line(project, most("risk", "critical", 0)).result is Result.UNKNOWN
    assert line(project, most("risk", "exposure", 100)).result is Result.UNKNOWN
    risk(project, 5, 5)
    assert line(project, most("risk", "critical", 0)).result is Result.FAIL


def test_exposure_is_of_all_or_of_a_phase(project):
    with transaction(SYSTEM, "test") as work:
        phase = Phase(project_id=project, number=2, key="migration", name="Data migration")
        work.session.add(phase)
        work.session.flush()
        phase_id = phase.id
    risk(project, 3, 5, phase_id=phase_id)
    closed = risk(project, 2, 2, phase_id=phase_id)
    risk(project, 2, 3)
    risks.move(project, closed, "rejected", "It is none", actor=SYSTEM, now=NOW)
    assert line(project, most("risk", "exposure", 21)).evidence.value == 21
    found = line(project, most("risk", "migration", 15, minimum_sample=2))
    assert (found.result, found.evidence.value, found.evidence.n) == (Result.PASS, 15, 2)
    assert line(project, most("risk", "migration", 14)).result is Result.FAIL
    assert line(project, most("risk", "golive", 14)).result is Result.UNKNOWN


def test_a_planned_response_needs_an_owner_and_words(project):
    manager = factories.person("Maren", projects={project: "manager"})
    first = risk(project, 2, 3, owner_id=manager.id)
    risk(project, 1, 4)
    assert line(project, asked("risk", "planned-responses")).evidence.value == 0
    risks.add_response(project, first, ResponseData("mitigate", "Rehearse it"), actor=SYSTEM, now=NOW)
    found = line(project, asked("risk", "planned-responses"))
    assert (found.result, found.evidence.n) == (Result.PASS, 1)


def test_health_passes_unless_it_is_red(project):
    planned = {"constraint_type": "SNET", "constraint_date": datetime(2026, 3, 6, 17)}
    go = factories.task(project, "Go-live", type="milestone", is_go_live=True, **planned)
    assert line(project, yes("health", "overall")).result is Result.PASS
    assert line(project, yes("health", "quality")).result is Result.UNKNOWN
    late = {"constraint_type": "SNET", "constraint_date": datetime(2026, 6, 30, 17)}
    tasks.change(project, go, late, actor=SYSTEM, now=NOW)
    found = line(project, yes("health", "overall"))
    assert (found.result, found.evidence.offending) == (Result.FAIL, 1)
    assert may_state(yes("health", "weather"))


def action(project, due, subject="", *, done=False) -> int:
    number, _work = actions.add_action(project, ActionData("Send it", due=due, subject=subject), actor=SYSTEM, now=NOW)
    if done:
        actions.complete(project, number, actor=SYSTEM, now=NOW)
    return number


def test_action_items_of_a_meeting_count_once_they_are_due(project):
    with transaction(SYSTEM, "test") as work:
        meeting = Foreseen(project_id=project, position=1, kind="meeting", key="kickoff", name="Kick-off")
        work.session.add(meeting)
        work.session.flush()
        subject = f"foreseen:{meeting.id}"
    assert line(project, asked("action-items", "kickoff")).result is Result.UNKNOWN
    action(project, TODAY + timedelta(days=1), subject)
    action(project, TODAY - timedelta(days=30))
    assert line(project, asked("action-items", "kickoff")).result is Result.UNKNOWN
    for _each in range(9):
        action(project, TODAY, subject, done=True)
    assert line(project, asked("action-items", "kickoff", minimum_sample=9)).result is Result.PASS
    action(project, TODAY - timedelta(days=1), subject)
    found = line(project, asked("action-items", "kickoff", threshold=90))
    assert (found.result, found.evidence.value, found.evidence.n) == (Result.PASS, 90.0, 10)
    assert found.evidence.offenders[0].label.endswith("Send it")
    assert line(project, asked("action-items", "kickoff", threshold=91)).result is Result.FAIL
    assert line(project, asked("action-items", "nowhere")).result is Result.UNKNOWN


def test_open_and_late_action_items_are_counted(project):
    assert line(project, most("action-items", "open", 0)).result is Result.PASS
    action(project, TODAY)
    dropped = action(project, TODAY - timedelta(days=1))
    actions.drop(project, dropped, "Not needed", actor=SYSTEM, now=NOW)
    assert line(project, most("action-items", "overdue", 0)).result is Result.PASS
    assert line(project, most("action-items", "open", 0)).result is Result.FAIL
    action(project, TODAY - timedelta(days=1))
    assert line(project, most("action-items", "overdue", 0)).evidence.value == 1


def test_another_project_s_plan_says_nothing(project):
    other = factories.project("Another")
    number, _items = factories.checklist(other, "Help desk", "One")
    keyed(Checklist, number, "issue-management")
    risks.add_risk(other, RiskData("Theirs", probability=5, impact=5), actor=SYSTEM, now=NOW)
    assert line(project, asked("checklist", "issue-management")).result is Result.UNKNOWN
    assert line(project, most("risk", "critical", 0)).result is Result.UNKNOWN


def test_each_source_says_what_it_can_be_asked(project):
    number, _items = factories.checklist(project, "Help desk", "One")
    keyed(Checklist, number, "issue-management")
    keyed(Task, factories.task(project, "Go", type="milestone"), "go-decided")
    look = Look(project, NOW, TODAY)
    said = {key: [subject for subject, _name in source.subjects(look)] for key, source in SOURCES.items()}
    assert (said["checklist"], said["milestone"], said["task"]) == (["issue-management"], ["go-decided"], [])
    assert {"critical", "exposure"} <= set(said["risk"])
    assert "overall" in said["health"]
    assert "overdue" in said["action-items"]
    for key, source in SOURCES.items():
        assert all(source.answers(subject) for subject in said[key])


def test_lists_and_tasks_made_by_hand_are_asked_for_by_their_number(project):
    listed, _items = factories.checklist(project, "By hand", "One thing")
    made = factories.task(project, "Made by hand")
    for source, number, name in (("checklist", listed, "By hand"), ("task", made, "Made by hand")):
        assert (f"#{number}", name) in SOURCES[source].subjects(Look(project, NOW, TODAY))
        assert line(project, asked(source, f"#{number}")).evidence.value == 0
        assert line(project, asked(source, "#9999999999")).evidence.value is None
        assert line(project, asked(source, "")).evidence.value is None
    other = factories.project("Another one")
    assert line(other, asked("task", f"#{made}")).evidence.value is None
    assert line(other, asked("checklist", f"#{listed}")).evidence.value is None
