"""The pages of action items, without scripts."""

import re
from datetime import date

import pytest

from roadmap.actions import queries
from tests import factories


@pytest.fixture
def browser(client, team):
    return factories.sign_in(client, team.member)


def test_an_empty_list_teaches(browser, team):
    page = browser.get(f"/projects/{team.project}/actions")
    assert "Nothing has been asked for yet" in page.text
    assert "What somebody promised to do stands here" in page.text


def test_the_list_opens_with_what_is_late(browser, team, ask):
    ask("Call the vendor", owner_id=team.member.id, due=date(2026, 2, 3)), ask("Write it down")
    page = browser.get(f"/projects/{team.project}/actions")
    text = " ".join(re.sub(r"<[^>]+>", "", page.text).split())
    assert "One action item is late: Call the vendor. One is yours, none falls due within a week." in text
    assert "Write it down" in page.text
    assert "Write it down" not in browser.get(f"/projects/{team.project}/actions?late=yes").text


def test_done_ones_wait_behind_a_filter(browser, team, ask):
    made = ask("Call the vendor", owner_id=team.member.id)
    browser.post(f"/projects/{team.project}/actions/{made}/tick", data={"done": "1"})
    assert "A-01" not in browser.get(f"/projects/{team.project}/actions").text
    assert "A-01" in browser.get(f"/projects/{team.project}/actions?state=done").text
    assert "A-01" in browser.get(f"/projects/{team.project}/actions?view=all").text


def test_one_is_asked_for_in_place_and_one_returns(browser, team):
    page = browser.get(f"/projects/{team.project}/tasks/{team.task}")
    assert "Add an action item" in page.text
    sent = {"title": "Ask finance", "subject": f"task:{team.task}", "due": "2026-03-03", "owner_id": team.other.id}
    back = f"/projects/{team.project}/tasks/{team.task}#actions-task-{team.task}"
    answer = browser.post(f"/projects/{team.project}/actions/new", data={**sent, "back": back})
    assert (answer.status_code, answer.location) == (303, back)
    assert "Ask finance" in browser.get(back).text
    assert "Ask finance" in browser.get(f"/projects/{team.project}/tasks/{team.task}?panel=1").text


def test_a_comment_becomes_one(browser, team, said):
    number = said.partition(":")[2]
    page = browser.get(f"/projects/{team.project}/tasks/{team.task}")
    link = f"/projects/{team.project}/actions/new?subject=comment:{number}"
    assert link.replace(":", "%3A") in page.text or link in page.text
    form = browser.get(link).text
    assert 'value="We should ask finance. Soon."' in form


def test_what_was_typed_is_kept(browser, team):
    sent = {"title": "", "details": "A long story", "due": "tomorrow", "subject": "", "owner_id": ""}
    answer = browser.post(f"/projects/{team.project}/actions/new", data=sent)
    assert answer.status_code == 422
    assert "A long story" in answer.text
    assert "Say what is to be done." in answer.text
    assert 'value="tomorrow"' in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {"title": "x" * 301},
        {"title": "Call", "details": "x" * 20_001},
        {"title": "Call", "owner_id": "nine"},
        {"title": "Call", "owner_id": "99999"},
        {"title": "Call", "due": "2025-01-01"},
        {"title": "Call", "subject": "task:99999999999999999999"},
        {"title": "Call", "subject": "task:12 or 1=1"},
    ],
)
def test_bad_input_is_said_and_nothing_kept(browser, team, sent):
    answer = browser.post(f"/projects/{team.project}/actions/new", data=sent)
    assert answer.status_code == 422
    assert "field__err" in answer.text or "Not saved" in answer.text
    assert queries.rows(team.project) == []


def test_a_member_changes_only_their_own(browser, team, ask):
    mine, asked = ask("Mine", owner_id=team.member.id), ask("I asked", actor=team.member, owner_id=team.other.id)
    theirs = ask("Theirs", owner_id=team.other.id)
    for made, status in ((mine, 303), (asked, 303), (theirs, 403)):
        address = f"/projects/{team.project}/actions/{made}"
        sent = {"title": "Changed", "owner_id": "", "due": "", "details": "", "base": ""}
        assert browser.post(f"{address}/close", data={"action": "done", "outcome": "So."}).status_code == status
        assert browser.post(f"{address}/tick", data={"done": "0"}).status_code == status
        assert (browser.post(f"{address}/edit", data=sent).status_code == 403) is (status == 403)
    sent = {"ids": [mine, theirs], "action": "done"}
    assert browser.post(f"/projects/{team.project}/actions/bulk", data=sent).status_code == 403
    assert queries.action(team.project, mine).state == "open"


def test_a_script_gets_its_answer(browser, team, ask):
    made = ask(owner_id=team.member.id)
    url = f"/projects/{team.project}/actions/{made}/tick"
    answer = browser.post(url, data={"done": "1"}, headers={"Accept": "application/json"})
    assert answer.json["done"] is True
    assert answer.json["undo_url"]


def test_dropping_asks_why(browser, team, ask):
    made = ask(owner_id=team.member.id)
    address = f"/projects/{team.project}/actions/{made}"
    answer = browser.post(f"{address}/close", data={"action": "drop", "outcome": " "})
    assert answer.status_code == 422
    assert "Say why it is no longer needed." in answer.text
    assert browser.post(f"{address}/close", data={"action": "sing"}).status_code == 422


def test_another_projects_item_is_not_there(browser, client, team, ask):
    made = ask()
    factories.sign_in(client, factories.administrator())
    assert client.get(f"/projects/{team.elsewhere}/actions/{made}").status_code == 404
    assert client.get(f"/projects/{team.project}/actions/{10**19}").status_code == 404


def test_several_at_once_and_as_a_file(client, team, ask):
    manager = factories.sign_in(client, team.manager)
    ids = [ask("One"), ask("Two")]
    address = f"/projects/{team.project}/actions"
    manager.post(f"{address}/bulk", data={"ids": ids, "action": "owner", "owner_id": team.member.id})
    manager.post(f"{address}/bulk", data={"ids": ids, "action": "due", "due": "2026-03-03"})
    assert manager.post(f"{address}/bulk", data={"ids": ids, "action": "due", "due": "soon"}).status_code == 303
    assert {(row.owner, row.due) for row in queries.rows(team.project)} == {("Samira Haddad", date(2026, 3, 3))}
    export = manager.get(f"{address}?state=open&format=csv").text
    assert "One" in export
    assert "Samira Haddad" in export


def test_an_item_of_the_page_shows_everything(browser, team, ask):
    made = ask(details="The contract ends in March.", owner_id=team.member.id, subject=f"task:{team.task}")
    page = browser.get(f"/projects/{team.project}/actions/{made}")
    assert page.status_code == 200
    assert "The contract ends in March." in page.text
    assert "Cleanse addresses" in page.text
    assert not re.search(r'\sstyle="|\son\w+="', page.text)
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))


def test_who_only_reads_has_nothing_to_press(client, team, ask):
    ask(owner_id=team.member.id, subject=f"task:{team.task}")
    reader = factories.sign_in(client, team.stakeholder)
    page = reader.get(f"/projects/{team.project}/actions")
    assert "Call the vendor" in page.text
    assert "row-check" not in page.text
    assert "Add an action item" not in reader.get(f"/projects/{team.project}/tasks/{team.task}").text
