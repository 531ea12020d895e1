"""A file brought into a plan that is there: only what it says otherwise changes, and one undo takes all of it back."""

import copy
import json
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.absences import service as absences
from accounts.absences.rules import Span
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.baselines import queries as known_baselines
from roadmap.baselines import service as baselines
from roadmap.costs import queries as costs
from roadmap.exchange import queries as exchange
from roadmap.exchange import service as files
from roadmap.reimport import queries, service
from roadmap.tasks import queries as tasks
from roadmap.tasks import service as progress
from tests import factories
from tests.fixtures.app import NOW
from tests.roadmap.exchange.test_mspdi import file, link, row
from tests.roadmap.reimport.conftest import KINDS, bring, look, shot, written

DAY = 480


@pytest.fixture
def plan(app):
    id = factories.project()
    phase = factories.task(id, "Migration")
    first = factories.task(id, "Map", parent_id=phase, duration_minutes=2 * DAY)
    second = factories.task(id, "Load", parent_id=phase, duration_minutes=3 * DAY, after=first)
    live = factories.task(id, "Go-live", type="milestone", after=second, is_go_live=True)
    return id, {"phase": phase, "first": first, "second": second, "live": live}


def rows(id):
    return {row.name: row for row in tasks.rows(id, date(2026, 1, 5))}


def changed(id, **more):
    """The plan's own file, with its tasks changed by name."""
    data = json.loads(written(id, "json"))
    for task in data["tasks"]:
        task.update(more.get(task["name"].replace("-", "_"), {}))
    return json.dumps(data).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_plan_says_itself_changes_nothing(rich, kind):
    before, content = shot(rich), written(rich, kind)
    found = look(rich, content)
    assert (found.differences, found.left, found.also, found.notes, found.moved) == ((), (), (), (), 0)
    bring(rich, content)
    assert shot(rich) == before
    assert written(rich, "xml") == written(rich, "xml")


@pytest.mark.parametrize("kind", KINDS)
def test_a_baseline_that_a_sheet_has_no_name_for_is_not_added_once_more(plan, kind):
    id, _rows = plan
    baselines.take(id, "Kick-off", "", reference=True, actor=SYSTEM, now=NOW)
    assert bring(id, written(id, kind)).also == ()
    assert [each.name for each in known_baselines.of_project(id)] == ["Kick-off"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_made_here_takes_its_own_file_unchanged(plan, kind):
    id, _tasks = plan
    before, content = shot(id), written(id, kind)
    bring(id, content)
    assert shot(id) == before


def test_it_changes_what_the_file_says_otherwise_and_undo_takes_it_back(plan):
    id, made = plan
    before = shot(id)
    content = changed(id, Map={"name": "Map the fields", "duration_minutes": 4 * DAY})
    found = look(id, content)
    assert shot(id) == before, "looking stores nothing"
    lines = {(line.field, line.trunk, line.branch) for each in found.differences for line in each.lines}
    assert lines == {("name", "Map", "Map the fields"), ("duration_minutes", 2 * DAY, 4 * DAY)}
    assert found.ends["go_live"] == "2026-01-09"
    assert found.ends["live_after"] == "2026-01-13"
    done = bring(id, content)
    assert rows(id)["Map the fields"].id == made["first"]
    assert rows(id)["Go-live"].finish == datetime(2026, 1, 13, 17)
    once = shot(id)
    bring(id, content)
    assert shot(id) == once, "twice is once"
    undo(done.work.transaction_id, actor=SYSTEM, asked=True)
    assert shot(id) == before
    assert rows(id)["Go-live"].finish == datetime(2026, 1, 9, 17)


def test_new_rows_stand_where_the_file_has_them_and_others_stay_until_they_are_taken_out(plan):
    id, made = plan
    data = json.loads(written(id, "json"))
    data["tasks"] = [task for task in data["tasks"] if task["name"] != "Load"]
    data["tasks"].insert(1, {"id": "n", "wbs": "1.0", "name": "Profile", "duration_minutes": DAY})
    for task in data["tasks"]:
        task["predecessors"] = [{"id": "n"}] if task["name"] == "Map" else []
    content = json.dumps(data).encode()
    found = look(id, content)
    assert [each[:2] for each in found.left] == [(made["second"], "Load")]
    bring(id, content)
    assert [row.name for row in tasks.rows(id, date(2026, 1, 5))] == ["Migration", "Profile", "Map", "Load", "Go-live"]
    assert [row.name for row in tasks.rows(id, date(2026, 1, 5)) if row.critical] != []
    assert rows(id)["Load"].start == datetime(2026, 1, 8, 8), "its links to rows of the file stay"
    bring(id, content, out=[made["second"]])
    assert "Load" not in rows(id)


def test_what_is_done_stays_done(plan):
    id, made = plan
    content = written(id, "json")
    progress.set_progress(id, made["first"], 100, actor=SYSTEM, now=NOW)
    progress.set_progress(id, made["second"], 50, actor=SYSTEM, now=NOW)
    before = shot(id)
    found = look(id, content)
    assert [where for where, _what in found.notes] == ["Map", "Load"]
    bring(id, content)
    assert shot(id) == before


def test_progress_of_the_file_is_taken_over(plan):
    id, _made = plan
    bring(id, changed(id, Map={"percent_complete": 40, "actual_start": "2026-01-06T08:00"}))
    assert rows(id)["Map"].percent == 40
    assert rows(id)["Map"].start == datetime(2026, 1, 6, 8)


def test_a_sheet_says_only_what_its_columns_say(plan):
    id, made = plan
    before = shot(id)
    bring(id, b"name,duration\nMigration,\nMap,5d\nLoad,3d\nGo-live,0d\nCelebrate,1d\n")
    after = shot(id)
    assert after[f"task:{made['first']}"]["duration_minutes"] == 5 * DAY
    same = {key: row for key, row in before.items() if key != f"task:{made['first']}"}
    assert {key: after[key] for key in same} == same
    assert rows(id)["Celebrate"].wbs == "3"


def test_a_file_of_ms_project_finds_its_rows_again(app):
    content = file(row(1) + row(2, link(1)))
    id = files.import_plan(files.read_plan(content), actor=SYSTEM, now=NOW)
    again = file(
        row(7, name="Before") + row(1, link(7), name="Renamed") + row(2, link(1, lag=4800), duration="PT16H0M0S")
    )
    found = look(id, again)
    assert {(each.what, found.names[each.key]) for each in found.differences} >= {("added", "Before")}
    bring(id, again)
    assert [row.name for row in tasks.rows(id, NOW.date())] == ["Renamed", "Task 2", "Before"]
    assert exchange.outgoing(id).tasks[0]["uid"] == "1"
    back = look(id, again)
    assert back.differences == (), "twice is once"


def test_resources_are_found_by_name_and_who_works_on_what_follows(plan):
    id, _made = plan
    sheet = b"name,resources\nMigration,\nMap,Ana[50%]; Bo\nLoad,Bo\n"
    bring(id, sheet)
    once = shot(id)
    names = {row["name"] for key, row in once.items() if key.startswith("project_role:")}
    assert names == {"Ana", "Bo"}
    bring(id, sheet)
    assert shot(id) == once
    bring(id, b"name,resources\nMigration,\nMap,Ana\nLoad,Bo\n")
    assert not any(key.startswith("task_assignment:") for key in shot(id))


def test_an_owner_stays_whoever_they_are(plan):
    id, made = plan
    owner = factories.person("Ana Holm", projects={id: "member"})
    progress.change(id, made["first"], {"owner_id": owner.id}, actor=SYSTEM, now=NOW)
    for kind in KINDS:
        before = shot(id)
        bring(id, written(id, kind))
        assert shot(id) == before
    bring(id, b"name,resources\nMigration,\nMap,Bo\nLoad,\n")
    assert shot(id)[f"task:{made['first']}"]["owner_id"] is None


def test_days_off_of_a_person_stay_theirs(plan):
    id, made = plan
    owner = factories.person("Ana Holm", projects={id: "member"})
    progress.change(id, made["first"], {"owner_id": owner.id}, actor=SYSTEM, now=NOW)
    absences.add_absence(owner.id, Span(date(2026, 1, 6), date(2026, 1, 6)), "holiday", actor=SYSTEM)
    before, content = shot(id), written(id, "xml")
    assert "<Name>Ana Holm</Name>" in content.decode()
    found = look(id, content)
    assert (found.differences, found.also, found.notes) == ((), (), ())
    absences.add_absence(owner.id, Span(date(2026, 1, 8), date(2026, 1, 8)), "holiday", actor=SYSTEM)
    assert [each[0] for each in look(id, content).notes] == ["Ana Holm"]
    bring(id, content)
    assert shot(id) == before


def test_a_calendar_and_the_status_date_of_the_file_count(rich):
    data = json.loads(written(rich, "json"))
    data["project"]["status_date"] = "2026-01-07"
    data["calendars"][0]["exceptions"].append({"day": "2026-01-08", "name": "Fair", "periods": []})
    found = look(rich, json.dumps(data).encode())
    assert len(found.also) == 2
    bring(rich, json.dumps(data).encode())
    assert look(rich, json.dumps(data).encode()).also == ()


def test_undo_takes_back_calendars_baselines_costs_and_the_status_date(rich):
    baselines.take(rich, "Kick-off", "", reference=True, actor=SYSTEM, now=NOW)
    before, content = shot(rich), written(rich, "json")
    data = json.loads(content)
    data["project"]["status_date"] = "2026-01-07"
    data["calendars"][0]["exceptions"][0] = {"day": "2026-01-08", "name": "Fair", "periods": []}
    data["calendars"][0]["exceptions"][1]["name"] = "Holy Night"
    data["calendars"].append({**data["calendars"][0], "name": "Nights of the fair"})
    data["costs"] = [*data.get("costs", []), {"name": "Stand", "day": "2026-01-05", "cents": 5000}]
    first = copy.deepcopy(data["baselines"][0])
    data["baselines"].append({**first, "name": "After the fair", "number": 9})
    data["tasks"][1]["name"] += " again"
    done = bring(rich, json.dumps(data).encode())
    assert len(done.also) >= 3
    assert written(rich, "json") != content
    undo(done.work.transaction_id, actor=SYSTEM, asked=True)
    assert shot(rich) == before
    assert written(rich, "json") == content


def test_costs_count_only_for_whoever_may_change_them(plan, monkeypatch):
    id, made = plan
    content = written(id, "json")
    data = json.loads(content)
    data["costs"] = [{"name": "Licences", "day": "2026-01-05", "cents": 5000, "task": str(made["first"])}]
    content = json.dumps(data).encode()
    monkeypatch.setattr(service, "_may", lambda *_asked: False)
    bring(id, content)
    assert costs.fixed_costs(id) == []
    monkeypatch.undo()
    bring(id, content)
    bring(id, content)
    assert [each.cents for each in costs.fixed_costs(id)] == [5000]


def test_a_file_that_makes_no_sense_changes_nothing(plan):
    id, _made = plan
    before = shot(id)
    for content in (b"name,duration\nMap,soon\n", b"id,name,predecessors\n1,Map,2\n2,Load,1\n", b"%PDF-1.7"):
        with pytest.raises(RuleBroken):
            bring(id, content)
    assert shot(id) == before


def test_a_plan_that_somebody_changed_meanwhile_asks_again(plan):
    id, made = plan
    content = changed(id, Map={"duration_minutes": 4 * DAY})
    sent, stamp = queries.read(id, content), look(id, content).stamp
    progress.change(id, made["second"], {"name": "Load it all"}, actor=SYSTEM, now=NOW)
    with pytest.raises(service.Changed):
        service.take(id, sent, stamp, actor=SYSTEM)
    service.take(id, sent, service.stamp_of(id), actor=SYSTEM)


def test_a_plan_without_tasks_takes_all_of_the_file(app):
    id = factories.project()
    content = file(row(1, name="Phase") + row(2, level=2))
    assert len(look(id, content).differences) >= 2
    done = bring(id, content)
    assert [row.wbs for row in tasks.rows(id, NOW.date())] == ["1", "1.1"]
    undo(done.work.transaction_id, actor=SYSTEM, asked=True)
    assert tasks.rows(id, NOW.date()) == []


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["Map", "Load", "Test"]), st.integers(1, 9), st.integers(0, 100)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["csv", "json", "xml"]),
)
def test_any_file_twice_is_the_same_as_once_and_then_the_plan_says_what_the_file_says(app, tasks_of_file, kind):
    id = factories.project()
    for name in ("Map", "Load", "Check"):
        factories.task(id, name)
    other = factories.project()
    for name, days, percent in tasks_of_file:
        factories.task(other, name, duration_minutes=days * DAY, priority=percent)
    content = written(other, kind)
    bring(id, content)
    once = shot(id)
    bring(id, content)
    assert shot(id) == once
    assert look(id, content).differences == ()
