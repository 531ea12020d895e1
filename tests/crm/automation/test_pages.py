"""The pages of automations: made step by step, tried, switched on, and what they did is read."""

import re

import pytest
from sqlalchemy import select

from crm.acting.models import Run
from crm.automation import service
from crm.automation.models import Automation
from crm.automation.rules.parts import Action, Definition, Do, Trigger, When
from crm.automation.rules.shipped import SHIPPED
from crm.records.models import Lead
from crm.records.queries import stages
from infra.database import db
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

BASE = "/crm/setup/automations"


@pytest.fixture
def ada(client, app):
    keeper = factories.crm_role(factories.person("Ada"), "crm-administrator", factories.team("North"))
    factories.sign_in(client, keeper)
    return keeper


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative")


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def kept():
    db.session.expire_all()
    return db.session.scalars(select(Automation).order_by(Automation.id)).all()


def begun(client, **more):
    client.post(f"{BASE}/new", data={"name": "Hot in the north", "object": "lead", **more})
    return kept()[-1].id


def test_a_rule_is_made_step_by_step_and_works(client, ada):
    assert "Nothing works by itself yet." in text(client.get(BASE))
    number = begun(client)
    one = f"{BASE}/{number}"
    assert "not ready: It does nothing yet" in text(client.get(one))
    assert client.get(f"{one}/conditions?field=region").status_code == 200
    assert (
        client.post(f"{one}/conditions", data={"field": "region", "op": "is", "values": ["nordics"]}).status_code == 303
    )
    assert client.get(f"{one}/actions?do=set&target=rating").status_code == 200
    assert client.post(f"{one}/actions", data={"do": "set", "target": "rating", "value": "hot"}).status_code == 303
    page = text(client.get(one))
    assert "Region is Nordics" in page
    assert "Set “Rating” to Hot" in page
    north = factories.record("lead", region="nordics")
    trial = text(client.get(f"{one}/trial"))
    assert "It would work on 1 of the newest 1 record. Nothing is done." in trial
    assert db.session.get(Lead, north).rating == ""
    client.post(f"{one}/switch", data={"on": "yes"})
    made = factories.record("lead", region="nordics", last_name="Maertens")
    db.session.expire_all()
    assert db.session.get(Lead, made).rating == "hot"
    assert "Maertens" in text(client.get(f"{one}/runs"))
    assert "They worked on one record in 30 days" in text(client.get(BASE))
    assert "By itself" in text(client.get(f"/crm/leads/{made}"))


@pytest.mark.parametrize("do", list(Do))
def test_every_kind_of_action_has_its_form(client, ada, do):
    number = begun(client)
    target = "&target=rating" if do is Do.SET else ""
    found = client.get(f"{BASE}/{number}/actions?do={do.value}{target}")
    assert found.status_code == 200


@pytest.mark.parametrize("when", ["created", "written", "changed", "entered", "since", "reached", "form"])
def test_every_trigger_has_its_form(client, ada, when):
    number = begun(client)
    assert client.get(f"{BASE}/{number}/trigger?when={when}").status_code == 200


def test_a_trigger_knows_from_and_to(client, ada):
    number = begun(client)
    assert "Marketing qualified" in text(client.get(f"{BASE}/{number}/trigger?when=changed&field=status"))
    sent = {"when": "changed", "field": "status", "was": "new", "becomes": "mql"}
    assert client.post(f"{BASE}/{number}/trigger", data=sent).status_code == 303
    assert "“Status” goes from New to Marketing qualified" in text(client.get(f"{BASE}/{number}"))


def test_a_table_gives_records_out_line_by_line(client, ada, sofie):
    number = begun(client)
    client.post(f"{BASE}/{number}/actions", data={"do": "assign", "else": "role:sales-representative", "how": "load"})
    lines = f"{BASE}/{number}/actions/0/lines"
    assert client.get(lines).status_code == 200
    assert client.post(lines, data={"to": f"person:{sofie.id}"}).status_code == 422
    sent = {"if-region": "dach", "if-product_interest": "slots", "to": f"person:{sofie.id}"}
    assert client.post(lines, data=sent).status_code == 303
    page = text(client.get(f"{BASE}/{number}/actions/0"))
    assert "contains “slots”" in page
    client.post(f"{BASE}/{number}/actions/0", data={"else": "", "how": ""})
    assert kept()[0].actions[0]["how"]["rows"][0]["to"] == f"person:{sofie.id}"
    client.post(f"{lines}/0/remove")
    assert kept()[0].actions[0]["how"]["rows"] == []


def test_a_mail_is_seen_before_it_goes(client, ada):
    number = begun(client)
    factories.record("lead", by=ada, first_name="Ines", last_name="Maertens", company="Kestrel")
    sent = {"do": "mail", "to": "owner", "subject": "About {name}", "body": "{company} <b>waits</b>: {link}"}
    assert client.post(f"{BASE}/{number}/actions", data=sent).status_code == 303
    page = client.get(f"{BASE}/{number}/actions/0/preview").get_data(as_text=True)
    assert "About Ines Maertens" in page
    assert "Kestrel &lt;b&gt;waits&lt;/b&gt;" in page


def test_a_mail_outside_asks_for_consent(client, ada):
    number = begun(client)
    factories.record("lead", by=ada, email="ines@kestrel.example")
    sent = {"do": "mail", "to": "record", "purpose": "news", "subject": "News", "body": "Hello {name}"}
    client.post(f"{BASE}/{number}/actions", data=sent)
    assert "No consent is known." in text(client.get(f"{BASE}/{number}/actions/0/preview"))


def test_what_makes_no_sense_is_said_where_it_is_typed(client, ada):
    number = begun(client)
    one = f"{BASE}/{number}"
    client.post(f"{one}/conditions", data={"field": "rating", "op": "is", "values": ["hot"]})
    found = client.post(f"{one}/conditions", data={"field": "rating", "op": "is", "values": ["cold"]})
    assert found.status_code == 422
    assert "“Rating is Hot” and “Rating is Cold” shut each other out" in text(found)
    found = client.post(f"{one}/actions", data={"do": "notify", "to": "owner", "text": "Look: {birth_date}"})
    assert found.status_code == 422
    assert "nothing called {birth_date}" in text(found)
    assert "Look: {birth_date}" in found.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("conditions", {"field": "rating", "op": "is"}),
        ("conditions", {"field": "rating", "op": "\x00<script>", "values": ["hot"]}),
        ("conditions", {"field": "value", "op": "above", "value": "a lot"}),
        ("conditions", {"field": "company", "op": "is", "value": "x" * 10_000}),
        ("actions", {"do": "task", "name": "", "kind": "call"}),
        ("actions", {"do": "task", "name": "Call", "kind": "dance", "whose": "owner"}),
        ("actions", {"do": "task", "name": "Call", "kind": "call", "whose": "owner", "days": "9999"}),
        ("actions", {"do": "mail", "to": "person:99999", "subject": "x", "body": "x"}),
        ("actions", {"do": "set", "target": "next_step_on", "value": "tomorrow"}),
        ("actions", {"do": "set", "target": "status", "value": ""}),
        ("actions", {"do": "flag", "tag": "x" * 300}),
        ("actions", {"do": "campaign", "campaign": "77", "status": "targeted"}),
        ("trigger", {"when": "since", "field": "created_at", "amount": "0", "unit": "days"}),
        ("trigger", {"when": "since", "field": "created_at", "amount": "many", "unit": "days"}),
        ("trigger", {"when": "entered", "field": "status", "becomes": "nowhere"}),
        ("about", {"name": "", "match": "all"}),
    ],
)
def test_bad_input_is_answered_with_a_sentence(client, ada, path, data):
    number = begun(client)
    found = client.post(f"{BASE}/{number}/{path}", data=data)
    assert found.status_code == 422
    assert "field__err" in found.get_data(as_text=True) or "errors" in found.get_data(as_text=True)
    assert (kept()[0].conditions, kept()[0].actions) == ([], [])


@pytest.mark.parametrize(
    "path",
    [
        "conditions?field=tax_number",
        "conditions?field=",
        "actions?do=dance",
        "actions?do=set&target=owner_id",
        "actions?do=set&target=nothing.x",
        "actions/4",
        "actions/0/lines",
        "actions/0/preview",
        "trigger?field=nothing",
        "runs?state=nothing",
    ],
)
def test_what_is_not_there_is_not_found(client, ada, path):
    number = begun(client)
    client.post(f"{BASE}/{number}/actions", data={"do": "flag", "tag": "x"})
    assert client.get(f"{BASE}/{number}/{path}").status_code == 404


def test_a_stale_form_overwrites_nothing(client, ada):
    number = begun(client)
    client.post(f"{BASE}/{number}/actions", data={"do": "flag", "tag": "x"})
    stale = {"base": "2020-01-01T00:00:00+00:00", "tag": "y"}
    found = client.post(f"{BASE}/{number}/actions/0", data=stale)
    assert found.status_code == 422
    assert "Somebody changed this automation meanwhile" in text(found)
    assert kept()[0].actions[0]["how"]["tag"] == "x"


def test_what_ships_is_taken_over_and_switched_on(client, ada):
    for _ in SHIPPED:
        key = re.search(r'name="key" value="([^"]+)"', client.get(BASE).get_data(as_text=True)).group(1)
        assert client.post(f"{BASE}/shipped", data={"key": key}).status_code == 303
    for row in kept():
        client.post(f"{BASE}/{row.id}/switch", data={"on": "yes"})
    assert [each.active for each in kept()] == [True] * len(SHIPPED)
    assert f"{len(SHIPPED)} of {len(SHIPPED)} are on." in text(client.get(BASE))
    assert "Ready-made" not in text(client.get(BASE))
    assert client.post(f"{BASE}/shipped", data={"key": "nothing"}).status_code == 303


def test_the_order_is_changed_and_a_rule_removed(client, ada):
    first, second = begun(client), begun(client, name="Second")
    client.post(f"{BASE}/{second}/move", data={"step": "-1"})
    assert [row.id for row in sorted(kept(), key=lambda row: row.position)] == [second, first]
    client.post(f"{BASE}/{first}/remove")
    assert [row.id for row in kept()] == [second]


def test_a_failure_is_shown_and_tried_again_on_demand(client, ada):
    lost = next(each for each in stages() if each.key == "lost")
    broken = Definition("Lose", "opportunity", Trigger(When.CREATED), (), (Action(Do.STAGE, {"stage": str(lost.id)}),))
    service.add(broken, actor=ada, now=NOW, on=True)
    factories.record("opportunity", by=ada, name="Slots")
    page = text(client.get(f"{BASE}/runs?state=failed"))
    assert "Say why the deal was lost." in page
    run = db.session.scalar(select(Run))
    assert "failed again" in text(client.post(f"{BASE}/runs/{run.id}/retry", follow_redirects=True))
    assert client.post(f"{BASE}/runs/999/retry").status_code == 404


def test_who_reads_the_record_reads_less_of_what_was_done(client, app, sofie):
    rule = Definition("Tell", "lead", Trigger(When.CREATED), (), (Action(Do.FLAG, {"tag": "Secret word"}),))
    service.add(rule, actor=SYSTEM, now=NOW, on=True)
    made = factories.record("lead", by=sofie)
    factories.sign_in(client, sofie)
    page = client.get(f"/crm/leads/{made}").get_data(as_text=True)
    panel = page[page.index("auto__log") :][:600]
    assert "Put a tag on" in panel
    assert "Secret word" not in panel


def test_pages_ask_few_statements(client, ada, asked):
    for key in ("lead-assignment", "task-creation", "email-notifications"):
        service.add_shipped(key, actor=ada, now=NOW)
    factories.record("lead", by=ada)
    number = kept()[0].id
    client.get(BASE)
    for path, most in (("", 14), (f"/{number}", 16), (f"/{number}/runs", 12), (f"/{number}/trial", 20)):
        with asked() as statements:
            client.get(f"{BASE}{path}")
        assert len(statements) <= most, (path, len(statements))
