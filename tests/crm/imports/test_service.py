"""Files brought in: what becomes of each row, twice the same as once, what is asked, what comes back, and undone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from accounts.people.models import Person
from crm.access.queries import access_of
from crm.imports import jobs, queries, service
from crm.imports.models import Import
from crm.intake.rules.reading import questions
from crm.intake.service import TWICE
from crm.objects.rules.catalogue import OPPORTUNITY
from crm.records.models import Account, Contact, Lead, Opportunity
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def boss():
    return factories.crm_role(factories.person("Boss"), "sales-manager", factories.team("North"), leads=True)


@pytest.fixture
def admin():
    return factories.administrator()


def bring_in(kind, text, actor, mapping=None, mode=service.FULL):
    content = text.encode() if isinstance(text, str) else text
    number = service.keep_draft(kind, "file.csv", content, actor=actor, now=NOW)
    if mapping is not None:
        service.set_mapping(number, mapping, actor=actor)
    service.start(number, mode, actor=actor, now=NOW)
    return db.session.get(Import, number)


def counts(row):
    return row.created, row.updated, row.unchanged, row.rejected


LEADS = """Lead id;First name;Last name;E-mail;Company;Source
1;Ines;Maertens;ines@kestrel.example;Kestrel;Web
2;Pieter;Dams;pieter@kestrel.example;Kestrel;Event
3;;;nobody@kestrel.example;Kestrel;Web
4;Noor;Claes;not an address;Kestrel;Wbe
"""


def test_each_row_is_made_or_given_back_with_its_reason(boss):
    row = bring_in("lead", LEADS, boss)
    assert (row.state, row.read, *counts(row)) == ("done", 4, 2, 0, 0, 2)
    made = db.session.scalars(select(Lead).order_by(Lead.id)).all()
    assert [(each.name, each.source, each.origin, each.owner_id) for each in made] == [
        ("Ines Maertens", "web", "imported", boss.id),
        ("Pieter Dams", "event", "imported", boss.id),
    ]
    wrong = {(each.row, each.column): each.sentence for each in queries.problems(row.id)}
    assert set(wrong) == {(4, "Last name"), (5, "E-mail"), (5, "Source")}
    assert "looks like name@example.org" in wrong[5, "E-mail"]
    assert "“Wbe” is none of the choices: Web, Event" in wrong[5, "Source"]


def test_rows_given_back_stand_as_the_file_had_them_with_what_is_wrong(boss):
    row = bring_in("lead", LEADS, boss)
    heads, rows = service.rejected_rows(row)
    assert heads[-2:] == ["row", "what is wrong"]
    assert [each[:5] for each in rows] == [
        ["3", "", "", "nobody@kestrel.example", "Kestrel"],
        ["4", "Noor", "Claes", "not an address", "Kestrel"],
    ]
    assert "E-mail:" in rows[1][-1]


def test_twice_is_the_same_as_once_and_a_changed_row_changes_its_record(boss):
    bring_in("lead", LEADS, boss)
    assert counts(bring_in("lead", LEADS, boss)) == (0, 0, 2, 2)
    assert counts(bring_in("lead", LEADS.replace("Pieter", "Piet"), boss)) == (0, 1, 1, 2)
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 2


def test_the_same_key_twice_in_a_file_is_told(boss):
    row = bring_in("lead", "Lead id;Last name\n1;Dams\n1;Claes\n", boss)
    assert counts(row) == (1, 0, 0, 1)
    said = queries.problems(row.id)[0].sentence
    assert said == "Row 2 has the same key. Keep one of the two, or give this one a key of its own."


def test_a_check_writes_no_record_and_leaves_the_draft(boss):
    row = bring_in("lead", LEADS, boss, mode=service.DRY_RUN)
    assert (row.state, *counts(row)) == ("draft", 2, 0, 0, 2)
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 0


def test_a_date_that_two_ways_read_differently_is_asked_about(boss):
    text = "Opportunity id;Name;Close date\n1;Clean room;03/04/2026\n2;Balance;05/06/2026\n"
    number = service.keep_draft("opportunity", "deals.csv", text.encode(), actor=boss, now=NOW)
    row = db.session.get(Import, number)
    sheet = service.sheet_of(row)
    (asked,) = questions(OPPORTUNITY, service.mapping_of(row), service.samples(sheet))
    assert (asked.column, asked.sample) == ("Close date", "03/04/2026")
    assert {"DD/MM/YYYY", "MM/DD/YYYY"} <= set(asked.formats)


def test_a_date_that_one_row_decides_is_not_asked_about(boss):
    row = bring_in("opportunity", "Name;Close date\nA;03/04/2026\nB;25/04/2026\n", boss)
    assert counts(row) == (2, 0, 0, 0)
    assert db.session.scalars(select(Opportunity.closes_on).order_by(Opportunity.id)).all() == [
        date(2026, 4, 3),
        date(2026, 4, 25),
    ]


def test_the_mapping_file_of_the_interface_brings_deals_in(admin):
    sofie = factories.crm_role(factories.person("Sofie Claes"), "sales-representative")
    factories.record("account", name="Kestrel Biologics")
    text = (
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        "1C1I7A6R,Sofie Claes,GTXPro,Kestrel Biologics,Won,10/20/2025,02/13/2026,1054\n"
        "Z063OYW0,Sofie Claes,GTX Basic,kestrel biologics,Negotiate,10/25/2025,,\n"
        "EC4QE1BX,Somebody Else,GTX Basic,Nobody Ltd,Won,10/25/2025,03/11/2025,50\n"
    )
    mapping = {
        "object": "opportunity",
        "key": ["opportunity_id"],
        "columns": {
            "opportunity_id": {"to": "name"},
            "sales_agent": {"to": "owner"},
            "product": {"to": "product"},
            "account": {"to": "account"},
            "deal_stage": {"to": "stage"},
            "engage_date": {"to": "created_at", "date": "%m/%d/%Y"},
            "close_date": {"to": "closed_on", "date": "%m/%d/%Y"},
            "close_value": {"to": "amount"},
        },
        "values": {"product": {"GTXPro": "GTX Pro"}},
    }
    row = bring_in("opportunity", text, admin, mapping)
    assert counts(row) == (2, 0, 0, 1)
    won = db.session.scalar(select(Opportunity).where(Opportunity.name == "1C1I7A6R"))
    assert (won.outcome, won.amount, won.product_line, won.owner_id) == ("won", Decimal(1054), "GTX Pro", sofie.id)
    assert won.closed_at.date() == date(2026, 2, 13)
    assert won.created_at.date() == date(2025, 10, 20)
    assert {each.column for each in queries.problems(row.id)} == {"sales_agent", "account"}


def test_nobody_brings_in_what_they_may_not(boss):
    rep = factories.crm_role(factories.person(), "sales-representative")
    with pytest.raises(Refused):
        service.keep_draft("lead", "a.csv", LEADS.encode(), actor=rep, now=NOW)
    number = service.keep_draft("lead", "a.csv", LEADS.encode(), actor=boss, now=NOW)
    other = factories.crm_role(factories.person(), "sales-manager")
    with pytest.raises(NotFound):
        service.start(number, service.FULL, actor=other, now=NOW)


def test_a_manager_gives_imported_records_to_their_own_teams_only(boss):
    factories.crm_role(factories.person("Far Away"), "sales-representative", factories.team("South"))
    row = bring_in("lead", "Last name;Owner\nDams;Far Away\n", boss)
    assert counts(row) == (0, 0, 0, 1)
    assert "not allowed" in queries.problems(row.id)[0].sentence


def test_a_field_that_is_hidden_from_somebody_is_not_filled_by_a_file(boss):
    row = bring_in("contact", "Last name;Private phone\nDams;+32 2 555 01 23\n", boss)
    assert counts(row) == (0, 0, 0, 1)
    assert "may not fill in" in queries.problems(row.id)[0].sentence


def test_a_record_that_one_may_not_see_is_not_changed_and_not_told_of(boss):
    bring_in("lead", "Lead id;Last name\n7;Dams\n", factories.administrator("Zoe"))
    row = bring_in("lead", "Lead id;Last name\n7;Claes\n", boss)
    assert counts(row) == (0, 0, 0, 1)
    (found,) = queries.problems(row.id)
    assert (found.row, found.column, found.value) == (2, "Lead id", "7")
    assert "belongs to an earlier row, whose record you may not change" in found.sentence
    assert "Dams" not in found.sentence
    assert db.session.scalars(select(Lead.name)).all() == ["Dams"]


def test_an_import_is_taken_back_as_a_whole(boss):
    first = bring_in("lead", LEADS, boss)
    second = bring_in("lead", LEADS.replace("Pieter", "Piet"), boss)
    service.take_back(second.id, actor=boss)
    assert sorted(db.session.scalars(select(Lead.first_name))) == ["Ines", "Pieter"]
    service.take_back(first.id, actor=boss)
    assert db.session.scalars(select(Lead.id)).all() == []
    assert db.session.get(Import, first.id).state == "taken back"
    assert counts(bring_in("lead", LEADS, boss)) == (2, 0, 0, 2)


@pytest.mark.parametrize(
    "content",
    [
        LEADS.encode("utf-8-sig"),
        LEADS.encode("utf-16"),
        LEADS.encode("utf-32"),
        LEADS.replace(";", "\t").encode(),
        LEADS.replace("\n", "\r\n").encode(),
    ],
)
def test_files_come_in_many_encodings(boss, content):
    assert counts(bring_in("lead", content, boss)) == (2, 0, 0, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Last name\n", "nothing below"),
        ("Last name;\nDams;1\n", "column 2 has no name"),
        ("Last name;Last name\nDams;Claes\n", "Two columns are called"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_no_table_is_refused(boss, text, said):
    with pytest.raises(RuleBroken, match=said) as refused:
        bring_in("lead", text, boss)
    assert refused.value.status == 422


def test_hostile_cells_stay_text_and_come_back_guarded(boss):
    text = 'Last name;E-mail\n"=HYPERLINK(""http://x"")";bad\n"<script>alert(1)</script>";\n"' + "x" * 10_000 + '";\n'
    row = bring_in("lead", text, boss)
    assert counts(row) == (1, 0, 0, 2)
    assert db.session.scalars(select(Lead.name)).all() == ["<script>alert(1)</script>"]
    assert any("10000" in each.sentence or "10,000" in each.sentence for each in queries.problems(row.id))


def test_accounts_of_contacts_are_found_by_name_within_what_one_may_see(admin):
    factories.record("account", name="Kestrel Biologics")
    factories.record("account", name="Twin")
    factories.record("account", name="Twin")
    row = bring_in("contact", "Last name;Account\nA;KESTREL biologics\nB;Twin\nC;None such\n", admin)
    assert counts(row) == (1, 0, 0, 2)
    contact = db.session.scalar(select(Contact))
    assert db.session.get(Account, contact.account_id).name == "Kestrel Biologics"
    assert [each.sentence for each in queries.problems(row.id)] == [
        "2 are called “Twin”. Which one is meant?",
        "There is no “None such” that you may see.",
    ]


def test_a_large_file_waits_for_the_timetable(boss, monkeypatch):
    monkeypatch.setattr(service, "AT_ONCE", 1)
    row = bring_in("lead", LEADS, boss)
    assert (row.state, row.read) == ("waiting", 0)
    assert service.waiting(NOW) == [(row.id, boss.id)]
    service.perform(row.id, actor=boss, now=NOW)
    assert (row.state, row.read) == ("done", 4)


def test_reading_twelve_hundred_rows_asks_the_database_seldom(admin, asked):
    for number in range(5):
        factories.record("account", name=f"Account {number}")
    text = "Contact id;Last name;Account\n" + "".join(f"{n};Person {n};Account {n % 5}\n" for n in range(1200))
    with asked() as seen:
        row = bring_in("contact", text, admin)
    assert counts(row) == (1200, 0, 0, 0)
    reads = [each for each in seen if each.startswith("SELECT")]
    assert len(reads) <= 60, len(reads)


def test_an_import_that_breaks_off_says_so_and_is_taken_back(boss, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 1)
    decide, calls = service.intake.decide, []

    def breaks_at_the_second(run, rows):
        calls.append(rows)
        if len(calls) == 2:
            raise ZeroDivisionError
        return decide(run, rows)

    monkeypatch.setattr(service.intake, "decide", breaks_at_the_second)
    number = service.keep_draft("lead", "a.csv", b"last name\nDams\nMaertens\n", actor=boss, now=NOW)
    with pytest.raises(ZeroDivisionError):
        service.start(number, service.FULL, actor=boss, now=NOW)
    row = db.session.get(Import, number, populate_existing=True)
    assert (row.state, row.created) == (service.FAILED, 1)
    service.take_back(number, actor=boss)
    assert (row.state, db.session.scalar(select(func.count()).select_from(Lead))) == (service.TAKEN_BACK, 0)


class Killed(BaseException):
    """What a process that is killed looks like from inside: nothing is cleaned up."""


@pytest.fixture
def broken_off(boss, monkeypatch):
    """An import of four rows, one a batch, whose process was killed in its second batch."""
    monkeypatch.setattr(service, "BATCH", 1)
    decide, calls = service.intake.decide, []

    def killed_at_the_second(run, rows):
        calls.append(rows)
        if len(calls) == 2:
            raise Killed
        return decide(run, rows)

    with monkeypatch.context() as patched:
        patched.setattr(service.intake, "decide", killed_at_the_second)
        number = service.keep_draft("lead", "a.csv", AGAIN.encode(), actor=boss, now=NOW)
        with pytest.raises(Killed):
            service.start(number, service.FULL, actor=boss, now=NOW)
    return db.session.get(Import, number, populate_existing=True)


AGAIN = "id,last name\n1,Dams\n2,Maertens\n1,Dams\n4,Claes\n"
LATER = NOW + service.SILENCE * 2


def test_an_import_whose_process_was_killed_goes_on_where_it_was(boss, broken_off):
    assert (broken_off.state, broken_off.created) == ("running", 1)
    assert service.waiting(NOW) == []
    assert service.waiting(LATER) == [(broken_off.id, boss.id)]
    jobs.bring_in(SYSTEM, LATER)
    assert (broken_off.state, broken_off.read, *counts(broken_off)) == ("done", 4, 3, 0, 0, 1)
    assert [each.sentence for each in queries.problems(broken_off.id)] == [TWICE % {"first": 2}]
    service.take_back(broken_off.id, actor=boss)
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 0


def test_an_import_that_lives_is_not_taken_up(boss, broken_off):
    service.perform(broken_off.id, actor=boss, now=NOW)
    assert (broken_off.state, broken_off.read) == ("running", 1)


def test_who_was_thought_dead_stops_when_another_goes_on(boss, broken_off, monkeypatch):
    def another_goes_on(_run, _rows):
        with db.engine.begin() as other:
            other.execute(update(Import).values(beat_at=LATER + service.SILENCE))

    monkeypatch.setattr(service.intake, "pass_over", another_goes_on)
    service.perform(broken_off.id, actor=boss, now=LATER)
    assert (broken_off.state, broken_off.read) == ("running", 1)
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 1


def test_an_import_whose_author_left_ends_with_a_sentence(boss, broken_off):
    with transaction(SYSTEM, "person.switched_off"):
        db.session.get(Person, boss.id).active = False
    jobs.bring_in(SYSTEM, LATER)
    db.session.refresh(broken_off)
    assert (broken_off.state, broken_off.message.partition(".")[0]) == (
        "failed",
        "Whoever asked for it may not sign in any more",
    )


def test_old_drafts_are_forgotten(boss):
    number = service.keep_draft("lead", "a.csv", LEADS.encode(), actor=boss, now=NOW)
    assert service.prune_drafts(boss, NOW) == 0
    assert service.prune_drafts(boss, datetime(2026, 3, 1, tzinfo=UTC)) == 1
    with pytest.raises(NotFound):
        queries.get(access_of(boss), number)
