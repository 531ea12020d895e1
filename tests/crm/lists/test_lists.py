"""The lists of records: each reader's own, in any size, as a page and as a file."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest

from crm.access.models import CrmGrant, CrmRole
from crm.access.queries import access_of
from crm.lists import queries, rules
from crm.lists.rules import Reader
from crm.objects.rules.catalogue import OBJECTS
from infra.lists import large
from infra.lists.rules import parse
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")
UTC = NOW.tzinfo


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", north)


@pytest.fixture
def boss(north):
    return factories.crm_role(factories.person("Boss"), "sales-manager", north, leads=True)


@pytest.fixture
def narrow(sofie):
    """A role that sees all leads, and where they came from on one's own only."""
    with transaction(SYSTEM, "crm_role.given") as work:
        fields = [each.key for each in OBJECTS["lead"].fields if each.key != "source"]
        role = CrmRole(key="reader", name="Reader", description="")
        role.grants = [
            CrmGrant(object="lead", action="see", visibility=4, fields=fields),
        ]
        own = CrmRole(key="own", name="Own", description="")
        own.grants = [CrmGrant(object="lead", action="see", visibility=1, fields=None)]
        work.session.add_all([role, own])
    for key in ("reader", "own"):
        factories.crm_role(sofie, key)
    return sofie


def rows(actor, kind, **args):
    subject = OBJECTS[kind]
    access = access_of(actor)
    spec = queries.spec_of(access, subject, NOW, UTC)
    wish = parse(spec, {key: value if isinstance(value, list) else [value] for key, value in args.items()})
    return queries.source(access, subject).page(spec, wish, UTC), wish


def names(actor, kind, **args):
    return [each.cell("name") for each in rows(actor, kind, **args)[0].rows]


def test_a_list_holds_what_its_reader_may_see(sofie, boss):
    other = factories.crm_role(factories.person(), "sales-representative")
    factories.record("lead", by=sofie, last_name="Hers")
    factories.record("lead", by=other, last_name="Strange")
    assert names(sofie, "lead") == names(boss, "lead") == ["Hers"]
    assert rows(sofie, "lead")[0].total == 1


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"status": "new"}, ["Maertens", "Aerts"]),
        ({"status": ["new", "contacted"]}, ["Maertens", "Dams", "Aerts"]),
        ({"company": "KESTREL"}, ["Maertens"]),
        ({"value_min": "100"}, ["Dams"]),
        ({"stepless": "yes"}, ["Maertens", "Aerts"]),
        ({"quiet": "no"}, ["Dams"]),
        ({"sort": "name"}, ["Aerts", "Dams", "Maertens"]),
        ({"sort": "value"}, ["Aerts", "Dams", "Maertens"]),
        ({"sort": "-status"}, ["Dams", "Aerts", "Maertens"]),
        ({"owner_id": "none"}, []),
        ({"created_at_from": "2026-02-18"}, ["Maertens"]),
    ],
)
def test_filters_and_orders(boss, args, expected):
    factories.record("lead", by=boss, last_name="Maertens", company="Kestrel", at=NOW)
    dams = factories.record(
        "lead",
        by=boss,
        last_name="Dams",
        status="contacted",
        value=Decimal(500),
        next_step="Call",
        at=NOW - timedelta(1),
    )
    factories.record("lead", by=boss, last_name="Aerts", value=Decimal(5), at=NOW - timedelta(2))
    factories.record("activity", by=boss, kind="call", lead_id=dams, occurred_at=NOW - timedelta(2))
    assert names(boss, "lead", **args) == expected


def test_a_field_that_is_seen_on_own_records_only_is_blank_on_others_and_finds_none(narrow, boss):
    factories.record("lead", by=narrow, last_name="Mine", source="web")
    factories.record("lead", by=boss, last_name="Other", source="web")
    page, _wish = rows(narrow, "lead", sort="name")
    assert [(each.cell("name"), each.cell("source")) for each in page.rows] == [("Mine", "web"), ("Other", None)]
    assert names(narrow, "lead", source="web") == ["Mine"]


def test_a_condition_on_a_hidden_field_is_one_on_no_field(sofie):
    _page, hidden = rows(sofie, "campaign", budget_min="5")
    _page, unknown = rows(sofie, "campaign", rubbish_min="5")
    assert [each.text for each in hidden.messages] == [each.text for each in unknown.messages]
    _page, sorting = rows(sofie, "campaign", sort="budget")
    assert sorting.messages[0].text == rows(sofie, "campaign", sort="rubbish")[1].messages[0].text


@pytest.mark.parametrize("text", ["#²", "#99999999999", "#-1", "#", "#1.0"])
def test_what_is_no_number_of_a_record_finds_none(boss, text):
    factories.record("contact", by=boss, last_name="Dams", account_id=factories.record("account", by=boss))
    assert names(boss, "contact", account_id=text) == []


def test_quiet_tells_nothing_of_a_link_that_is_hidden(boss):
    lead = factories.record("lead", by=boss, last_name="Dams")
    factories.record("activity", by=boss, kind="call", lead_id=lead, occurred_at=NOW - timedelta(2))
    who = factories.crm_role(factories.person("Who"), _seeing("lead", ()))
    factories.crm_role(who, _seeing("activity", ("lead_id",)))
    _page, wish = rows(who, "lead", quiet="yes")
    assert wish.messages
    factories.crm_role(who, _seeing("activity", (), visibility=1))
    assert names(who, "lead", quiet="yes") == ["Dams"]


def test_one_letter_finds_no_name_that_is_hidden(boss):
    factories.record("lead", by=boss, last_name="Dams", company="Oakfield")
    who = factories.crm_role(factories.person("Who"), _seeing("lead", ("name", "first_name", "last_name")))
    page, _wish = rows(who, "lead", q="d")
    assert (len(rows(who, "lead")[0].rows), len(page.rows)) == (1, 0)


def _seeing(kind, hidden, visibility=4):
    """The key of a role that sees records of an object without some fields."""
    fields = [each.key for each in OBJECTS[kind].fields if each.key not in hidden]
    key = f"{kind}-{visibility}-{len(hidden)}"
    with transaction(SYSTEM, "crm_role.given") as work:
        role = CrmRole(key=key, name=key, description="")
        role.grants = [CrmGrant(object=kind, action="see", visibility=visibility, fields=fields)]
        work.session.add(role)
    return key


@pytest.mark.parametrize("sort", ["name", "-name", "created_at", "-created_at", "next_step_on", "title"])
def test_a_large_list_gives_in_pages_what_a_small_one_does(boss, sofie, north, monkeypatch, sort):
    made = [
        factories.record(
            "lead", by=boss if number % 3 else sofie, last_name=f"L{number % 4}", at=NOW - timedelta(hours=number % 5)
        )
        for number in range(12)
    ]
    subject, access = OBJECTS["lead"], access_of(boss)
    spec = queries.spec_of(access, subject, NOW, UTC)
    source = queries.source(access, subject)
    small = [each.id for each in source.page(spec, parse(spec, {"sort": [sort]}), UTC).rows]
    monkeypatch.setattr(large, "MOST", 10)
    object.__setattr__(spec, "page_size", 5)
    pages = [source.page(spec, parse(spec, {"sort": [sort], "page": [str(page)]}), UTC) for page in (1, 2)]
    shown = [each.id for page in pages for each in page.rows]
    assert (pages[0].total, pages[0].more) == (10, True)
    if sort.lstrip("-") in source.indexed:
        assert shown == small[:10]
    else:
        assert pages[0].messages
    assert set(shown) <= set(made)


def test_every_tab_of_every_list_asks_for_columns_that_are_there(app):
    admin = factories.administrator()
    for kind, subject in OBJECTS.items():
        spec = queries.spec_of(access_of(admin), subject, NOW, UTC)
        for tab in rules.tabs(kind, Reader(admin.id, (1,)), NOW.date()):
            assert all(spec.column(key) for key in tab.needs - {"view"}), (kind, tab)


def test_a_page_shows_rows_and_a_phone_its_labels(client, sofie):
    factories.record("lead", by=sofie, last_name="<b>Hostile</b>", company="=1+1")
    page = factories.sign_in(client, sofie).get("/crm/leads").text
    assert "&lt;b&gt;Hostile" in page
    assert 'data-label="Company"' in page
    assert "format=csv" not in page
    assert client.get("/crm/leads?format=csv").status_code == 404


def test_a_file_holds_what_may_be_exported_and_is_noted(client, boss):
    factories.record("lead", by=boss, last_name="Maertens", company="=1+1")
    factories.record("lead", by=factories.crm_role(factories.person(), "sales-representative"), last_name="Strange")
    answer = factories.sign_in(client, boss).get("/crm/leads?format=csv")
    assert answer.status_code == 200
    assert "Maertens" in answer.text
    assert "Strange" not in answer.text
    assert "'=1+1" in answer.text


@pytest.mark.parametrize("kind", list(OBJECTS))
def test_every_list_opens_with_all_its_columns(client, kind):
    admin = factories.administrator()
    if kind == "product":
        factories.record(kind, by=admin, price=Decimal("10.50"))
    else:
        factories.record(kind, by=admin)
    subject = OBJECTS[kind]
    columns = ",".join(each.key for each in subject.fields)
    answer = factories.sign_in(client, admin).get(f"/crm/{subject.plural}?columns={columns}&q=a")
    assert answer.status_code == 200


def test_who_sees_no_deals_finds_no_list_of_deals(client):
    agent = factories.crm_role(factories.person(), "service-agent")
    assert factories.sign_in(client, agent).get("/crm/opportunities").status_code == 404


def test_one_walks_on_over_the_end_of_a_page(app, client):
    ada = factories.administrator()
    made = [factories.record("lead", by=ada, last_name=f"Lead {number:03}") for number in range(60)]
    browser = factories.sign_in(client, ada)
    browser.get("/crm/leads?sort=name")
    begun = 44  # the page ends after fifty
    seen, there = [made[begun]], f"/crm/leads/{made[begun]}"
    while found := re.search(r'href="([^"]+)"[^>]*rel="next"', browser.get(there).text):
        answer = browser.get(unescape(found[1]), follow_redirects=True)
        there = answer.request.path
        seen.append(int(there.rpartition("/")[2]))
    assert seen == made[begun:]
    back = re.search(r'href="([^"]+)"[^>]*rel="prev"', browser.get(there).text)
    assert back[1] == f"/crm/leads/{made[-2]}"
    assert browser.get("/crm/leads?q=nobody&go=first").status_code == 200
    assert browser.get("/crm/leads?go=rubbish").status_code == 200


@pytest.mark.parametrize(
    ("query", "fitting"),
    [
        ("employees_min=12.5", 1),
        ("employees_max=12.5", 1),
        ("employees_min=3000000000", 0),
        ("employees_max=3000000000", 2),
        ("employees_min=-999999999999999", 2),
        ("employees_max=-3000000000", 0),
        ("employees_min=1e300", 2),
        ("employees_min=nan", 2),
        ("revenue_min=999999999999999", 0),
        ("parent_id=%23%C2%B2", 0),
        ("parent_id=%2399999999999999999999", 0),
    ],
)
def test_no_number_is_too_large_to_filter_by(app, client, query, fitting):
    ada = factories.administrator()
    for employees in (12, 13):
        factories.record("account", by=ada, employees=employees)
    page = factories.sign_in(client, ada).get(f"/crm/accounts?{query}")
    assert page.status_code == 200
    assert page.text.count('class="rname"') == fitting
