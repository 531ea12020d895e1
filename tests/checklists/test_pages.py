"""The pages of checklists, as each role meets them; without JavaScript."""

from datetime import date, timedelta
from io import BytesIO

import pytest

from checklists import queries, service
from checklists.rules import EvidenceKind
from infra.database import db
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
HOSTILE = "<script>alert(1)</script> \u202eמפה 🎉 “quoted” {{ 7*7 }} %(name)s"
JSON = {"Accept": "application/json"}


@pytest.fixture
def made(project):
    return factories.checklist(project, "Pre-implementation", "Audit", "Map", "Load")


@pytest.fixture
def base(project):
    return f"/projects/{project}/checklists"


@pytest.fixture
def member(app, project):
    who = factories.person("Hannah Okafor", projects={project: "member"})
    return factories.sign_in(app.test_client(), who)


def text(answer, status=200):
    assert answer.status_code == status, answer.get_data(as_text=True)[:600]
    return answer.get_data(as_text=True)


def base_of(page, address):
    """What the form on an item's page showed, as its hidden field says."""
    shown = text(page.get(address.removesuffix("/change")))
    return shown.split('name="base" value="')[1].split('"')[0]


def ticked(project, item):
    return queries.item(project, item).tick is not None


def test_a_project_without_lists_says_what_will_be_here(page, base):
    assert "Lists that people tick" in text(page.get(base))


def test_the_page_opens_with_the_first_list_that_is_not_done(page, base, project, made):
    service.tick_many(project, made[1], actor=SYSTEM, now=NOW)
    factories.checklist(project, "Cutover", "Freeze")
    shown = text(page.get(base))
    assert "<bdi>Cutover</bdi> is" in shown
    assert "0 of 1" in shown
    assert "2 lists, 3 of 4 items" in shown


def test_a_tick_without_scripts_returns_to_its_list_and_says_who(page, base, project, made):
    item = made[1][0]
    answer = page.post(f"{base}/items/{item}/tick", data={"done": "1", "back": f"{base}/{made[0]}"})
    assert (answer.status_code, answer.location) == (302, f"{base}/{made[0]}")
    assert ticked(project, item)
    assert "ticked by Priya Nair, Wed 18 Feb, 09:10" in text(page.get(answer.location))


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "x"])
def test_a_tick_returns_to_pages_of_ours_only(page, base, made, back):
    answer = page.post(f"{base}/items/{made[1][0]}/tick", data={"done": "1", "back": back})
    assert answer.location == base


def test_a_second_tick_is_told_whose_the_first_is(page, member, base, made):
    address = f"{base}/items/{made[1][0]}/tick"
    first = member.post(address, data={"done": "1"}, headers=JSON).get_json()
    again = page.post(address, data={"done": "1"}, headers=JSON).get_json()
    assert (first["message"], bool(first["undo_url"])) == ("Ticked.", True)
    assert again["message"] == "Already ticked by Hannah Okafor, Wed 18 Feb, 09:10."
    assert (again["done"], again["version"], again["undo_url"]) == (True, first["version"], "")


def test_untick_of_anothers_tick_asks_a_script_and_a_person(page, member, base, project, made):
    address = f"{base}/items/{made[1][0]}/tick"
    member.post(address, data={"done": "1"})
    asked = page.post(address, data={"done": "0"}, headers=JSON)
    assert (asked.status_code, asked.get_json()["type"]) == (409, "urn:launch90:problem:checklist.other_tick")
    assert "Hannah Okafor ticked this, Wed 18 Feb, 09:10" in asked.get_json()["detail"]
    shown = text(page.post(address, data={"done": "0", "back": f"{base}/{made[0]}"}), 409)
    assert "Hannah Okafor ticked this" in shown
    assert f'name="back" value="{base}/{made[0]}"' in shown
    assert ticked(project, made[1][0])
    page.post(address, data={"done": "0", "sure": "1"})
    assert not ticked(project, made[1][0])


def test_a_tick_newer_than_the_page_is_asked_about(page, base, project, clock, made):
    address = f"{base}/items/{made[1][0]}/tick"
    seen = page.post(address, data={"done": "1"}, headers=JSON).get_json()["version"]
    page.post(address, data={"done": "0", "version": seen})
    clock.now = NOW + timedelta(minutes=3)
    page.post(address, data={"done": "1"})
    assert page.post(address, data={"done": "0", "version": seen}, headers=JSON).status_code == 409
    assert ticked(project, made[1][0])


def test_an_untick_of_an_open_box_changes_nothing(page, base, made):
    answer = page.post(f"{base}/items/{made[1][0]}/tick", data={"done": "0"}, headers=JSON).get_json()
    assert answer == {"done": False, "message": "It was open already.", "undo_url": "", "version": ""}


def test_a_stakeholder_sees_boxes_and_can_not_press_them(app, base, project, made):
    who = factories.person("Ruth Adeyemi", projects={project: "stakeholder"})
    browser = factories.sign_in(app.test_client(), who)
    shown = text(browser.get(f"{base}/{made[0]}"))
    assert shown.count('role="checkbox" aria-checked="false"') == shown.count('disabled title="Your role can read') == 3
    assert "row-check" not in shown
    assert "Add evidence" not in text(browser.get(f"{base}/items/{made[1][0]}"))
    assert browser.post(f"{base}/items/{made[1][0]}/tick", data={"done": "1"}).status_code == 403


def test_a_member_ticks_and_writes_notes_and_can_not_edit(member, base, project, made):
    item = made[1][0]
    shown = text(member.get(f"{base}/items/{item}"))
    assert "Save note" in shown
    assert "Remove the item" not in shown
    member.post(f"{base}/items/{item}/note", data={"note": "Half done"})
    assert queries.item(project, item).note == "Half done"
    assert (
        member.post(f"{base}/{made[0]}/bulk", data={"ids": item, "action": "due", "due": "2026-03-03"}).status_code
        == 403
    )


@pytest.mark.parametrize(
    ("show", "names"), [("all", "Audit Map Load"), ("open", "Map Load"), ("mine", "Load"), ("late", "Map")]
)
def test_the_filters_show_what_they_count(page, base, project, manager, made, show, names):
    list_id, (audit, map_, load) = made
    service.tick(project, audit, actor=SYSTEM, now=NOW)
    service.set_due_many(project, [map_], TODAY - timedelta(1), actor=SYSTEM)
    service.assign_many(project, [load], manager.id, actor=SYSTEM)
    shown = text(page.get(f"{base}/{list_id}?show={show}"))
    assert [name for name in ("Audit", "Map", "Load") if f'dir="auto">{name}</a>' in shown] == names.split()
    counted = {"All": 3, "Open": 2, "Mine": 1, "Late": 1}
    assert all(f'{word} <span class="num">{count}</span>' in shown for word, count in counted.items())


def test_many_are_changed_together_with_one_undo(page, base, project, manager, made):
    bulk = lambda **data: page.post(f"{base}/{made[0]}/bulk", data={"ids": made[1], **data}, follow_redirects=True)  # noqa: E731
    assert "3 items ticked." in text(bulk(action="tick"))
    text(bulk(action="assign", owner_id=manager.id))
    text(bulk(action="due", due="2026-03-03"))
    found = [queries.item(project, item) for item in made[1]]
    assert {(row.owner_name, row.due, row.tick is not None) for row in found} == {
        ("Priya Nair", date(2026, 3, 3), True)
    }
    assert "/undo/" in text(bulk(action="assign", owner_id=""))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"action": "tick"}, "Select items first"),
        ({"action": "due", "ids": "1", "due": "3 March"}, "such as 2026-03-03"),
        ({"action": "due", "ids": "1", "due": "0206-03-03"}, "between 2000 and 2099"),
        ({"action": "assign", "ids": "1", "owner_id": "999"}, ""),
    ],
)
def test_a_bulk_action_that_makes_no_sense_says_so(page, base, made, data, said):
    assert said in text(page.post(f"{base}/{made[0]}/bulk", data=data), 422)


def test_an_unknown_bulk_action_is_refused(page, base, made):
    assert page.post(f"{base}/{made[0]}/bulk", data={"ids": made[1], "action": "burn"}).status_code == 400


@pytest.mark.parametrize("path", ["{list}", "{list}/print", "{list}/arrange", "{list}/edit", "items/{item}"])
def test_hostile_words_are_shown_as_words(page, base, project, path):
    list_id, (item,) = factories.checklist(project, HOSTILE, HOSTILE, description=HOSTILE)
    service.change_item(project, item, {"help": HOSTILE, "note": HOSTILE}, actor=SYSTEM)
    service.add_evidence(project, item, EvidenceKind.TEXT, text=HOSTILE, actor=SYSTEM, now=NOW)
    shown = text(page.get(f"{base}/{path.format(list=list_id, item=item)}"))
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("sections/{section}/items", {"name": "  "}, "Write a name"),
        ("sections/{section}/items", {"name": "x" * 400}, "400 characters"),
        ("{list}/sections", {"section": "x" * 400}, "400 characters"),
        ("{list}/sections", {"section": ""}, "Write a name"),
        ("sections/{section}/rename", {"section": "x" * 201}, "201 characters"),
        ("new", {"name": "", "recurrence": ""}, "Give the list a name."),
        ("new", {"name": "x" * 201, "recurrence": ""}, "201 characters"),
        ("new", {"name": "Weekly", "recurrence": "weekly"}, "needs the day"),
        ("new", {"name": "Weekly", "recurrence": "", "due": "31.02.2026"}, "such as 2026-03-03"),
        ("new", {"name": "Ours", "recurrence": "hourly"}, "Not a valid choice"),
        ("{list}/edit", {"name": "Kept", "recurrence": "", "guards_id": "999"}, "Not a valid choice"),
        ("items/{item}/change", {"name": ""}, "Write what is to be done."),
        ("items/{item}/change", {"name": "x" * 400}, "400 characters"),
        ("items/{item}/change", {"name": "Audit", "note": "n" * 25_000}, "25000 characters"),
        ("items/{item}/change", {"name": "Audit", "due": "soon"}, "such as 2026-03-03"),
        ("items/{item}/note", {"note": "n" * 25_000}, "25000 characters"),
        ("items/{item}/evidence", {}, "Write what shows"),
        ("items/{item}/evidence", {"url": "javascript:alert(1)"}, "https://"),
        ("items/{item}/evidence", {"text": "t" * 25_000}, "25000 characters"),
    ],
)
def test_bad_input_says_what_would_be_right_keeps_what_was_typed_and_saves_nothing(
    page, base, project, made, path, data, said
):
    section = queries.sections(project, made[0])[0].id
    before = queries.sections(project, made[0]), queries.lists(project, TODAY)
    address = f"{base}/{path.format(list=made[0], section=section, item=made[1][0])}"
    sent = {**data, "base": base_of(page, address)} if path.endswith("change") else data
    shown = text(page.post(address, data=sent), 422)
    assert said in shown
    assert all(str(value) in shown for name, value in data.items() if name not in ("guards_id", "recurrence"))
    assert (queries.sections(project, made[0]), queries.lists(project, TODAY)) == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("run.pdf", b"MZ not a pdf", "is a program"),
        ("run.pdf", b"GIF89a", "content is something else"),
        ("x.txt", b"", "is empty"),
    ],
)
def test_a_file_of_the_wrong_kind_is_refused_beside_its_field(page, base, project, made, name, content, said):
    data = {"file": (BytesIO(content), name), "text": "The run"}
    shown = text(page.post(f"{base}/items/{made[1][0]}/evidence", data=data), 422)
    assert said in shown
    assert "The run" in shown
    assert queries.item(project, made[1][0]).evidence == ()


def test_the_size_of_a_file_is_said_beforehand_and_a_good_one_can_be_fetched(page, base, project, made):
    item = f"{base}/items/{made[1][0]}"
    assert "at most 20 MB" in text(page.get(item))
    page.post(f"{item}/evidence", data={"file": (BytesIO(b"a,b\n1,2\n"), "run.csv")})
    (piece,) = queries.item(project, made[1][0]).evidence
    assert f"/files/{piece.attachment_id}" in text(page.get(item))
    with page.get(f"/files/{piece.attachment_id}") as answer:
        assert answer.data == b"a,b\n1,2\n"


def test_a_form_that_somebody_overtook_shows_both_and_keeps_mine(page, base, project, made):
    item = f"{base}/items/{made[1][0]}"
    token = base_of(page, f"{item}/change")
    service.change_item(project, made[1][0], {"name": "Audit two sources"}, actor=SYSTEM)
    sent = {"base": token, "name": "Audit four sources", "required": "y"}
    shown = text(page.post(f"{item}/change", data=sent), 409)
    assert "you typed “Audit four sources”, saved is “Audit two sources”" in shown
    assert 'value="Audit four sources"' in shown
    fresh = shown.split('name="base" value="')[1].split('"')[0]
    page.post(f"{item}/change", data={**sent, "base": fresh})
    assert queries.item(project, made[1][0]).name == "Audit four sources"


def test_the_history_tells_in_words(page, member, base, made):
    item = f"{base}/items/{made[1][0]}"
    member.post(f"{item}/tick", data={"done": "1"})
    member.post(f"{item}/evidence", data={"text": "412 merged"})
    shown = text(page.get(item))
    assert "Hannah Okafor ticked “Audit”" in shown
    assert "Hannah Okafor added evidence: 412 merged" in shown


def test_the_printed_list_has_no_frame(page, base, made):
    shown = text(page.get(f"{base}/{made[0]}/print"))
    assert 'class="sheet"' in shown
    assert 'class="side"' not in shown
    assert "Audit" in shown


def test_lists_are_copied_arranged_and_removed_and_come_back(page, base, project, made):
    list_id, items = made
    section = queries.sections(project, list_id)[0].id
    text(page.post(f"{base}/{list_id}/copy", follow_redirects=True))
    text(page.post(f"{base}/sections/{section}/rename", data={"section": "First"}, follow_redirects=True))
    moved = text(page.post(f"{base}/items/{items[2]}/move", data={"direction": "up"}, follow_redirects=True))
    assert moved.index("Load") < moved.index("Map")
    gone = page.post(f"{base}/{list_id}/remove", follow_redirects=True)
    undo = text(gone).split('action="/undo/')[1].split('"')[0]
    page.post(f"/undo/{undo}")
    db.session.expire_all()
    assert [row.name for row in queries.lists(project, TODAY)] == ["Pre-implementation", "Pre-implementation (copy)"]


@pytest.mark.parametrize("number", ["999", "99999999999", "99999999999999999999999"])
@pytest.mark.parametrize("path", ["{n}", "items/{n}", "{n}/print", "{n}/arrange"])
def test_what_is_not_there_is_not_found(page, base, path, number):
    assert page.get(f"{base}/{path.format(n=number)}").status_code == 404


def test_another_projects_item_is_not_found(page, base, made):
    other = factories.project("Theirs")
    theirs, (item,) = factories.checklist(other, "Theirs", "Secret")
    section = queries.sections(other, theirs)[0].id
    for path in (f"items/{item}", f"{theirs}", f"{theirs}/print"):
        assert page.get(f"{base}/{path}").status_code == 404
    for path in (
        f"items/{item}/tick",
        f"items/{item}/remove",
        f"sections/{section}/items",
        f"{theirs}/remove",
        f"{theirs}/copy",
    ):
        assert page.post(f"{base}/{path}", data={"done": "1", "name": "x"}).status_code == 404
    assert page.post(f"{base}/{made[0]}/bulk", data={"ids": [item], "action": "tick"}).status_code == 404


def test_a_list_of_a_hundred_needs_few_statements(page, base, project, asked):
    list_id, _items = factories.checklist(project, "Long", *(f"Item {number}" for number in range(100)))
    page.get(f"{base}/{list_id}")
    with asked() as seen:
        shown = text(page.get(f"{base}/{list_id}"))
    assert shown.count('role="checkbox"') == 100
    assert len(seen) <= 12, "\n".join(seen)


def test_a_tick_needs_few_statements(page, base, made, asked):
    page.get(f"{base}/{made[0]}")
    with asked() as seen:
        page.post(f"{base}/items/{made[1][0]}/tick", data={"done": "1"}, headers=JSON)
    # Who asks, whether this is a branch, the item, the tick, the tasks that count their lists, and two for the trail.
    assert len(seen) <= 7, "\n".join(seen)


def test_a_milestones_list_says_what_it_holds_up(page, base, project, made):
    gate = factories.task(project, "Data signed off", type="milestone", duration_minutes=0)
    service.change_list(project, made[0], {"guards_id": gate}, actor=SYSTEM)
    assert "3 required items still hold “Data signed off”." in text(page.get(f"{base}/{made[0]}"))
