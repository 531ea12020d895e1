"""The register and the pages of risks, without scripts."""

import re
from datetime import date

import pytest

from roadmap.risks import charts, queries, service
from roadmap.risks.rules import Rating
from tests import factories
from tests.fixtures.app import NOW


def plain(answer):
    return " ".join(re.sub(r"<[^>]+>", "", answer.text).split())


@pytest.fixture
def manager(client, team):
    return factories.sign_in(client, team.manager)


def test_an_empty_register_teaches(manager, team):
    page = manager.get(f"/projects/{team.project}/risks")
    assert "No risk is written down yet." in page.text
    assert "anybody in the team may" in page.text
    assert "heat" not in page.text.partition("<main")[2].partition("css")[0]


def test_the_register_says_what_is_critical_and_how_exposure_stands(manager, team, raised, answered):
    begun = NOW.replace(month=1, day=6)
    heavy, light = raised(now=begun), raised("Service staff resist", 4, 4, now=begun)
    service.score(team.project, light, Rating(2, 2), "They like it.", actor=team.manager, now=NOW)
    answered(heavy, due=date(2026, 2, 20))
    page = manager.get(f"/projects/{team.project}/risks")
    assert (
        "One risk is critical: Addresses can&#39;t be matched. Exposure fell to 24, within the appetite of 100."
        in plain(page)
    )
    assert "mitigate: Ask finance for the full export" in page.text
    assert page.text.count('class="heat__a"') >= 1
    assert "cell=4x5" in page.text
    assert 'impact 5 Severe, score 20: 1 risk"' in page.text
    assert not re.search(r'\sstyle="|\son\w+="', page.text)
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))


def test_a_cell_of_the_map_filters_the_table_by_the_rating_shown(manager, team, raised):
    raised(), raised("Light", 1, 1, target_probability=1, target_impact=1)
    address = f"/projects/{team.project}/risks"
    assert "R-02" not in manager.get(f"{address}?open=yes&cell=4x5").text
    table = manager.get(f"{address}?open=yes&cell=1x1&stage=target").text.partition('id="register"')[2]
    assert "R-02" in table
    assert "R-01" not in table
    assert "R-01" in manager.get(f"{address}?stage=moon&open=yes").text


def test_closed_ones_wait_behind_a_filter_and_all_goes_out_as_a_file(manager, team, raised):
    made = raised("Over", 1, 2)
    service.move(team.project, made, "closed", actor=team.manager, now=NOW)
    address = f"/projects/{team.project}/risks"
    assert "R-01" not in manager.get(address).text
    assert "R-01" in manager.get(f"{address}?view=all").text
    assert "Over" in manager.get(f"{address}?view=all&format=csv").text
    assert manager.get(f"{address}?view=all&format=xlsx").status_code == 200


SENT = {"title": "Budget runs out", "probability": "3", "impact": "4"}


def test_a_member_raises_a_risk_and_changes_only_their_own(client, team, raised):
    member = factories.sign_in(client, team.member)
    address = f"/projects/{team.project}/risks"
    answer = member.post(f"{address}/new", data={**SENT, "owner_id": str(team.member.id)})
    assert answer.status_code == 303
    mine = int(answer.location.rpartition("/")[2])
    theirs = raised()
    for made, status in ((mine, 303), (theirs, 403)):
        sent = {"probability": "1", "impact": "2", "why": "Looked again."}
        assert member.post(f"{address}/{made}/score", data=sent).status_code == status
    assert member.post(f"{address}/bulk", data={"ids": [mine, theirs], "action": "owner"}).status_code == 403
    assert member.post(f"{address}/appetite", data={"appetite": "5"}).status_code == 403
    assert queries.risk(team.project, mine).score == 2


@pytest.mark.parametrize(
    "sent",
    [
        {"title": ""},
        {"title": "x" * 20_000},
        {"title": "A", "probability": "6", "impact": "1"},
        {"title": "A", "probability": "3"},
        {"title": "A", "probability": "three", "impact": "1"},
        {"title": "A", "description": "x" * 20_001},
        {"title": "A", "days_low": "many"},
        {"title": "A", "chance": "150"},
        {"title": "A", "review_on": "soon"},
        {"title": "A", "review_on": "2025-01-01"},
        {"title": "A", "owner_id": "999999"},
        {"title": "A", "phase_id": "999999"},
    ],
)
def test_bad_input_is_said_and_what_was_typed_is_kept(manager, team, sent):
    answer = manager.post(f"/projects/{team.project}/risks/new", data={"cause": "Typed before", **sent})
    assert answer.status_code == 422
    assert "Not saved" in answer.text
    assert "Typed before" in answer.text
    assert queries.register(team.project) == []


def test_a_risk_is_worked_on_from_its_page(manager, team, raised):
    made = raised(days_low=5.0, days_high=9.0)
    one = f"/projects/{team.project}/risks/{made}"
    sent = {"kind": "mitigate", "text": "Ask finance", "owner_id": "", "due": "2026-02-27"}
    assert manager.post(f"{one}/responses", data=sent).status_code == 303
    response = queries.risk(team.project, made).responses[0].id
    done = {"action": "done", "result": "They sent it."}
    assert manager.post(f"{one}/responses/{response}", data=done).status_code == 303
    page = manager.get(one)
    assert "Rate it again" in page.text
    assert "5–9 d" in page.text
    assert "They sent it." in page.text
    assert manager.post(f"{one}/score", data={"probability": "2", "impact": "5", "why": "Fewer."}).status_code == 303
    assert manager.post(f"{one}/review", data={"text": "Fine.", "next_on": "2026-03-04"}).status_code == 303
    assert manager.post(f"{one}/link", data={"subject": f"task:{team.task}"}).status_code == 303
    assert "Cleanse addresses" in manager.get(one).text
    task = manager.get(f"/projects/{team.project}/tasks/{team.task}").text
    assert "Addresses can&#39;t be matched" in task
    refused = manager.post(f"{one}/move", data={"state": "rejected", "reason": ""})
    assert refused.status_code == 422
    assert manager.post(f"{one}/move", data={"state": "closed", "reason": "All matched."}).status_code == 303
    row = queries.risk(team.project, made)
    assert (row.state, row.outcome) == ("closed", "All matched.")
    page = manager.get(one)
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    assert not re.search(r'\sstyle="|\son\w+="', page.text)


def test_what_cannot_be_is_refused_without_losing_the_page(manager, team, raised, answered):
    made = raised()
    response, one = answered(made), f"/projects/{team.project}/risks/{made}"
    other = raised("Another")
    theirs = factories.task(team.elsewhere, "Not ours")
    for path, sent in (
        ("score", {"probability": "9", "impact": "1"}),
        ("score", {}),
        ("move", {"state": "asleep", "reason": "x"}),
        ("move", {"state": "identified", "reason": "x"}),
        ("move", {"state": "closed", "reason": ""}),
        ("review", {"next_on": "2026-02-18"}),
        ("review", {"text": "x" * 20_001}),
        ("responses", {"kind": "pray", "text": "Hope"}),
        ("responses", {"kind": "avoid", "text": "x", "due": "2025-01-01"}),
        (f"responses/{response}", {"action": "sing"}),
        (f"responses/{response}", {"action": "change", "text": " ", "kind": "avoid"}),
        ("link", {"subject": f"task:{theirs}"}),
        ("link", {"subject": "task:"}),
    ):
        answer = manager.post(f"{one}/{path}", data=sent)
        assert answer.status_code == 422, (path, sent)
        assert "Addresses can&#39;t be matched" in answer.text
    assert manager.post(f"/projects/{team.project}/risks/{other}/responses/{response}", data={}).status_code == 404
    assert manager.get(f"/projects/{team.project}/risks/{10**19}").status_code == 404


def test_two_who_edit_at_once_are_told(manager, team, raised):
    made = raised()
    one = f"/projects/{team.project}/risks/{made}"
    base = re.search(r'name="base" value="([^"]+)"', manager.get(one).text)[1]
    service.change(team.project, made, {"title": "Changed meanwhile"}, actor=team.member)
    answer = manager.post(f"{one}/edit", data={"base": base, "title": "Mine"})
    assert answer.status_code == 409
    assert "Mine" in answer.text


def test_a_risk_is_linked_from_the_task_and_asks_for_actions(manager, team, raised):
    made = raised()
    back = f"/projects/{team.project}/tasks/{team.task}"
    sent = {"risk_id": made, "subject": f"task:{team.task}", "back": back}
    assert manager.post(f"/projects/{team.project}/risks/link", data=sent).location == back
    assert [row.id for row in queries.of_subject(team.project, f"task:{team.task}")] == [made]
    assert manager.post(f"/projects/{team.project}/risks/link", data={"risk_id": "x"}).status_code == 404
    ask = {"title": "Call finance", "subject": f"risk:{made}", "owner_id": "", "back": ""}
    manager.post(f"/projects/{team.project}/actions/new", data=ask)
    assert "Call finance" in manager.get(f"/projects/{team.project}/risks/{made}").text


def test_several_at_once_and_the_appetite(manager, team, raised):
    ids = [raised(), raised("Two")]
    address = f"/projects/{team.project}/risks"
    manager.post(f"{address}/bulk", data={"ids": ids, "action": "owner", "owner_id": team.member.id})
    manager.post(f"{address}/bulk", data={"ids": ids, "action": "review", "review_on": "2026-03-04"})
    manager.post(f"{address}/bulk", data={"ids": ids, "action": "review", "review_on": "soon"})
    assert {(row.owner, row.review_on) for row in queries.register(team.project)} == {
        ("Samira Haddad", date(2026, 3, 4))
    }
    manager.post(f"{address}/appetite", data={"appetite": "30"})
    assert "above the appetite of 30." in plain(manager.get(address))
    manager.post(f"{address}/appetite", data={"appetite": "-4"})
    assert queries.exposure(team.project, date(2026, 2, 18)).appetite == 30


def test_who_only_reads_has_nothing_to_press(client, team, raised):
    made = raised()
    reader = factories.sign_in(client, team.stakeholder)
    page = reader.get(f"/projects/{team.project}/risks/{made}")
    assert "Addresses can&#39;t be matched" in page.text
    assert f"risks/{made}/" not in page.text
    assert "row-check" not in reader.get(f"/projects/{team.project}/risks").text


def test_the_drawing_stays_within_its_frame(team, raised, app):
    for probability in range(1, 6):
        for impact in range(1, 6):
            raised(f"{probability} {impact}", probability, impact)
    with app.test_request_context():
        found = charts.heat(queries.register(team.project), "now")
    assert len(found.cells) == 25
    assert all(cell.x >= 0 and cell.x + cell.width <= found.width for cell in found.cells)
    assert sum(cell.count for cell in found.cells) == 25


def test_search_finds_risks_and_action_items(manager, team, raised):
    made = raised("Quince harvest fails")
    manager.post(
        f"/projects/{team.project}/actions/new", data={"title": "Count the quinces", "owner_id": "", "subject": ""}
    )
    page = manager.get("/search?q=quince").text
    assert f"/projects/{team.project}/risks/{made}" in page
    assert "Count the quinces" in page
