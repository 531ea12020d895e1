"""The pages of phases and of the charter, without scripts."""

import re
from datetime import date

import pytest

from infra.database import db
from phases.foreseen import queries, service
from roadmap.projects import queries as projects
from roadmap.risks import queries as risks
from roadmap.staffing import queries as staffing
from tests import factories

TODAY = date(2026, 2, 18)
MEETING = "Kick-off meeting"


def at(project, rest):
    return f"/projects/{project}/{rest}"


def test_phases_lead_to_the_one_that_runs_now(browser, project):
    answer = browser.get(at(project, "phases"))
    assert answer.status_code == 302
    number = int(answer.location.rpartition("/")[2])
    week = projects.row_of(project).week(TODAY)
    phase = next(each for each in projects.phases(project) if each.number == number)
    assert phase.week_from <= week <= phase.week_to


def test_every_phase_says_its_sentence_and_shows_what_it_foresees(browser, project):
    for phase in projects.phases(project):
        page = browser.get(at(project, f"phases/{phase.number}"))
        assert page.status_code == 200
        assert f"Phase {phase.number} runs" in page.text
        tops = queries.nested(queries.of_phase(project, phase.id, with_projects=False))
        assert all(f'id="e-{each.id}"' in page.text for each in tops)
        assert not re.search(r'\sstyle="|\son\w+="', page.text)
        ids = re.findall(r'\sid="([^"]+)"', page.text)
        assert len(ids) == len(set(ids))


def test_the_sentence_counts_late_tasks_and_criteria(browser, project):
    text = " ".join(re.sub(r"<[^>]+>", "", browser.get(at(project, "phases/2")).text).split())
    day = r"\w{3} \d+ \w{3}"
    assert re.search(f"Phase 2 runs {day} to {day}; \\d+ of \\d+ tasks are late; the gate", text)
    assert re.search(r"the gate “[^”]+” has 7 criteria, \d must-haves\.", text)


def test_a_meeting_shows_its_agenda_with_the_minutes_summed(browser, project, find):
    text = browser.get(at(project, "phases/1")).text
    meeting = next(each for each in queries.nested(queries.elements(project)) if each.name == MEETING)
    assert f"{meeting.minutes} min together" in text
    assert "Welcome and introductions" in text
    assert "Everybody understands the project in the same way" in text


def test_what_belongs_to_no_phase_is_in_the_last_one_and_in_the_charter(browser, project):
    last = projects.phases(project)[-1].number
    for page in (f"phases/{last}", "charter"):
        text = browser.get(at(project, page)).text
        assert "at least 80 %" in text
        assert "answer within 2 h" in text


def test_a_meeting_shows_its_action_items_and_takes_more(browser, project, find):
    meeting = find(MEETING)
    text = browser.get(at(project, "phases/1")).text
    assert "Name an owner for each data source" in text
    back = f"{at(project, 'phases/1')}#e-{meeting.id}"
    sent = {"title": "Book the large room", "subject": f"foreseen:{meeting.id}", "back": back, "owner_id": ""}
    answer = browser.post(at(project, "actions/new"), data=sent)
    assert (answer.status_code, answer.location) == (303, back)
    assert "Book the large room" in browser.get(at(project, "phases/1")).text


def test_the_charter_holds_scope_objectives_and_the_risks_worst_first(browser, project):
    text = browser.get(at(project, "charter")).text
    assert "out of scope" in text
    assert "Sales revenue up by 15 %" in text
    heaviest = risks.heaviest(risks.register(project))[:5]
    places = [text.index(f"/projects/{project}/risks/{each.id}") for each in heaviest]
    assert places == sorted(places)


def test_a_tick_without_scripts_comes_back_to_its_place_with_undo(browser, project, find):
    back = at(project, "phases/1?state=all")
    answer = browser.post(at(project, f"foreseen/{find(MEETING).id}/state"), data={"done": "1", "back": back})
    assert (answer.status_code, answer.location) == (302, f"{back}#e-{find(MEETING).id}")
    assert find(MEETING).state == "done"
    assert "/undo/" in browser.get(back).text


def test_a_tick_by_script_is_answered_in_json(browser, project, find):
    address = at(project, f"foreseen/{find(MEETING).id}/state")
    headers = {"Accept": "application/json"}
    first = browser.post(address, data={"done": "1"}, headers=headers).json
    assert first["done"] is True
    assert first["undo_url"]
    again = browser.post(address, data={"done": "1"}, headers=headers).json
    assert again == {"done": True, "message": "It was so already.", "undo_url": ""}
    refused = browser.post(address, data={"state": "dropped"}, headers=headers)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")


def test_note_day_and_role_are_changed_in_place(browser, project, find):
    element = find(MEETING)
    page = browser.get(at(project, f"phases/1?edit={element.id}")).text
    base = re.search(r'name="base" value="([^"]+)"', page)[1]
    role = staffing.roles(project)[1]
    data = {
        "note": "Room 5",
        "due": "2026-01-08",
        "role_id": str(role.id),
        "base": base,
        "back": at(project, "phases/1"),
    }
    assert browser.post(at(project, f"foreseen/{element.id}/change"), data=data).status_code == 302
    changed = find(MEETING)
    assert (changed.note, changed.due.isoformat(), changed.role, changed.due_fixed) == (
        "Room 5",
        "2026-01-08",
        role.name,
        True,
    )
    assert "Room 5" in browser.get(at(project, "phases/1")).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"due": "soon"}, "Not a valid date"),
        ({"note": "Kept" + "x" * 20_000}, "20000"),
        ({"role_id": "99999"}, "Not a valid choice"),
        ({"role_id": "x"}, "Invalid Choice"),
    ],
)
def test_a_wrong_value_is_said_in_place_and_what_was_typed_stays(browser, project, find, typed, said):
    element = find(MEETING)
    data = {"note": "Kept words", "due": "", "role_id": "", "base": "", "back": "", **typed}
    answer = browser.post(at(project, f"foreseen/{element.id}/change"), data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Kept" in answer.text
    assert find(MEETING).note == ""


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(browser, project, manager, find):
    element = find(MEETING)
    base = re.search(r'name="base" value="([^"]+)"', browser.get(at(project, f"phases/1?edit={element.id}")).text)[1]
    service.set_note(project, element.id, "Theirs", actor=manager)
    data = {"note": "Mine", "due": element.due.isoformat(), "role_id": str(element.role_id or ""), "base": base}
    answer = browser.post(at(project, f"foreseen/{element.id}/change"), data=data)
    assert answer.status_code == 422
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    assert find(MEETING).note == "Theirs"


def test_several_at_once(browser, project):
    ids = [each.id for each in queries.elements(project, kinds=["kpi"])][:3]
    address = at(project, "foreseen/bulk")
    browser.post(address, data={"ids": ids, "action": "dropped", "back": at(project, "charter")})
    browser.post(address, data={"ids": ids[:1], "action": "due", "due": "2026-03-03"})
    db.session.rollback()
    found = {each.id: each for each in queries.elements(project, kinds=["kpi"])}
    assert [found[id].state for id in ids] == ["dropped"] * 3
    assert found[ids[0]].due.isoformat() == "2026-03-03"
    for wrong in ({}, {"ids": ids, "action": "fly"}, {"ids": ids, "action": "due", "due": "soon"}):
        assert browser.post(address, data=wrong).status_code == 302


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leads_away(browser, project, find, back):
    answer = browser.post(at(project, f"foreseen/{find(MEETING).id}/state"), data={"done": "1", "back": back})
    assert answer.location.startswith(f"/projects/{project}/phases")


def test_filters_by_state_and_kind(browser, project, manager, find):
    service.set_state(project, find(MEETING).id, "done", actor=manager)
    done = browser.get(at(project, "phases/1?state=done")).text
    assert MEETING in done
    assert "Weekly team meeting" not in done
    assert MEETING not in browser.get(at(project, "phases/1?kind=communication")).text
    agenda_only = browser.get(at(project, "phases/1?state=planned&kind=meeting")).text
    assert "Welcome and introductions" in agenda_only
    for odd in ("?state=x&kind=y&edit=z", "?edit=99999", "?kind=agenda"):
        assert browser.get(at(project, f"phases/1{odd}")).status_code == 200


@pytest.mark.parametrize("role", ["stakeholder", "executive"])
def test_those_who_only_read_see_states_and_no_boxes(app, project, role):
    browser = factories.sign_in(app.test_client(), factories.person(projects={project: role}))
    page = browser.get(at(project, "phases/1?edit=1")).text
    assert "<h2" in page
    assert "data-tick" not in page
    assert "row-check" not in page
    assert 'name="note"' not in page


def test_a_phase_that_is_not_there_is_not_found(browser, project):
    assert browser.get(at(project, "phases/99")).status_code == 404


def test_a_project_without_phases_says_how_to_get_some(app, client, manager):
    empty = factories.project("Empty", actor=manager)
    browser = factories.sign_in(client, manager)
    assert "No phases yet" in browser.get(at(empty, "phases")).text
    assert "not made from a template" in browser.get(at(empty, "charter")).text


def test_hostile_words_are_text(browser, project, manager, find):
    bad = "<script>alert(1)</script>\"'{{7*7}}%(x)s 100 %"
    service.set_note(project, find(MEETING).id, bad, actor=manager)
    for page in ("phases/1", f"phases/1?edit={find(MEETING).id}", "phases/1?kind=<script>alert(1)&state=<b>"):
        text = browser.get(at(project, page)).text
        assert "<script>alert(1)" not in text
    assert "{{7*7}}%(x)s 100 %" in browser.get(at(project, "phases/1")).text


@pytest.mark.parametrize(("page", "most"), [("phases/1", 15), ("phases/5", 15), ("phases/7", 15), ("charter", 12)])
def test_a_page_asks_the_database_seldom(browser, project, asked, page, most):
    """Gates and what they ask are two statements of the floor above."""
    browser.get(at(project, page))
    with asked() as statements:
        assert browser.get(at(project, page)).status_code == 200
    assert len(statements) <= most, "\n".join(statements)
