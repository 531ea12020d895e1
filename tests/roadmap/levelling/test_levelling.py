"""Plans of the database: what is proposed, what is stored, what others do, what the command says."""

import json
from datetime import date, datetime

import pytest

from infra.database import db
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.levelling import charts, queries, service
from roadmap.levelling.rules.serial import level
from roadmap.outline import service as outline
from roadmap.projects import service as lives
from roadmap.projects.models import Project
from roadmap.staffing import service as staffing
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Task, TaskDates
from tests import factories
from tests.fixtures.app import NOW
from web import wiring
from web.cli import merged

MONDAY = date(2026, 3, 2)
DAY = 480


@pytest.fixture
def ann(app):
    return factories.person("Ann")


@pytest.fixture
def project(app):
    return factories.project(start=MONDAY)


@pytest.fixture
def clash(project, ann):
    """Two tasks of Ann on the same two days, the second before the go-live."""
    first = factories.task(project, "Cleanse", owner_id=ann.id, duration_minutes=2 * DAY)
    second = factories.task(project, "Train", owner_id=ann.id, duration_minutes=2 * DAY)
    live = factories.task(project, "Go-live", after=second, type="milestone", duration_minutes=0)
    return first, second, live


def proposal(*ids, reader=SYSTEM, **more):
    db.session.rollback()
    found = queries.situation(ids, reader, MONDAY, **more)
    return queries.outcome(found, level(found.problem))


def starts(project):
    db.session.rollback()
    query = db.select(TaskDates.task_id, TaskDates.start).where(TaskDates.project_id == project)
    return {row[0]: row[1] for row in db.session.execute(query)}


def test_a_proposal_says_who_which_day_how_much_and_what_comes_first(project, clash):
    result = proposal(project)
    assert [each.percent for each in result.situation.overloads] == [200]
    assert not result.overloads
    (move,) = result.moves
    assert (move.task_id, move.start, move.new_start) == (clash[0], datetime(2026, 3, 2, 8), datetime(2026, 3, 4, 8))
    assert charts.reason(result.situation, move) == "Ann would be at 200 % on Mon 2 Mar; “Train” comes first"


def test_delays_are_stored_and_taken_back(project, clash, ann):
    result = proposal(project)
    before = starts(project)
    work = service.apply([project], result.delays, (), actor=SYSTEM)
    assert starts(project)[clash[0]] == datetime(2026, 3, 4, 8)
    assert db.session.get(Task, clash[0]).delay_minutes == 2880
    undo(work.transaction_id, actor=SYSTEM)
    assert starts(project) == before


def test_levelling_again_leaves_all_as_it_is(project, clash):
    result = proposal(project)
    service.apply([project], result.delays, (), actor=SYSTEM)
    again = proposal(project)
    assert not again.moves
    assert again.delays == result.delays


def test_cleared_delays_are_gone_and_can_come_back(project, clash):
    service.apply([project], proposal(project).delays, (), actor=SYSTEM)
    work = service.clear(project, actor=SYSTEM)
    assert starts(project)[clash[0]] == datetime(2026, 3, 2, 8)
    undo(work.transaction_id, actor=SYSTEM)
    assert starts(project)[clash[0]] == datetime(2026, 3, 4, 8)
    service.clear(project, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="No task of this plan is delayed"):
        service.clear(project, actor=SYSTEM)


def test_pinned_tasks_that_clash_are_named(project, ann):
    for name in ("Cleanse", "Train"):
        pinned = {"constraint_type": "MSO", "constraint_date": datetime(2026, 3, 3, 8)}
        factories.task(project, name, owner_id=ann.id, **pinned)
    result = proposal(project)
    assert not result.moves
    (left,) = charts.clashes(result)
    assert left.said == "Ann, 200 % on 3 Mar"
    assert left.because == (
        "“Cleanse”, 100 %: must start on Tue 3 Mar",
        "“Train”, 100 %: must start on Tue 3 Mar",
    )


def test_work_in_other_projects_is_fixed_and_unnamed_to_who_may_not_see_it(project, clash, ann):
    other = factories.project("Secret", start=MONDAY)
    db.session.get(Project, other).state = "active"
    factories.task(other, "Hidden", owner_id=ann.id, duration_minutes=3 * DAY)
    reader = factories.person("Max", projects={project: "manager"})
    result = proposal(project, reader=reader)
    begins = {move.task_id: move.new_start for move in result.moves}
    assert begins.keys() == set(clash)
    assert {begins[clash[0]], begins[clash[1]]} == {datetime(2026, 3, 5, 8), datetime(2026, 3, 9, 8)}
    assert "Hidden" not in json.dumps([charts.reason(result.situation, move) for move in result.moves])
    assert any("other work" in charts.reason(result.situation, move) for move in result.moves)
    assert starts(other) == {id: datetime(2026, 3, 2, 8) for id in starts(other)}


def test_projects_levelled_together_share_out_one_person(project, clash, ann):
    other = factories.project("Second", start=MONDAY)
    third = factories.task(other, "Write", owner_id=ann.id, duration_minutes=2 * DAY)
    result = proposal(project, other)
    assert not result.overloads
    begins = {move.task_id: move.new_start for move in result.moves}
    assert len(begins.keys() & {third, *clash}) == 3  # the go-live follows or one of the three tasks stays


def test_within_slack_the_go_live_stays(project, clash):
    factories.task(project, "Close", duration_minutes=9 * DAY)
    tight = proposal(project, within_slack=True)
    assert not tight.overloads
    assert clash[2] not in {move.task_id for move in tight.moves}


def test_some_of_the_moves_leave_some_of_the_overload(project, clash, ann):
    factories.task(project, "Write", owner_id=ann.id, duration_minutes=2 * DAY)
    whole = proposal(project)
    assert len(whole.moves) == 2
    found = whole.situation
    part = queries.outcome(found, level(found.problem), only=[whole.moves[0].task_id])
    assert len(part.moves) == 1
    assert [each.percent for each in part.overloads] == [200]


def test_roles_that_stand_for_several_people_are_shared(project):
    role = staffing.add_role(project, {"name": "Testers"}, actor=SYSTEM)[0]
    for name in ("One", "Two", "Three"):
        factories.task(project, name, role_id=role)
    assert len(proposal(project).moves) == 2


def test_begun_work_stays_and_what_follows_it_finds_room(project, clash):
    tasks.set_progress(project, clash[0], 50, actor=SYSTEM, now=NOW)
    result = proposal(project)
    assert clash[0] not in {move.task_id for move in result.moves}


def test_a_plan_without_tasks_says_so(project):
    with pytest.raises(RuleBroken, match="no tasks to level"):
        proposal(project)


def test_the_solver_finds_what_the_first_answer_misses_and_proves_it(project, ann):
    bea = factories.person("Bea")
    for number, (days, after) in enumerate([(3, None), (2, None), (2, None), (4, 1), (3, 2), (5, 3)]):
        owner = (ann if after is None else bea).id
        made = factories.task(project, f"T{number}", owner_id=owner, duration_minutes=days * DAY)
        if after is not None:
            outline.link(project, made - 3, made, actor=SYSTEM)
    found = queries.situation([project], SYSTEM, MONDAY)
    heard = []
    best = service.improve(found.problem, level(found.problem), 3, tell=heard.append)
    assert best.proved
    assert best.answer.cost <= level(found.problem).cost
    result = queries.outcome(found, best.answer)
    assert not result.overloads
    assert result.finish.date() == date(2026, 3, 19)
    assert charts.status_of(result, proved=best.proved) == "optimal"


def test_the_command_prints_moves_with_reasons_and_stores_them(app, project, clash):
    run = app.test_cli_runner()
    command = merged(wiring.commands())
    plan = next(each for each in command if each.name == "plan")
    said = run.invoke(plan, ["level", str(project), "--seconds", "0", "--format", "json"], obj=lambda: app)
    data = json.loads(said.output)
    assert (data["status"], data["applied"], data["overloads_left"]) == ("feasible", False, [])
    assert [each["task"] for each in data["moves"]] == [clash[0]]
    assert data["finish_before"] < data["finish_after"]
    said = run.invoke(plan, ["level", str(project), "--seconds", "0", "--apply"], obj=lambda: app)
    assert "Stored." in said.output
    assert starts(project)[clash[0]] == datetime(2026, 3, 4, 8)
    said = run.invoke(plan, ["level", str(project), "--seconds", "0"], obj=lambda: app)
    assert "Nothing to level." in said.output


def test_a_plan_that_is_laid_back_from_its_finish_begins_sooner_and_is_taken_back(project, clash):
    lives.edit(project, {"finish_by": datetime(2026, 3, 27, 17)}, actor=SYSTEM)
    before = starts(project)
    result = proposal(project)
    assert [each.percent for each in result.situation.overloads] == [200]
    assert (result.overloads, result.finish) == ([], datetime(2026, 3, 27, 17))
    assert charts.sentence(result) == "everybody has room, and the plan begins 2 days sooner, on Tue 24 Mar."
    moved = next(move for move in result.moves if move.chosen)
    assert charts.reason(result.situation, moved).startswith("Ann would be at 200 % on")
    work = service.apply([project], result.delays, result.cleared, actor=SYSTEM)
    assert starts(project) == {id: dates.start for id, dates in result.after[0].dates.items()}
    assert not proposal(project).moves
    undo(work.transaction_id, actor=SYSTEM)
    assert starts(project) == before
    with pytest.raises(RuleBroken, match="Level it alone"):
        proposal(project, factories.project("Other", start=MONDAY))
