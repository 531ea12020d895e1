"""The task table and the task page, as each role meets them."""

from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from checklists import service as checklists
from checklists.models import Section
from infra.database import db
from kernel.actor import SYSTEM
from roadmap.outline import service as outline
from roadmap.tasks import queries, service
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
HOSTILE = "<script>alert(1)</script> מפה 🎉 “quoted”"


@pytest.fixture
def project(app):
    return factories.project()


@pytest.fixture
def manager(project):
    return factories.person("Priya Nair", projects={project: "manager"})


@pytest.fixture
def page(client, manager):
    return factories.sign_in(client, manager)


def row(project, name):
    return next(each for each in queries.rows(project, TODAY) if each.name == name)


def test_the_table_shows_every_row_with_its_dates(page, project):
    first = factories.task(project, "Map")
    factories.task(project, HOSTILE, after=first)
    text = page.get(f"/projects/{project}/tasks").get_data(as_text=True)
    assert "5 Jan<" in text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_slack_of_work_around_the_clock_is_in_days_of_the_clock(page, project):
    id = factories.task(project, "Cure", duration_minutes=1440, elapsed=True)
    factories.task(project, "Build", duration_minutes=10 * 480)
    days = f"{round(row(project, 'Cure').total_slack_minutes / 1440, 1):g} elapsed d"
    for path in ("", f"/{id}"):
        assert days in page.get(f"/projects/{project}/tasks{path}").get_data(as_text=True)


def test_an_empty_plan_says_what_will_be_here(page, project):
    assert "No tasks yet" in page.get(f"/projects/{project}/tasks").get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["?state=late", "?sort=-finish", "?q=map", "?format=csv", "?format=xlsx", "?page=9&sort=zzz"]
)
def test_the_table_is_filtered_sorted_and_exported(page, project, query):
    factories.task(project, "Map")
    assert page.get(f"/projects/{project}/tasks{query}").status_code == 200


def test_rows_sort_by_the_parts_of_their_number(page, project):
    phase = factories.task(project, "Phase")
    for number in range(11):
        factories.task(project, f"Step {number}", parent_id=phase)
    text = page.get(f"/projects/{project}/tasks?format=csv").get_data(as_text=True)
    assert [line.split(",")[0] for line in text.splitlines()[-2:]] == ["1.10", "1.11"]


CELLS = [
    ("name", "Map fields", "Map fields"),
    ("duration_minutes", "3d", "3 d"),
    ("deadline", "2026-03-03", "Tue 3 Mar"),
    ("owner_id", "priya nair", "Priya Nair"),
    ("predecessors", "1", "1"),
]


@pytest.mark.parametrize(("name", "typed", "shown"), CELLS)
def test_a_cell_is_edited_in_place_and_can_be_undone(page, project, name, typed, shown):
    factories.task(project, "Plan")
    id = factories.task(project, "Map")
    before = row(project, "Map")
    answer = page.post(
        f"/projects/{project}/tasks/{id}/cell", data={name: typed, "version": _version(name)}, headers=JSON
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.json["shown"] == shown
    undone = page.post(answer.json["undo_url"], headers=JSON)
    assert undone.status_code == 200, undone.get_data(as_text=True)
    assert row(project, "Map") == before


JSON = {"Accept": "application/json"}


def _version(name):
    return {"name": "Map", "duration_minutes": "1d"}.get(name, "")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"duration_minutes": "soon"}, "3d or 4h"),
        ({"owner_id": "Nobody Known"}, "Priya Nair"),
        ({"predecessors": "77"}, "no task 77"),
        ({"name": ""}, "Give the task a name"),
        ({"name": "x" * 400}, "at most 300"),
        ({"colour": "red"}, "Name the field"),
    ],
)
def test_a_cell_that_cannot_be_says_what_would_be_right(page, project, data, says):
    id = factories.task(project, "Map", owner_id=None)
    version = {"version": "1d"} if "duration_minutes" in data else {"version": "Map"} if "name" in data else {}
    answer = page.post(f"/projects/{project}/tasks/{id}/cell", data={**data, **version}, headers=JSON)
    assert answer.status_code == 422
    assert says in answer.json["detail"]


def test_a_stale_cell_is_not_overwritten(page, project):
    id = factories.task(project, "Map")
    service.change(project, id, {"name": "Map fields"}, actor=SYSTEM, now=NOW)
    answer = page.post(
        f"/projects/{project}/tasks/{id}/cell", data={"name": "Field map", "version": "Map"}, headers=JSON
    )
    assert answer.status_code == 409
    assert row(project, "Map fields")


def _form(page, project, id):
    text = page.get(f"/projects/{project}/tasks/{id}").get_data(as_text=True)
    return text.split('name="base" value="')[1].split('"')[0]


def test_the_form_saves_every_field(page, project):
    id = factories.task(project, "Map")
    sent = {"name": "Map fields", "duration_minutes": "2w", "deadline": "2026-03-03", "estimate_low": "1d"}
    sent |= {"estimate_likely": "2d", "estimate_high": "5d", "constraint_type": "SNET", "constraint_date": "2026-02-02"}
    sent |= {"description": HOSTILE, "base": _form(page, project, id)}
    answer = page.post(f"/projects/{project}/tasks/{id}/edit", data=sent)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    text = page.get(f"/projects/{project}/tasks/{id}").get_data(as_text=True)
    assert "Mon 2 Feb" in text
    assert "<script>alert(1)" not in text


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"duration_minutes": "soon"}, "3d or 4h"),
        ({"percent_complete": "140"}, "140 % is not possible"),
        ({"constraint_type": "SNET"}, "needs a date"),
        ({"description": "x" * 30_000}, "Attach a file"),
        ({"actual_start": "2026-02-03", "actual_finish": "2026-02-01"}, "finish"),
        ({"deadline": "tomorrow"}, "2026-03-03"),
        ({"owner_id": "99999"}, "no such person"),
    ],
)
def test_a_form_that_cannot_be_keeps_what_was_typed(page, project, sent, says):
    id = factories.task(project, "Map")
    base = _form(page, project, id)
    answer = page.post(f"/projects/{project}/tasks/{id}/edit", data={"name": "Kept as typed", **sent, "base": base})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert says in text
    assert "Kept as typed" in text
    assert row(project, "Map")


def test_ten_megabytes_of_note_are_refused_in_words(page, project):
    id = factories.task(project, "Map")
    sent = {"description": "x" * 10_000_000, "base": _form(page, project, id)}
    answer = page.post(f"/projects/{project}/tasks/{id}/edit", data=sent)
    assert answer.status_code in (413, 422)
    assert "too large" in answer.get_data(as_text=True) or "at most 20000 fit" in answer.get_data(as_text=True)


def test_two_forms_on_different_fields_both_win(page, project):
    id = factories.task(project, "Map")
    base = _form(page, project, id)
    service.change(project, id, {"deadline": date(2026, 3, 3)}, actor=SYSTEM, now=NOW)
    answer = page.post(
        f"/projects/{project}/tasks/{id}/edit", data={"name": "Map fields", "deadline": "", "base": base}
    )
    assert answer.status_code == 303
    assert row(project, "Map fields").deadline == date(2026, 3, 3)


def test_two_forms_on_the_same_field_ask(page, project):
    id = factories.task(project, "Map")
    base = _form(page, project, id)
    service.change(project, id, {"name": "Map fields"}, actor=SYSTEM, now=NOW)
    answer = page.post(f"/projects/{project}/tasks/{id}/edit", data={"name": "Field map", "base": base})
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert "Map fields" in text
    assert 'value="Field map"' in text
    again = text.split('name="base" value="')[1].split('"')[0]
    assert (
        page.post(f"/projects/{project}/tasks/{id}/edit", data={"name": "Field map", "base": again}).status_code == 303
    )


@pytest.mark.parametrize(
    ("role", "owned", "status"),
    [
        ("member", True, 303),
        ("member", False, 403),
        ("manager", False, 303),
        ("stakeholder", True, 403),
        ("executive", True, 403),
    ],
)
def test_members_report_on_their_own_tasks_only(client, project, role, owned, status):
    who = factories.person(projects={project: role})
    id = factories.task(project, "Map", owner_id=who.id if owned else None)
    page = factories.sign_in(client, who)
    assert page.get(f"/projects/{project}/tasks/{id}").status_code == 200
    assert page.get(f"/projects/{project}/tasks").status_code == 200
    assert page.post(f"/projects/{project}/tasks/{id}/progress", data={"percent_complete": "40"}).status_code == status


def test_a_member_does_not_edit_the_plan(client, project):
    id = factories.task(project, "Map")
    page = factories.sign_in(client, factories.person(projects={project: "member"}))
    for address in ("add", f"{id}/cell", f"{id}/edit", f"{id}/delete", f"{id}/move", f"{id}/links", "bulk"):
        assert page.post(f"/projects/{project}/tasks/{address}", data={"name": "Mine"}).status_code == 403


def test_another_project_is_not_there(client, project):
    other = factories.project("Asia")
    id = factories.task(other, "Map")
    page = factories.sign_in(client, factories.person(projects={project: "manager"}))
    assert page.get(f"/projects/{other}/tasks").status_code == 404
    assert page.get(f"/projects/{project}/tasks/{id}").status_code == 404
    assert page.post(f"/projects/{project}/tasks/{id}/edit", data={"name": "Mine"}).status_code == 404


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ({"action": "delete"}, []),
        ({"action": "percent", "percent_complete": "50"}, ["Map", "Load"]),
        ({"action": "owner", "owner_id": ""}, ["Map", "Load"]),
        ({"action": "percent", "percent_complete": "140"}, ["Map", "Load"]),
        ({"action": "phase", "phase_id": ""}, None),
        ({"action": "nonsense"}, ["Map", "Load"]),
    ],
)
def test_several_rows_are_changed_together(page, project, sent, names):
    ids = [factories.task(project, name) for name in ("Map", "Load")]
    answer = page.post(f"/projects/{project}/tasks/bulk", data={**sent, "ids": ids})
    assert answer.status_code == (303 if names is not None else 404)
    if names is not None:
        assert [each.name for each in queries.rows(project, TODAY)] == names


def test_a_deleted_task_comes_back_with_its_links(page, project):
    first = factories.task(project, "Map")
    second = factories.task(project, "Load", after=first)
    before = queries.rows(project, TODAY)
    page.post(f"/projects/{project}/tasks/{first}/delete")
    with page.session_transaction() as session:
        undo_url = session["_flashes"][-1][0].partition("|")[2]
    assert page.post(undo_url, headers=JSON).status_code == 200
    assert queries.rows(project, TODAY) == before
    assert row(project, "Load").id == second


def test_rows_move_and_links_are_set_from_the_page(page, project):
    factories.task(project, "Map")
    id = factories.task(project, "Load")
    page.post(f"/projects/{project}/tasks/{id}/move", data={"action": "indent"})
    assert row(project, "Load").wbs == "1.1"
    page.post(f"/projects/{project}/tasks/{id}/move", data={"action": "outdent"})
    assert page.post(f"/projects/{project}/tasks/{id}/links", data={"predecessors": "1"}).status_code == 303
    assert row(project, "Load").predecessors_text == "1"
    refused = page.post(f"/projects/{project}/tasks/{id}/links", data={"predecessors": "9x"})
    assert refused.status_code == 422
    assert 'value="9x"' in refused.get_data(as_text=True)
    assert outline.unlink(project, row(project, "Load").predecessors[0].id, actor=SYSTEM)


def test_the_table_page_takes_few_statements(page, project, asked):
    for number in range(20):
        factories.task(project, f"Step {number}")
    page.get("/notices")  # the first request after half an hour is kept as a sign-in
    with asked() as seen:
        page.get(f"/projects/{project}/tasks")
    assert len([each for each in seen if each.startswith("SELECT")]) <= 12


def guarded(project):
    """A milestone with a list before it that has one required item; the milestone's number."""
    stone = factories.task(project, "Data signed off", type="milestone")
    made, _work = checklists.add_list(project, {"name": "Data", "guards_id": stone}, actor=SYSTEM)
    section = db.session.scalars(select(Section.id).where(Section.checklist_id == made)).one()
    checklists.add_item(project, section, {"name": "Counts agree", "required": True}, actor=SYSTEM)
    return stone


def test_a_milestone_says_beforehand_and_afterwards_what_is_missing(page, project):
    address = f"/projects/{project}/tasks/{guarded(project)}"
    missing = "One required item of “Data” is open."
    before = page.get(address).get_data(as_text=True)
    assert f"{missing}</a>" in before
    button = next(each for each in before.split("<button") if "Mark as reached" in each)
    assert 'aria-disabled="true"' in button
    assert 'aria-describedby="obstacles"' in button
    answer = page.post(f"{address}/progress", data={"percent_complete": "100"})
    assert answer.status_code == 422
    assert f"“Data signed off” can&#39;t be completed yet. {missing}" in answer.get_data(as_text=True)
    assert row(project, "Data signed off").percent == 0


def test_the_history_shows_old_and_new_values(page, project):
    id = factories.task(project, "Map")
    boss = factories.person("Ada Okafor", projects={project: "member"})
    values = {"duration_minutes": 5 * 480, "owner_id": boss.id, "deadline": date(2026, 3, 3), "name": "Map <b>"}
    service.change(project, id, values, actor=SYSTEM, now=NOW)
    text = page.get(f"/projects/{project}/tasks/{id}").get_data(as_text=True)
    for line in (
        "Duration: 1 d → 5 d",
        "Owner: nothing → Ada Okafor",
        "Deadline: nothing → Tue 3 Mar",
        "Name: Map → Map &lt;b&gt;",
    ):
        assert line in text


def test_beside_the_roadmap_a_task_is_saved_or_refused_in_words(page, project):
    id = factories.task(project, "Map")
    address = f"/projects/{project}/tasks/{id}"
    panel = page.get(f"{address}?panel=1").get_data(as_text=True)
    assert "<html" not in panel
    assert 'id="task-panel"' in panel
    refused = page.post(f"{address}/edit", data={"duration_minutes": "soon"}, headers=JSON)
    assert (refused.status_code, "no duration" in refused.get_json()["detail"]) == (422, True)
    base = unescape(panel.partition('name="base" value="')[2].partition('"')[0])
    sent = {"base": base, "duration_minutes": "3d", "percent_complete": "20"}
    saved = page.post(f"{address}/edit", data=sent, headers=JSON)
    assert row(project, "Map").duration_minutes == 3 * 480
    stale = page.post(f"{address}/edit", data=sent | {"duration_minutes": "4d"}, headers=JSON)
    assert (stale.status_code, "meanwhile" in stale.get_json()["detail"]) == (409, True)
    assert saved.get_json()["message"] == "Saved."
    assert page.post(saved.get_json()["undo_url"]).status_code in (200, 303)
    assert row(project, "Map").duration_minutes == 480
