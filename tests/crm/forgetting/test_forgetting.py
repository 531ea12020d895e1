"""Somebody is erased: rows, files and trail say so, the chain verifies, figures count on, a restore does it again."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from sqlalchemy import func, select

from crm.consent import queries as consent
from crm.consent import service as consents
from crm.consent.rules import ConsentData
from crm.forgetting import queries, rules, service
from crm.hooks import service as hooks
from crm.hooks.models import Delivery
from crm.imports import service as imports
from crm.imports.models import Import, ImportProblem
from crm.notes import service as notes
from crm.notes.models import Note
from crm.notes.service import NoteData
from crm.objects.models import OwnField
from crm.objects.rules.catalogue import OBJECTS
from crm.records import service as records
from crm.records.models import Activity, Contact, Lead, Opportunity
from infra.attachments import service as files
from infra.attachments import store
from infra.attachments.models import Attachment
from infra.audit import erasures
from infra.audit.models import AuditEntry
from infra.audit.queries import verify
from infra.backup.events import Restored
from infra.comments import service as comments
from infra.comments.models import Comment
from infra.database import db
from infra.personal import queries as personal
from infra.personal.rules import Fate
from infra.transaction import transaction
from infra.wires import wires
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

NAME, MAIL = "Ines Maertens", "ines@example.org"


@pytest.fixture
def ada(app):
    return factories.administrator()


@pytest.fixture
def contact(ada):
    """A contact of whom much is held."""
    made = factories.record(
        "contact",
        by=ada,
        first_name="Ines",
        last_name="Maertens",
        email=MAIL,
        phone="+32470000000",
        private_phone="+32470000001",
        birth_date="1980-02-03",
        title="Buyer",
        street="Kerkstraat 1",
        country="BE",
    )
    notes.add("contact", made, NoteData("Likes", "Ines likes tea", confidential=True), actor=ada, now=NOW)
    notes.add("contact", made, NoteData("", "Call Ines on Monday"), actor=ada, now=NOW)
    comments.add_comment(f"crm_contact:{made}", "Ines is on leave", actor=ada)
    files.add_file(f"crm_contact:{made}", "cv.txt", BytesIO(b"Curriculum of Ines"), actor=ada)
    factories.record(
        "activity", by=ada, name="Call with Ines", description="She said yes", kind="call", contact_id=made
    )
    factories.record("opportunity", by=ada, name=f"Machines for {NAME}", amount=100, contact_id=made)
    given = ConsentData("news", True, NOW, "form", wording="I agree", proof="form of Ines")
    consents.note("contact", made, given, actor=ada, now=NOW)
    return made


def erase(kind, number, actor):
    with transaction(actor, service.ACTION) as work:
        who = queries.who(kind, number)
        count = service.forget(work, who)
        work.note(service.ACTION, subject="", label="", rows=count)
    return count


def trail_text():
    rows = db.session.execute(select(AuditEntry.label, AuditEntry.changes))
    return "\n".join(f"{row.label} {row.changes}" for row in rows)


def everything_in(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_nothing_is_left_that_says_who_it_was(contact, ada):
    folder = wires().settings.files_dir
    assert b"Curriculum" in everything_in(folder)
    assert erase("contact", contact, ada) == 8
    row = db.session.get(Contact, contact)
    assert (row.name, row.last_name, row.email, row.birth_date) == ("Erased contact 1", "Erased contact 1", "", None)
    assert (row.title, row.street, row.private_phone) == ("", "", None)
    assert (row.country, row.owner_id) == ("BE", ada.id), "what figures count stays"
    for model in (Note, Comment, Attachment):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    activity = db.session.scalar(select(Activity))
    assert (activity.name, activity.description, activity.kind) == ("Call", "", "call")
    assert db.session.scalar(select(Opportunity.name)) == "Machines for (erased)"
    said = trail_text()
    for word in ("Ines", "Maertens", MAIL, "+3247", "Kerkstraat", "Buyer", "tea", "She said yes", "cv.txt", "I agree"):
        assert word not in said, word
    found = verify()
    assert found.sound
    assert found.erased > 5
    assert b"Curriculum" not in everything_in(folder)
    listed = (folder.parent / erasures.LIST).read_text()
    assert "Ines" not in listed.replace("Erased", "")


def test_nobody_writes_to_them_again_even_if_they_are_brought_in_anew(contact, ada):
    erase("contact", contact, ada)
    again = factories.record("lead", by=ada, email=MAIL)
    consents.note("lead", again, ConsentData("news", True, NOW, "form", proof="x"), actor=ada, now=NOW)
    assert not consent.may_write_to("lead", [again], "news")[again]


def test_who_was_merged_converted_or_has_the_same_name_and_address_is_the_same(contact, ada):
    twin = factories.record("lead", by=ada, first_name="Ines", last_name="Maertens", email="INES@example.org")
    other = factories.record("contact", by=ada, last_name="Reception", email=MAIL)
    before = factories.record("lead", by=ada, last_name="I. M.", email="old@example.org")
    with transaction(ada, "record.changed") as work:
        work.session.get(Lead, before).contact_id = contact
    found = {(each.kind, each.id): each.sure for each in queries.same("contact", contact)}
    assert found == {
        ("contact", contact): True,
        ("lead", twin): True,
        ("lead", before): True,
        ("contact", other): False,
    }
    who = queries.who("contact", contact)
    assert MAIL not in who.addresses, "an address that others share is not theirs alone"
    erase("contact", contact, ada)
    assert db.session.get(Contact, other).last_name == "Reception"
    assert db.session.get(Lead, twin).name.startswith("Erased lead")
    assert db.session.get(Lead, before).email == ""


def test_an_erased_record_can_be_found_again_by_nobody(contact, ada, client):
    erase("contact", contact, ada)
    browser = factories.sign_in(client, ada)
    assert "Ines" not in browser.get("/crm/search?q=ines").text.replace('value="ines"', "")
    page = browser.get(f"/crm/contacts/{contact}")
    assert page.status_code == 200
    assert "Maertens" not in page.text
    assert "(erased)" in page.text


def test_twice_does_no_harm_and_a_restricted_record_can_be_erased(contact, ada):
    consents.restrict("contact", contact, "Ines says so", actor=ada, now=NOW)
    erase("contact", contact, ada)
    erase("contact", contact, ada)
    assert verify().sound
    assert "Ines" not in trail_text()


def test_what_came_back_with_a_backup_is_erased_again(contact, ada):
    erase("contact", contact, ada)
    folder = wires().settings.files_dir.parent
    with transaction(ada, "record.changed") as work:
        row = work.session.get(Contact, contact)
        row.name, row.email = NAME, MAIL
        work.session.add(Note(id=1, object="contact", record_id=contact, body="Ines", author_name="A", created_at=NOW))
    assert erasures.apply(db.session, erasures.listed(folder)) > 1
    db.session.commit()
    db.session.expire_all()
    assert db.session.get(Contact, contact).email == ""
    assert db.session.get(Note, 1) is None
    assert verify().sound


@pytest.mark.parametrize("kind", ["lead", "contact"])
def test_every_marked_field_and_every_text_goes(kind):
    gone = {each.key for each in rules.erased_fields(kind)}
    assert {each.key for each in OBJECTS[kind].fields if each.mark} <= gone
    assert not {"status", "source", "country", "owner_id", "created_at", "account_id", "value"} & gone


def test_the_plan_changes_nothing(contact):
    whose = queries.who("contact", contact)
    steps = queries.plan(whose, queries.parts_of(whose))
    fates = {step.table: step.fate for step in steps}
    assert fates["crm_note"] is Fate.DROPPED
    assert fates["crm_opportunity"] is Fate.SCRUBBED
    assert db.session.get(Contact, contact).email == MAIL
    assert records.defaults("contact") == {}


def own(key, kind, obj="contact", **more):
    with transaction(SYSTEM, "own_field.added") as work:
        work.session.add(OwnField(object=obj, key=key, label=key, kind=kind, **more))


def test_fields_of_ones_own_go_also_one_that_was_deleted_and_stay_where_they_say_nothing(contact, ada):
    for key, kind in (("x_home", "address"), ("x_nick", "text"), ("x_gone", "text"), ("x_rooms", "number")):
        own(key, kind)
    own("x_bank", "text", mark="sensitive")
    own("x_why", "text", obj="opportunity")
    values = {"x_home": "Kaai 7", "x_nick": "Nessie", "x_gone": "Loch", "x_rooms": 4, "x_bank": "BE71"}
    records.change("contact", contact, values, actor=ada, now=NOW)
    deal = db.session.scalars(select(Opportunity)).one()
    records.change("opportunity", deal.id, {"x_why": f"{NAME} wants it"}, actor=ada, now=NOW)
    with transaction(SYSTEM, "own_field.deleted"):
        db.session.scalars(select(OwnField).where(OwnField.key == "x_gone")).one().deleted_at = NOW
    erase("contact", contact, ada)
    row = db.session.get(Contact, contact)
    assert (row.more, row.more_sealed) == ({"x_rooms": 4}, None)
    assert db.session.get(Opportunity, deal.id).more == {"x_why": "(erased) wants it"}
    said = trail_text()
    for word in ("Kaai", "Nessie", "Loch", "BE71", NAME):
        assert word not in said, word
    assert verify().sound
    listed = (wires().settings.files_dir.parent / erasures.LIST).read_text()
    assert not any(word in listed for word in ("Kaai", "Nessie", "Loch", "BE71", NAME))


def test_messages_to_webhooks_go_by_record_and_by_name(contact, ada):
    hook, _key, _work = hooks.add("ERP", "https://erp.example/in", personal=True, actor=ada)
    with transaction(SYSTEM, "hook.sent") as work:
        about = {"object": "contact", "id": contact, "fields": {}}
        named = {"object": "account", "id": 5, "fields": {"note": "INES MAERTENS called"}}
        other = {"object": "contact", "id": contact + 1, "fields": {}}
        hooks.queue_many(work, hook, "contact.changed", [about, named, other])
    erase("contact", contact, ada)
    left = [json.loads(each.body)["data"]["id"] for each in db.session.scalars(select(Delivery))]
    assert left == [contact + 1]


def test_files_of_imports_that_name_them_go_with_refused_cells(contact, ada):
    content = f"last_name,email\nMaertens,{MAIL}\n,nobody\n".encode()
    keep = imports.keep_draft("lead", "fair.csv", content, actor=ada, now=NOW)
    other = imports.keep_draft("lead", "else.csv", b"last_name\nDahl\n", actor=ada, now=NOW)
    with transaction(SYSTEM, "import.ran") as work:
        work.session.add(ImportProblem(import_id=keep, row=2, column="email", value=MAIL.upper(), sentence="No."))
    rows = {each.id: each for each in db.session.scalars(select(Import))}
    path = {number: store.path_of(wires().settings.files_dir, row.digest) for number, row in rows.items()}
    assert path[keep].exists()
    erase("contact", contact, ada)
    assert (path[keep].exists(), path[other].exists()) == (False, True)
    assert db.session.scalar(select(func.count()).select_from(ImportProblem)) == 0
    path[keep].write_bytes(content)
    with transaction(SYSTEM, "restored") as work:
        service.follow_restore(Restored(NOW), work)
    assert not path[keep].exists(), "a restore brought it back"


def test_where_else_somebody_is_named_is_a_list_to_work_through(contact, ada):
    account = factories.record("account", by=ada, name="Fjord", description=f"Ask {NAME.upper()} first")
    found = personal.mentions(queries.who("contact", contact), queries.parts_of(queries.who("contact", contact)))
    assert [(each.key, each.column, each.excerpt) for each in found] == [
        (f"crm_account:{account}", "description", "Ask INES MAERTENS first")
    ]
