"""The pages of roles, people, teams, invariants and handing over, through a browser."""

import re

import pytest

from accounts.teams import queries as teams
from crm.access import queries as access
from crm.access import rules
from crm.handover import queries as handover
from crm.objects.rules.catalogue import OBJECTS
from crm.roles.rules import matrix_of
from tests import factories

pytestmark = pytest.mark.usefixtures("app")
REP = "sales-representative"


@pytest.fixture
def ada(client):
    who = factories.administrator()
    factories.sign_in(client, who)
    return who


def _form(key: str, **changed: object) -> dict[str, object]:
    """What the matrix of a role sends."""
    role = access.roles()[key]
    matrix = matrix_of(role)
    sent: dict[str, object] = {"base": rules.mark_of(role), "function": sorted(matrix.functions)}
    for kind in OBJECTS:
        sent |= {f"{kind}.{action}": str(int(reach or 0)) for action, reach in matrix.rows[kind].reach.items()}
        sent |= {f"{kind}.{field}.level": level.value for field, level in matrix.rows[kind].levels.items()}
    return {**sent, **{name.replace("__", "."): value for name, value in changed.items()}}


def test_the_index_leads_to_each_page(client, ada):
    page = client.get("/crm/setup").text
    for href in re.findall(r'href="(/crm/setup/[a-z-]+)"', page):
        assert client.get(href).status_code == 200, href
    assert page.count("/crm/setup/") >= 3


def test_a_role_is_changed_after_its_effect_was_seen(client, ada):
    eva = factories.crm_role(factories.person("Eva Exec"), "executive")
    factories.record("lead", by=ada)
    sent = _form("executive", lead__see="0", function=["figures", "merge"])
    shown = client.post("/crm/setup/roles/executive/effect", data=sent).text
    assert "Eva Exec" in shown
    assert "−1" in shown
    assert "Merge records" in shown
    assert rules.widest(access.state().access(eva.id), "see", OBJECTS["lead"]), (
        "nothing is saved before the confirmation"
    )
    client.post("/crm/setup/roles/executive", data=sent)
    assert rules.widest(access.state().access(eva.id), "see", OBJECTS["lead"]) is None
    assert "Altered" in client.get("/crm/setup/roles").text
    client.post("/crm/setup/roles/executive/effect", data={"reset": "1", "base": "x"})
    client.post("/crm/setup/roles/executive", data={"reset": "1"})
    assert rules.widest(access.state().access(eva.id), "see", OBJECTS["lead"]) is not None


def test_what_an_invariant_forbids_can_not_be_confirmed(client, ada):
    sent = _form(REP, contact__export="1")
    shown = client.post(f"/crm/setup/roles/{REP}/effect", data=sent)
    assert shown.status_code == 422
    assert "No sales representative exports contacts." in shown.text
    assert "Let it be so" not in shown.text
    kept = client.post(f"/crm/setup/roles/{REP}", data=sent)
    assert (kept.status_code, "No sales representative exports contacts." in kept.text) == (422, True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lead__see": "9"}, "Choose how far"),
        ({"lead__see": ""}, "Choose how far"),
        ({"lead__email__level": "own"}, "Choose hide"),
        ({"lead__edit": "4"}, "further than"),
        ({"lead__last_name__level": "hide"}, "is needed"),
    ],
)
def test_a_matrix_that_makes_no_sense_is_told_what_is_wrong(client, ada, changed, said):
    for address in ("/crm/setup/roles/sales-representative/effect", "/crm/setup/roles/sales-representative"):
        answer = client.post(address, data=_form(REP, **changed))
        assert (answer.status_code, said in answer.text) == (422, True)


def test_two_people_who_change_a_role_do_not_overwrite_each_other(client, ada):
    stale = _form("executive", lead__see="0")
    client.post("/crm/setup/roles/executive", data=_form("executive", contact__see="0"))
    answer = client.post("/crm/setup/roles/executive", data=stale)
    assert (answer.status_code, "meanwhile" in answer.text) == (409, True)


def test_a_person_gets_roles_and_a_team_in_one_step(client, ada):
    north = factories.team("North")
    lena = factories.person("Lena Sommer")
    sent = {"role": [REP], "team": str(north), "leads": "1", "follow": "yes"}
    shown = client.post(f"/crm/setup/people/{lena.id}/effect", data=sent).text
    assert "+ Sales representative" in shown
    client.post(f"/crm/setup/people/{lena.id}", data=sent)
    assert (access.held(lena.id), teams.belonging(lena.id).team_id) == ((REP,), north)
    both = {"role": [REP, "marketing-specialist"], "team": str(north)}
    refused = client.post(f"/crm/setup/people/{lena.id}/effect", data=both)
    assert "No sales representative exports leads. Lena Sommer would be able to" in refused.text
    client.post(f"/crm/setup/people/{lena.id}", data=both)
    assert access.held(lena.id) == (REP,)


@pytest.mark.parametrize("sent", [{"role": "no-such"}, {"team": "x"}, {"team": "999"}])
def test_nonsense_about_a_person_is_refused(client, ada, sent):
    lena = factories.person("Lena")
    assert client.post(f"/crm/setup/people/{lena.id}/effect", data=sent).status_code == 422


def test_an_own_role_is_made_renamed_and_removed(client, ada):
    made = client.post("/crm/setup/roles", data={"name": "<b>Desk</b>", "like": REP})
    key = made.location.rpartition("/")[2]
    assert "&lt;b&gt;Desk" in client.get(f"/crm/setup/roles/{key}").text
    client.post(f"/crm/setup/roles/{key}/name", data={"name": "Desk sales"})
    assert access.roles()[key].name == "Desk sales"
    assert client.post("/crm/setup/roles", data={"name": "desk SALES"}).status_code == 422
    client.post(f"/crm/setup/roles/{key}/remove")
    assert key not in access.roles()


def test_something_is_ruled_out_lifted_and_holds_again(client, ada):
    wanted = {
        "role": "executive",
        "what": "account.export",
        "sentence": "No executive exports accounts.",
        "reason": "Law",
    }
    assert client.post("/crm/setup/invariants", data=wanted).status_code == 303
    assert "No executive exports accounts." in client.get("/crm/setup/invariants").text
    boss = factories.crm_role(factories.person("Boss"), "sales-manager")
    clash = {"role": "sales-manager", "what": "lead.export", "sentence": "No manager exports.", "reason": "Law"}
    refused = client.post("/crm/setup/invariants", data=clash)
    assert (refused.status_code, "Sales manager would be able to" in refused.text) == (422, True)
    client.post("/crm/setup/invariants/representative-leads/lift", data={"reason": " "})
    assert "Lifted" not in client.get("/crm/setup/invariants").text
    client.post("/crm/setup/invariants/representative-leads/lift", data={"reason": "A pilot"})
    assert "A pilot" in client.get("/crm/setup/invariants").text
    client.post(f"/crm/setup/people/{boss.id}", data={"role": [REP, "sales-manager"]})
    assert access.held(boss.id) == ("sales-manager",), "contacts are still ruled out"
    client.post("/crm/setup/invariants/representative-leads/restore")
    assert "Lifted" not in client.get("/crm/setup/invariants").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "lead.fly"},
        {"what": ""},
        {"what": "lead.see", "field": "contact.email"},
        {"what": "lead.see", "role": "nobody"},
        {"what": "lead.see", "sentence": ""},
        {"what": "lead.see", "sentence": "x" * 300},
        {"what": "lead.see", "reason": ""},
    ],
)
def test_an_invariant_needs_sense_and_a_reason(client, ada, wrong):
    sent = {"role": "executive", "sentence": "Something.", "reason": "Law", **wrong}
    answer = client.post("/crm/setup/invariants", data=sent)
    assert answer.status_code == 422
    (key,) = set(wrong) - {"what"} or {"what"}
    assert f'id="{key}-error"' in answer.text


def test_teams_are_made_hung_elsewhere_and_removed(client, ada):
    client.post("/crm/setup/teams", data={"name": "North"})
    north = teams.teams()[0].id
    client.post("/crm/setup/teams", data={"name": "Oslo", "parent": str(north)})
    oslo = next(each.id for each in teams.teams() if each.name == "Oslo")
    ole = factories.crm_role(factories.person("Ole"), REP)
    move = {"person": str(ole.id), "follow": "yes", "leads": "1"}
    assert client.post(f"/crm/setup/teams/{oslo}/move/effect", data=move).status_code == 200
    client.post(f"/crm/setup/teams/{oslo}/move", data=move)
    assert teams.belonging(ole.id).team_id == oslo
    assert "led by Ole" in client.get("/crm/setup/teams").text
    circle = {"name": "North", "parent": str(oslo)}
    assert client.post(f"/crm/setup/teams/{north}/effect", data=circle).status_code == 422
    assert client.post(f"/crm/setup/teams/{oslo}/effect", data={"name": "Oslo", "parent": ""}).status_code == 200
    client.post(f"/crm/setup/teams/{oslo}", data={"name": "Bergen", "parent": ""})
    assert {each.name: each.parent_id for each in teams.teams()} == {"North": None, "Bergen": None}
    client.post(f"/crm/setup/teams/{oslo}/remove")
    client.post(f"/crm/setup/teams/{north}/remove")
    assert [each.name for each in teams.teams()] == ["Bergen"]


@pytest.mark.parametrize(
    "data", [{"name": ""}, {"name": "x" * 200}, {"name": "A", "parent": "x"}, {"name": "A", "parent": "99"}]
)
def test_a_team_that_makes_no_sense_is_refused(client, ada, data):
    assert client.post("/crm/setup/teams", data=data).status_code == 422


def test_records_are_handed_over_and_back(client, ada):
    rep = factories.crm_role(factories.person("Rep Leaver"), REP)
    mate = factories.crm_role(factories.person("Mate"), REP)
    factories.record("lead", by=rep)
    profile = client.get(f"/admin/people/{rep.id}").text
    assert f"/crm/setup/reassign/{rep.id}" in profile
    assert "Rep Leaver owns 1 lead" in profile
    page = f"/crm/setup/reassign/{rep.id}"
    for wrong in ({}, {"to": "x", "kinds": "lead"}, {"to": str(rep.id), "kinds": "lead"}, {"to": str(mate.id)}):
        assert client.post(page, data=wrong).status_code == 422
    client.post(page, data={"to": str(mate.id), "kinds": ["lead", "account"]})
    assert (handover.counts(rep.id), handover.counts(mate.id)) == ({}, {"lead": 1})
    assert client.get(page).status_code == 200


def test_pages_cost_few_statements(client, ada, asked):
    north = factories.team("North")
    for _each in range(12):
        factories.crm_role(factories.person(), REP, north)
    for address in ("/crm/setup/roles", f"/crm/setup/roles/{REP}", "/crm/setup/teams", f"/crm/setup/teams/{north}"):
        with asked() as seen:
            assert client.get(address).status_code == 200
        own = [
            each for each in seen if "crm_visit" not in each and "crm_usage" not in each and "person.id IN" not in each
        ]
        assert len(own) <= 12, (address, len(own))


@pytest.mark.parametrize("address", ["roles/none", "people/9999", "teams/9999", "reassign/9999"])
def test_what_is_not_there_is_not_found(client, ada, address):
    assert client.get(f"/crm/setup/{address}").status_code == 404
