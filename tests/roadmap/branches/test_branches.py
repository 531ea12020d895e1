"""Branching a plan, working in the branch, merging it back, throwing it away."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from infra.bulk import columns_of
from infra.database import db
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.baselines import service as baselines
from roadmap.branches import queries, service
from roadmap.costs import service as costs
from roadmap.forecast import service as forecasts
from roadmap.forecast.cli import plan as commands
from roadmap.gantt.queries import gantt_input
from roadmap.outline import service as outline
from roadmap.projects import queries as projects
from roadmap.projects import service as lives
from roadmap.projects.models import Project
from roadmap.risks import service as risks
from roadmap.risks.rules import RiskData
from roadmap.staffing import service as staffing
from roadmap.tasks import queries as tasks
from roadmap.tasks import service as plans
from roadmap.tasks.models import Assignment, Dependency, Task
from roadmap.timesheet import service as timesheet
from roadmap.twins.queries import start_of
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


@pytest.fixture
def plan(app):
    """A roll-out with a phase, three tasks in a row, a role, and who works on the second task."""
    project = factories.project("Europe launch", target_go_live=date(2026, 3, 3))
    above = factories.task(project, "Data")
    first = factories.task(project, "Clean", parent_id=above, duration_minutes=960)
    second = factories.task(project, "Move", parent_id=above, after=first)
    third = factories.task(project, "Check", after=second)
    role, _work = staffing.add_role(project, {"name": "Data steward"}, actor=SYSTEM)
    with service.transaction(SYSTEM, "task.changed") as work:
        work.session.add(Assignment(project_id=project, task_id=second, role_id=role, units=50, kept={"a": 1}))
    plans.set_progress(project, first, 50, actor=SYSTEM, now=NOW)
    return {"project": project, "above": above, "first": first, "second": second, "third": third, "role": role}


def branched(plan, name="Two more trainers"):
    return service.branch_off(plan["project"], name, "To be sure.", actor=SYSTEM, now=NOW)


def twin(branch, number):
    twins = start_of(branch).twins["task"]
    return next(int(copy) for copy, trunk in twins.items() if trunk == number)


def change(project, task, **values):
    return plans.change(project, task, values, actor=SYSTEM, now=NOW)


def merge(plan, branch, choices=None):
    return service.merge_back(plan["project"], branch, choices, actor=SYSTEM, now=NOW)


def test_a_branch_is_the_plan_as_it_stands_with_everything_that_a_row_can_say(plan):
    branch = branched(plan)
    start = start_of(branch)
    assert queries.read(branch, start.twins).shot == start.plan == queries.read(plan["project"]).shot
    dates = {row.name: (row.start, row.finish, row.percent) for row in tasks.rows(plan["project"], TODAY)}
    assert {row.name: (row.start, row.finish, row.percent) for row in tasks.rows(branch, TODAY)} == dates
    assert {part.model for part in queries.PARTS} >= {Task, Dependency, Assignment}
    for part in queries.PARTS:
        assert set(part.columns) == set(columns_of(part.model)) - {"project_id"}


def test_a_merge_brings_what_the_branch_changed_and_keeps_what_the_plan_changed(plan):
    branch = branched(plan)
    change(branch, twin(branch, plan["second"]), duration_minutes=1440)
    change(plan["project"], plan["second"], name="Move all")
    plans.set_progress(plan["project"], plan["first"], 80, actor=SYSTEM, now=NOW)
    made, _work = outline.add(branch, {"name": "Rehearse"}, actor=SYSTEM, parent_id=twin(branch, plan["above"]))
    outline.link(branch, made, twin(branch, plan["third"]), actor=SYSTEM)
    work = merge(plan, branch)
    rows = {row.name: row for row in tasks.rows(plan["project"], TODAY)}
    assert set(rows) == {"Data", "Clean", "Move all", "Rehearse", "Check"}
    assert (rows["Move all"].duration_minutes, rows["Clean"].percent) == (1440, 80)
    assert [each.wbs for each in rows["Check"].predecessors] == ["1.2", "1.3"]
    assert rows["Data"].type == "summary"
    assert projects.row_of(branch).state == "merged"
    undo(work.transaction_id, actor=SYSTEM)
    assert {row.name for row in tasks.rows(plan["project"], TODAY)} == {"Data", "Clean", "Move all", "Check"}
    assert projects.row_of(branch).state == "branch"


def test_the_same_field_changed_on_both_sides_waits_for_a_choice(plan):
    branch = branched(plan)
    change(branch, twin(branch, plan["third"]), duration_minutes=1440)
    change(plan["project"], plan["third"], duration_minutes=2400)
    with pytest.raises(service.Undecided) as caught:
        merge(plan, branch)
    [found] = caught.value.open
    assert (found.field, found.base, found.branch, found.trunk) == ("duration_minutes", 480, 1440, 2400)
    assert projects.row_of(branch).state == "branch"
    merge(plan, branch, {found.id: "trunk"})
    assert tasks.task(plan["project"], plan["third"], TODAY).duration_minutes == 2400


def test_a_row_removed_here_and_changed_there_waits_for_a_choice_and_may_come_back(plan):
    branch = branched(plan)
    change(branch, twin(branch, plan["second"]), duration_minutes=1440)
    outline.delete(plan["project"], [plan["second"]], actor=SYSTEM)
    [found] = service.preview(plan["project"], branch).open
    assert (found.key, found.field, found.trunk) == (f"task:{plan['second']}", "", None)
    merge(plan, branch, {found.id: "branch"})
    rows = {row.name: row for row in tasks.rows(plan["project"], TODAY)}
    assert rows["Move"].duration_minutes == 1440
    assert [each.wbs for each in rows["Check"].predecessors] == [rows["Move"].wbs]
    assert db.session.scalar(select(Assignment.units).where(Assignment.task_id == rows["Move"].id)) == 50


def test_a_row_removed_in_the_branch_goes_with_its_links(plan):
    branch = branched(plan)
    outline.delete(branch, [twin(branch, plan["second"])], actor=SYSTEM)
    merge(plan, branch)
    rows = {row.name: row for row in tasks.rows(plan["project"], TODAY)}
    assert set(rows) == {"Data", "Clean", "Check"}
    assert rows["Check"].predecessors == ()


def test_a_cycle_that_only_both_together_make_is_named_and_nothing_changes(plan):
    free = factories.task(plan["project"], "Free")
    branch = branched(plan)
    outline.link(branch, twin(branch, plan["third"]), twin(branch, free), actor=SYSTEM)
    outline.link(plan["project"], free, plan["first"], actor=SYSTEM)
    with pytest.raises(RuleBroken, match="Free"):
        merge(plan, branch)
    assert projects.row_of(branch).state == "branch"


def test_thrown_away_it_is_out_of_sight_until_it_is_taken_back(plan):
    branch = branched(plan)
    work = service.throw_away(plan["project"], branch, actor=SYSTEM, now=NOW)
    assert queries.branches(plan["project"]) == []
    with pytest.raises(RuleBroken, match="thrown away"):
        change(branch, twin(branch, plan["second"]), duration_minutes=60)
    undo(work.transaction_id, actor=SYSTEM)
    assert [row.name for row in queries.branches(plan["project"])] == ["Two more trainers"]


@pytest.mark.parametrize(("name", "says"), [(" ", "what is tried"), ("x" * 121, "at most 120")])
def test_a_branch_needs_a_name_that_fits(plan, name, says):
    with pytest.raises(RuleBroken, match=says):
        branched(plan, name)


def test_a_plan_that_is_over_and_a_branch_are_not_branched(plan):
    branch = branched(plan)
    with pytest.raises(RuleBroken, match="branch already"):
        service.branch_off(branch, "Again", actor=SYSTEM, now=NOW)
    lives.archive(plan["project"], actor=SYSTEM, now=NOW)
    with pytest.raises(RuleBroken, match="archived"):
        branched(plan, "Late")
    with pytest.raises(RuleBroken, match="archived"):
        merge(plan, branch)
    with pytest.raises(NotFound):
        service.branch_off(4711, "Nothing", actor=SYSTEM, now=NOW)


def test_a_branch_of_another_plan_is_not_found(plan):
    other, branch = factories.project("Asia"), branched(plan)
    for act in (service.merge_back, service.throw_away):
        with pytest.raises(NotFound):
            act(other, branch, actor=SYSTEM, now=NOW)
    assert db.session.get(Project, branch).branch_of_id == plan["project"]


def test_a_branch_is_forecast_with_the_risks_of_its_trunk(plan):
    for number, low in ((plan["third"], 960), (plan["second"], 480)):
        change(plan["project"], number, estimate_low=low, estimate_likely=low * 2, estimate_high=low * 4)
    branch = branched(plan)
    assert queries.figures(plan["project"], TODAY, SYSTEM).p80 is None
    service.forecast(plan["project"], branch, TODAY, actor=SYSTEM, now=NOW)
    plain, same = (queries.figures(each, TODAY, SYSTEM).p80 for each in (plan["project"], branch))
    assert plain == same is not None
    change(branch, twin(branch, plan["third"]), duration_minutes=9600, estimate_high=96_000)
    assert queries.figures(branch, TODAY, SYSTEM).p80 is None
    service.forecast(plan["project"], branch, TODAY, actor=SYSTEM, now=NOW)
    assert queries.figures(branch, TODAY, SYSTEM).p80 > plain


def test_the_command_and_the_page_strike_a_branch_with_the_risks_of_its_trunk_too(app, plan):
    change(plan["project"], plan["third"], estimate_low=480, estimate_likely=960, estimate_high=4800)
    data = RiskData("It breaks", probability=3, impact=3, chance=50, days_low=10, days_high=10)
    risk, _work = risks.add_risk(plan["project"], data, actor=SYSTEM, now=NOW)
    risks.link(plan["project"], risk, f"task:{plan['second']}", actor=SYSTEM)
    branch = branched(plan)
    said = [
        json.loads(CliRunner().invoke(commands, ["forecast", str(each), "--format", "json"], obj=lambda: app).stdout)
        for each in (plan["project"], branch)
    ]
    assert [said[1][name] for name in ("p10", "p50", "p80", "p95")] == [
        said[0][name] for name in ("p10", "p50", "p80", "p95")
    ]
    ground, answer = forecasts.reckon(branch, TODAY, runs=100)
    assert ground.model.threats[0].tasks == (twin(branch, plan["second"]),)
    assert ("risk", risk) in {(each.kind, each.id) for each in answer.helps}
    outline.delete(branch, [twin(branch, plan["second"])], actor=SYSTEM)
    ground = forecasts.reckon(branch, TODAY, runs=100)[0]
    assert (ground.model.threats, [each.why for each in ground.basis.left_out]) == ((), ["done"])


def test_a_baseline_of_the_trunk_lies_under_the_bars_of_a_branch_by_what_stands_for_its_tasks(plan):
    kept, _work = baselines.take(plan["project"], "Kick-off", "", reference=True, actor=SYSTEM, now=NOW)
    branch = branched(plan)
    new = factories.task(branch, "Look again")
    there, here = (gantt_input(each, TODAY, chosen=[kept]) for each in (plan["project"], branch))
    assert (here.baselines, here.overlays[0].name) == (there.baselines, "Kick-off")
    task = plan["third"]
    assert here.overlays[0].spans[twin(branch, task)] == there.overlays[0].spans[task]
    assert (len(here.overlays[0].spans), new in here.overlays[0].spans) == (len(there.overlays[0].spans), False)
    own, _work = baselines.take(branch, "Tried", "", reference=False, actor=SYSTEM, now=NOW)
    assert [name for _id, name in gantt_input(branch, TODAY).baselines] == ["Tried", "Kick-off"]
    assert gantt_input(plan["project"], TODAY, chosen=[own]).overlays == ()


def test_where_work_stands_is_no_what_if(plan):
    branch = branched(plan)
    lives.edit(plan["project"], {"status_date": TODAY}, actor=SYSTEM)
    assert projects.row_of(branch).status_date == TODAY
    dates = [[(row.start, row.finish) for row in tasks.rows(each, TODAY)] for each in (plan["project"], branch)]
    assert dates[0] == dates[1]


def catch_up(plan, branch, choices=None):
    return service.catch_up(plan["project"], branch, choices, actor=SYSTEM)


def both_went_on(plan):
    """A branch and its plan that were both changed: a field each, a new row each, one that the plan removed."""
    free = factories.task(plan["project"], "Free", parent_id=plan["above"])
    branch = branched(plan)
    change(branch, twin(branch, plan["second"]), duration_minutes=1440)
    outline.add(branch, {"name": "Rehearse"}, actor=SYSTEM, parent_id=twin(branch, plan["above"]))
    change(plan["project"], plan["second"], name="Move all")
    made = factories.task(plan["project"], "Sign", after=plan["third"])
    outline.delete(plan["project"], [free], actor=SYSTEM)
    plans.set_progress(plan["project"], plan["first"], 100, actor=SYSTEM, now=NOW)
    return branch, made


def said(project):
    rows = tasks.rows(project, TODAY)
    return {row.name: (row.duration_minutes, row.percent, row.predecessors_text, row.level) for row in rows}


def test_a_branch_is_brought_up_to_date_and_the_plan_stays(plan):
    branch, made = both_went_on(plan)
    before, plain = said(branch), said(plan["project"])
    work = catch_up(plan, branch)
    rows = said(branch)
    assert set(rows) == {"Data", "Clean", "Move all", "Check", "Sign", "Rehearse"}
    assert (rows["Move all"][0], rows["Clean"][1], rows["Sign"][2]) == (1440, 100, "2")
    assert said(plan["project"]) == plain
    assert twin(branch, made)
    assert start_of(branch).plan == queries.read(plan["project"]).shot
    with pytest.raises(RuleBroken, match="is up to date"):
        catch_up(plan, branch)
    undo(work.transaction_id, actor=SYSTEM)
    assert said(branch) == before
    assert set(said(branch)) >= {"Free", "Move"}
    catch_up(plan, branch)
    assert said(branch) == rows


def test_merging_gives_the_same_plan_whether_the_branch_was_brought_up_to_date_or_not(plan):
    branch, _made = both_went_on(plan)
    work = merge(plan, branch)
    at_once = said(plan["project"])
    undo(work.transaction_id, actor=SYSTEM)
    catch_up(plan, branch)
    change(plan["project"], plan["third"], name="Check all")
    merge(plan, branch)
    later = said(plan["project"])
    assert later.pop("Check all") == at_once.pop("Check")
    assert later == at_once


def test_what_both_changed_waits_for_a_choice_before_a_branch_is_up_to_date(plan):
    branch = branched(plan)
    change(branch, twin(branch, plan["third"]), duration_minutes=1440)
    change(plan["project"], plan["third"], duration_minutes=2400)
    with pytest.raises(service.Undecided) as caught:
        catch_up(plan, branch)
    catch_up(plan, branch, {each.id: "branch" for each in caught.value.open})
    assert tasks.task(branch, twin(branch, plan["third"]), TODAY).duration_minutes == 1440
    assert service.preview(plan["project"], branch).open == ()


def test_hours_logged_in_the_plan_count_in_what_a_branch_costs(plan):
    ann = factories.person("Ann", projects={plan["project"]: "member"})
    for whose in ({"role_id": plan["role"]}, {"person_id": ann.id}):
        rate = costs.RateData(date(2026, 1, 5), 10_000, **whose)
        costs.set_rate(plan["project"], rate, actor=SYSTEM, today=TODAY)
    for number in (plan["first"], plan["second"], plan["third"]):
        change(plan["project"], number, role_id=plan["role"])
    branch = branched(plan)
    before = queries.figures(branch, TODAY, SYSTEM).cost
    entry = timesheet.EntryData(ann.id, TODAY, 480)
    timesheet.log(plan["project"], plan["second"], entry, actor=ann, today=TODAY, now=NOW)
    assert queries.figures(branch, TODAY, SYSTEM).cost == before + 80_000
