"""Questions about access, with every step to the answer; and the tests of access that are kept as evidence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.people import service as people
from crm.access import rules as access_rules
from crm.access.models import CrmRole, ModuleSwitch
from crm.access.queries import access_of
from crm.objects.rules.catalogue import OBJECTS
from crm.records import service as record_service
from crm.records.models import TABLES
from crm.sharing import service as sharing
from crm.trust import queries, service
from crm.trust.rules import cases, explain
from crm.trust.rules.cases import Case
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import NotFound
from kernel.permission import Facts
from tests import factories
from tests.fixtures.app import NOW

ROLES = {each.key: each for each in access_rules.SHIPPED}


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie Claes"), "sales-representative", north)


@pytest.fixture
def pieter(app):
    return factories.crm_role(factories.person("Pieter Dams"), "sales-representative", factories.team("South"))


@pytest.fixture
def admin(app):
    return factories.crm_role(factories.person("Ada Admin"), "crm-administrator")


@pytest.fixture
def browser(app, admin):
    return factories.sign_in(app.test_client(), admin)


def ask(who, action, record_id, field="", kind="lead"):
    subject = OBJECTS[kind]
    record = db.session.get(TABLES[kind], record_id) if record_id else None
    holder = queries.holder(who.id)
    question = queries.question(holder.access, action, subject, record, field)
    way = explain.steps(question, queries.story(access_of(SYSTEM), holder, subject, record))
    return queries.answer(holder, question), [each.text for each in way if not each.passed]


def test_the_owner_may_and_the_steps_say_so(sofie):
    lead = factories.record("lead", by=sofie, last_name="Kestrel")
    answer, stops = ask(sofie, "edit", lead, "email")
    assert (answer.yes, stops) == (True, [])


def test_a_record_of_another_team_is_out_of_reach_and_the_reason_names_owner_and_team(sofie, pieter):
    lead = factories.record("lead", by=sofie, last_name="Kestrel")
    answer, stops = ask(pieter, "see", lead)
    assert not answer
    assert stops == [
        "The role sales representative allows to see leads: own.",
        "“Kestrel” belongs to Sofie Claes in the team North: no grant reaches it.",
    ]


def test_a_share_opens_reading_and_the_reason_tells_it_from_editing(sofie, pieter):
    lead = factories.record("lead", by=sofie, last_name="Kestrel")
    sharing.share("lead", lead, sharing.ShareData(f"person:{pieter.id}"), actor=sofie, now=NOW)
    assert ask(pieter, "see", lead)[0]
    answer, stops = ask(pieter, "edit", lead)
    assert not answer
    assert stops[-1].endswith("no grant reaches it. It is shared with them to read.")


@pytest.mark.parametrize(
    ("field", "reason"),
    [("private_phone", "holds the field Private phone (sensitive)"), ("created_at", "filled in by the product itself")],
)
def test_a_field_may_be_what_stops(sofie, field, reason):
    contact = factories.record("contact", by=sofie)
    answer, stops = ask(sofie, "edit", contact, field, "contact")
    assert not answer
    assert reason in stops[0]


def test_a_module_that_is_off_stops_everybody(sofie, admin):
    deal = factories.record("opportunity", by=sofie)
    with transaction(SYSTEM, "module.switched") as work:
        work.session.add(ModuleSwitch(module="sales", on=False))
    answer, stops = ask(admin, "see", deal, kind="opportunity")
    assert not answer
    assert stops[0] == "Opportunities belong to the module sales, which is switched off."


def test_somebody_switched_off_may_nothing(sofie):
    lead = factories.record("lead", owner_id=None)
    people.switch_off(sofie.id, actor=SYSTEM)
    answer, stops = ask(sofie, "see", lead)
    assert (answer.yes, stops[0]) == (False, "Sofie Claes is switched off and can't sign in.")


@settings(max_examples=150, deadline=None)
@given(
    role=st.sampled_from(sorted(ROLES)),
    action=st.sampled_from(["see", "edit", "delete", "create", "export"]),
    kind=st.sampled_from(sorted(OBJECTS)),
    relation=st.sampled_from(sorted(cases.RELATIONS)),
    data=st.data(),
)
def test_an_answer_is_yes_exactly_where_no_step_stops_it(role, action, kind, relation, data):
    """Of the steps about grants one that lets through is enough; of all others each must."""
    subject = OBJECTS[kind]
    field = data.draw(st.sampled_from(["", *(each.key for each in subject.fields)]))
    facts = cases.facts_for(relation, cases.ME)
    asked = explain.Question(cases.stand_in(ROLES[role]), action, subject, facts, facts, field)
    way = explain.steps(asked, explain.Story("Somebody", roles=("A",), record="A record" if facts else ""))
    others = [each.passed for each in way if not each.text.startswith("The role ")]
    granted = [each.passed for each in way if each.text.startswith("The role ")]
    assert explain.judge(asked).yes == (all(others) and (not granted or any(granted)))


def test_to_be_changed_a_record_must_be_seen():
    access = access_rules.Access(1, tuple(each for each in ROLES["crm-administrator"].grants if each.action != "see"))
    facts = Facts(frozenset({1}))
    assert not explain.judge(explain.Question(access, "edit", OBJECTS["lead"], facts, facts))


def test_records_are_found_by_number_and_by_name_among_those_one_sees(sofie, pieter):
    first = factories.record("lead", by=sofie, last_name="Kestrel")
    second = factories.record("lead", by=sofie, last_name="Kestrel Biologics")
    subject, mine = OBJECTS["lead"], access_of(sofie)

    def found(access, text):
        return [each.id for each in queries.found_by(access, subject, text)]

    assert found(mine, "kestrel") == [first]
    assert found(mine, "Kest") == [first, second]
    assert found(mine, str(second)) == [second]
    assert found(access_of(pieter), "kestrel") == found(access_of(pieter), str(first)) == []
    assert found(mine, "100%") == found(mine, "9" * 40) == []


def test_the_page_answers_and_keeps_the_answer_as_a_test(browser, sofie, pieter):
    lead = factories.record("lead", by=sofie, last_name="<b>Kestrel</b>")
    address = f"/crm/setup/ask?person={pieter.id}&action=see&object=lead&record={lead}"
    page = browser.get(address).text
    assert "Can Pieter Dams see the lead “&lt;b&gt;Kestrel&lt;/b&gt;”?" in page
    assert "no grant reaches it" in page
    said = browser.get(address, headers={"Accept": "application/json"}).json
    assert (said["answer"], len(said["steps"])) == (False, 4)
    kept = {"person": pieter.id, "action": "see", "object": "lead", "record": lead, "expected": "no"}
    assert browser.post("/crm/setup/permission-tests/keep", data=kept).status_code == 303
    assert [(each.record_id, each.expected) for each in queries.own_cases()] == [(lead, False)]


@pytest.mark.parametrize(
    "query",
    [
        "person=x&action=fly&object=unicorn",
        "person=1&action=see&object=lead&record=99999999999999999999",
        "person=1&action=see&object=lead&record=" + "é" * 500 + "&field=nope",
        "action=see",
    ],
)
def test_a_question_that_makes_no_sense_is_a_page_all_the_same(browser, query):
    assert browser.get(f"/crm/setup/ask?{query}").status_code == 200
    assert browser.get(f"/crm/setup/ask?{query}", headers={"Accept": "application/json"}).status_code in (200, 404)


def test_the_shipped_roles_pass_their_tests(app):
    found = queries.results()
    assert [(each.who, each.case.what, each.because) for each in found if not each.passed] == []
    assert {each.case.role for each in found} == set(ROLES)


def test_a_run_is_kept_with_every_answer_and_says_when_grants_changed_since(browser, admin, sofie, pieter, north):
    lead = factories.record("lead", by=sofie)
    service.keep_case(Case("see", "lead", expected=False, person_id=pieter.id, record_id=lead), actor=admin, now=NOW)
    page = browser.post("/crm/setup/permission-tests/run", follow_redirects=True).text
    run = queries.last_run()
    assert f"All {run.cases} answers are as expected" in page
    assert (run.failed, run.by, run.compared, run.agreed) == (0, "Ada Admin", 1, 1)
    assert run.results[-1]["who"] == "Pieter Dams"
    assert run.results[-1]["own"]
    assert "changed since this run" not in page
    sharing.share("lead", lead, sharing.ShareData(f"person:{pieter.id}"), actor=sofie, now=NOW)
    assert "changed since this run" in browser.get("/crm/setup/permission-tests").text
    assert "1 answer differs" in browser.post("/crm/setup/permission-tests/run", follow_redirects=True).text
    assert queries.last_run().failed == 1
    assert queries.run(run.id).failed == 0, "evidence stays as it was"


def test_an_altered_role_fails_where_it_does_what_it_should_not(app, admin):
    with transaction(SYSTEM, "crm_role.given") as work:
        work.session.add(CrmRole(key="executive", name="Executive"))
    service.run_tests(actor=admin, now=NOW)
    failed = [each for each in queries.last_run().results if each["expected"] != each["actual"]]
    assert {each["who"] for each in failed} == {"Executive"}


def test_a_run_is_a_file(browser):
    browser.post("/crm/setup/permission-tests/run")
    answer = browser.get(f"/crm/setup/permission-tests/{queries.last_run().id}?format=xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data[:2] == b"PK"
    assert browser.get("/crm/setup/permission-tests/999").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"person": "1", "action": "fly", "object": "lead"},
        {"person": "1", "action": "see", "object": "lead", "field": "nope"},
        {"person": "99999", "action": "see", "object": "lead"},
        {"person": "", "action": "see", "object": ""},
    ],
)
def test_no_nonsense_is_kept_as_a_test(browser, sent):
    assert browser.post("/crm/setup/permission-tests/keep", data=sent).status_code == 404
    assert queries.own_cases() == []


def test_a_test_goes_and_comes_back(browser, admin, sofie):
    service.keep_case(Case("share_records", "function", expected=False, person_id=sofie.id), actor=admin, now=NOW)
    (kept,) = queries.own_cases()
    assert browser.post(f"/crm/setup/permission-tests/cases/{kept.id}/remove").status_code == 303
    assert queries.own_cases() == []
    with pytest.raises(NotFound):
        service.remove_case(kept.id, actor=admin)


def test_a_record_that_is_gone_is_told(app, admin, sofie):
    lead = factories.record("lead", by=admin)
    service.keep_case(Case("see", "lead", expected=True, person_id=admin.id, record_id=lead), actor=admin, now=NOW)
    record_service.remove("lead", [lead], actor=admin, now=NOW)
    assert queries.results()[-1].because == "there is no such record any more"
