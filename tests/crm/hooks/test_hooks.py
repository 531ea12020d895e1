"""Webhooks: signed, sent once or again, never to a private place; what came of each message is kept."""

import base64
import contextlib
import hashlib
import hmac
import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from crm.automation import service as automations
from crm.automation.rules.parts import Action, Definition, Do, Trigger, When
from crm.hooks import jobs, queries, rules, service
from crm.hooks.models import Delivery, Hook
from infra import outgoing
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories
from tests.fixtures.app import NOW

BASE = "/crm/setup/webhooks"
PUBLIC = "93.184.215.14"
URL = "https://hooks.example.org/crm?x=1"


class Receiver:
    """Stands in for the net: what it answers, and what it was sent."""

    def __init__(self, monkeypatch, addresses=(PUBLIC,)):
        self.answers, self.sent, self.addresses = [], [], list(addresses)
        monkeypatch.setattr(outgoing, "addresses_of", lambda _url: self.addresses)
        monkeypatch.setattr(outgoing, "post", self.post)

    def post(self, url, address, headers, body, **_limits):
        self.sent.append((url, address, headers, body))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, str):
            raise outgoing.Unreachable(answer)
        return outgoing.Answer(answer, "thanks", 12, 60 if answer == 429 else None)


@pytest.fixture
def receiver(monkeypatch, app):
    return Receiver(monkeypatch)


@pytest.fixture
def hook(app):
    return service.add("Billing", URL, personal=False, actor=SYSTEM)


def put(hook_id, count=1):
    with transaction(SYSTEM, "test.sent") as work:
        service.queue_many(work, hook_id, "lead.created", [{"id": number} for number in range(count)])


def messages():
    db.session.expire_all()
    return db.session.scalars(select(Delivery).order_by(Delivery.id)).all()


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org",
        "ftp://hooks.example.org",
        "https://",
        "https://10.0.0.1/x",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://169.254.169.254/latest",
        "https://me:secret@hooks.example.org/",
        "https://hooks.example.org/#x",
        "https://hooks.example.org:99999/",
        "https://exa mple.org/",
        "javascript:alert(1)",
        "https://" + "x" * 600 + ".org",
        "",
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(RuleBroken):
        rules.check_url(url)


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused(typed):
    with contextlib.suppress(RuleBroken):
        assert rules.check_url(typed).startswith("https://")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "192.168.1.1",
        "172.16.0.1",
        "224.0.0.1",
        "fc00::1",
        "fe80::1%eth0",
        "::ffff:127.0.0.1",
        "2001:db8::1",
        "x",
    ],
)
def test_what_is_private_is_not_public(address):
    assert not rules.is_public(address)
    assert rules.chosen([PUBLIC, address]) is None


def test_a_message_is_signed_so_that_the_receiver_can_check_it(receiver, hook):
    hook_id, key, _work = hook
    put(hook_id)
    assert jobs.send(SYSTEM, NOW) == 1
    ((url, address, headers, body),) = receiver.sent
    assert (url, address) == (URL, PUBLIC)
    secret = base64.b64decode(key.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    wanted = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == wanted
    assert json.loads(body) == {"type": "lead.created", "timestamp": NOW.isoformat(), "data": {"id": 0}}
    (row,) = messages()
    assert (row.state, row.status, row.answer, row.tries) == ("delivered", 204, "thanks", 1)
    assert jobs.send(SYSTEM, NOW) == 0


def test_the_key_lies_sealed_and_after_a_change_both_sign_for_a_day(receiver, hook):
    hook_id, key, _work = hook
    assert key not in str(db.session.execute(text("SELECT signing_key FROM crm_hook")).scalar())
    renewed = service.renew_key(hook_id, actor=SYSTEM, now=NOW)
    assert renewed != key
    put(hook_id, 2)
    jobs.send(SYSTEM, NOW)
    assert [len(each[2]["webhook-signature"].split(" ")) for each in receiver.sent] == [2, 2]
    put(hook_id)
    jobs.send(SYSTEM, NOW + timedelta(hours=25))
    assert len(receiver.sent[-1][2]["webhook-signature"].split(" ")) == 1


def test_what_fails_is_tried_again_under_the_same_number_and_given_up(receiver, hook):
    put(hook[0])
    receiver.answers = [500, 429, "It can't be reached."] + [302] * 20
    jobs.send(SYSTEM, NOW)
    (row,) = messages()
    assert (row.state, row.error, row.next_try_at) == ("waiting", "It answers 500.", NOW + timedelta(seconds=5))
    assert jobs.send(SYSTEM, NOW + timedelta(seconds=4)) == 0
    now = NOW + timedelta(seconds=5)
    jobs.send(SYSTEM, now)
    assert messages()[0].next_try_at == now + timedelta(minutes=5)
    for _ in range(12):
        now = messages()[0].next_try_at
        jobs.send(SYSTEM, now)
    (row,) = messages()
    assert (row.state, row.tries) == ("given-up", 10)
    assert "wants to be called elsewhere" in row.error
    assert len({each[2]["webhook-id"] for each in receiver.sent}) == 1


def test_a_name_that_stands_for_a_private_place_is_not_called(receiver, hook):
    put(hook[0])
    receiver.addresses = [PUBLIC, "10.0.0.7"]
    jobs.send(SYSTEM, NOW)
    assert receiver.sent == []
    assert "private address" in messages()[0].error


def test_the_address_that_was_looked_at_is_the_one_that_is_called(receiver, hook, monkeypatch):
    """A name that stands for another address at the second question (DNS rebinding) is asked only once."""
    asked = []
    answers = [[PUBLIC], ["127.0.0.1"], ["::ffff:127.0.0.1"]]
    monkeypatch.setattr(outgoing, "addresses_of", lambda url: (asked.append(url), answers[len(asked) - 1])[1])
    put(hook[0])
    jobs.send(SYSTEM, NOW)
    assert (len(asked), [each[1] for each in receiver.sent]) == (1, [PUBLIC])


def test_who_wants_no_more_gets_no_more(receiver, hook):
    put(hook[0], 2)
    receiver.answers = [410]
    jobs.send(SYSTEM, NOW)
    db.session.expire_all()
    row = db.session.get(Hook, hook[0])
    assert (row.active, "410" in row.trouble) == (False, True)
    assert messages()[0].state == "given-up"
    put(hook[0])
    assert len(messages()) == 2


def test_a_message_whose_sender_died_is_taken_up(receiver, hook):
    put(hook[0])
    assert len(service._take(NOW)) == 1
    assert jobs.send(SYSTEM, NOW + timedelta(minutes=1)) == 0
    assert jobs.send(SYSTEM, NOW + timedelta(minutes=3)) == 1


def test_an_action_that_fails_sends_nothing(hook):
    with contextlib.suppress(RuntimeError), transaction(SYSTEM, "test.sent") as work:
        service.queue_many(work, hook[0], "x", [{}])
        raise RuntimeError
    assert messages() == []


def test_what_is_too_large_is_refused(hook):
    with pytest.raises(RuleBroken), transaction(SYSTEM, "test.sent") as work:
        service.queue_many(work, hook[0], "x", [{"text": "x" * 70_000}])


def test_old_messages_go(receiver, hook):
    put(hook[0])
    jobs.send(SYSTEM, NOW)
    assert (jobs.prune(SYSTEM, NOW), jobs.prune(SYSTEM, NOW + timedelta(days=31))) == (0, 1)


@pytest.mark.parametrize("personal", [True, False])
def test_an_automation_sends_a_record_without_what_is_private(app, personal):
    hook_id, _key, _work = service.add("Billing", URL, personal=personal, actor=SYSTEM)
    rule = Definition("Tell", "contact", Trigger(When.CREATED), (), (Action(Do.HOOK, {"hook": str(hook_id)}),))
    automations.add(rule, actor=SYSTEM, now=NOW, on=True)
    made = factories.record("contact", title="Buyer", email="ines@kestrel.example", private_phone="+3225550123")
    (row,) = messages()
    data = json.loads(row.body)["data"]
    assert (row.kind, data["id"], data["fields"]["title"]) == ("contact.created", made, "Buyer")
    assert ("email" in data["fields"]) is personal
    assert "private_phone" not in data["fields"]


def test_the_pages_keep_show_test_and_remove(client, receiver):
    ada = factories.crm_role(factories.person("Ada", password=True), "crm-administrator")
    factories.sign_in(client, ada)
    assert "No data leaves by itself." in client.get(BASE).get_data(as_text=True)
    assert client.post(BASE, data={"name": "", "url": URL}).status_code == 422
    refused = client.post(BASE, data={"name": "Inside", "url": "https://127.0.0.1/x"})
    assert (refused.status_code, "private" in refused.get_data(as_text=True)) == (422, True)
    made = client.post(BASE, data={"name": "<b>Billing</b>", "url": URL}).get_data(as_text=True)
    assert re.search(r"whsec_[A-Za-z0-9+/=]{40,}", made)
    assert "&lt;b&gt;Billing" in made
    number = queries.hooks()[0].id
    assert "whsec_" not in client.get(f"{BASE}/{number}").get_data(as_text=True)
    client.post(f"{BASE}/{number}/test")
    receiver.answers = [500]
    jobs.send(SYSTEM, NOW)
    (row,) = messages()
    assert "It answers 500." in client.get(f"{BASE}/messages/{row.id}").get_data(as_text=True)
    client.post(f"{BASE}/messages/{row.id}/again")
    assert jobs.send(SYSTEM, NOW) == 1
    assert "Delivered" in client.get(f"{BASE}/{number}?state=delivered").get_data(as_text=True)
    assert client.get(f"{BASE}/{number}?state=nothing").status_code == 404
    assert client.post(f"{BASE}/{number}", data={"name": "Billing", "url": "x"}).status_code == 422
    assert client.post(f"{BASE}/{number}", data={"name": "Billing", "url": URL}).status_code == 303
    assert re.search(r"whsec_", client.post(f"{BASE}/{number}/key").get_data(as_text=True))
    client.post(f"{BASE}/{number}/switch", data={"on": "no"})
    assert "It is off." in client.get(f"{BASE}/{number}").get_data(as_text=True)
    client.post(f"{BASE}/{number}/test")
    assert len(messages()) == 1
    client.post(f"{BASE}/{number}/remove")
    assert queries.hooks() == []
    assert client.get(f"{BASE}/messages/77").status_code == 404
