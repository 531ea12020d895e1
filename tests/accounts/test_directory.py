"""The administrator's pages of people, calendars and the trail."""

from __future__ import annotations

import re
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from accounts.absences.models import Absence
from accounts.access import queries as access
from accounts.access import service as access_service
from accounts.access.queries import actor_of
from accounts.calendars import queries as calendars
from accounts.calendars.rules import OFFICE_WEEK, write_periods
from accounts.people import queries as people
from accounts.people.models import Person
from accounts.trail.cli import audit
from infra.audit import queries as trail
from infra.database import db
from infra.transaction import transaction
from kernel.actor import INSTANCE, SYSTEM
from kernel.errors import Conflict, RuleBroken
from tests import factories

HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "'; DROP TABLE person; --",
    "عمر بن الخطاب",
    "Zoë 🎉 O’Neill",
    "=HYPERLINK(1)",
    "a" * 200,
    "\u202eevil",
]


@pytest.fixture
def ada(app):
    return factories.administrator()


@pytest.fixture
def admin(client, ada):
    return factories.sign_in(client, ada)


def add(client, name="Bo", email="bo@example.org", role="person", **more):
    return client.post("/admin/people/new", data={"name": name, "email": email, "role": role, **more})


def test_a_person_is_added_with_a_role_and_stands_in_the_list(admin):
    answer = add(admin, role="administrator", title="Lead", company="Vendor GmbH")
    made = people.by_email("bo@example.org")
    assert (answer.status_code, answer.location) == (303, f"/admin/people/{made.id}")
    assert made.company == "Vendor GmbH"
    assert made.id in access.administrators()
    assert "Vendor GmbH" in admin.get("/admin/people").text


def test_a_person_without_an_address_only_appears_in_plans(admin):
    add(admin, email="")
    (made,) = [row for row in people.people() if row.name == "Bo"]
    assert not made.signs_in
    assert actor_of(made.id).memberships == ()


def test_an_invitation_is_shown_once(admin):
    assert "/sign-in/link?token=" in add(admin, invite="y").text
    made = people.by_email("bo@example.org")
    assert "/sign-in/link?token=" not in admin.get(f"/admin/people/{made.id}").text
    assert "/sign-in/link?token=" in admin.post(f"/admin/people/{made.id}/invite").text


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": ""}, "Give the person a name"),
        ({"name": "\x00 \n"}, "Give the person a name"),
        ({"name": "x" * 201}, "200"),
        ({"email": "nonsense"}, "name@example.org"),
        ({"email": "ada@taken.example"}, "belongs to Ada already"),
        ({"email": "ADA@taken.example"}, "belongs to Ada already"),
        ({"email": "", "invite": "y"}, "signs in with it"),
        ({"email": "", "role": "administrator"}, "signs in with it"),
        ({"role": "emperor"}, "Not a valid choice"),
        ({"company": "x" * 300}, "200"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_in_the_form(admin, values, says):
    factories.person("Ada", email="ada@taken.example")
    before = len(people.people())
    answer = add(admin, **{"title": "Kept title", **values})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Kept title" in answer.text
    assert len(people.people()) == before


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_shown_as_the_text_that_it_is(admin, name):
    assert add(admin, name=name).status_code == 303
    for address in ("/admin/people", f"/admin/people/{people.by_email('bo@example.org').id}", "/admin/audit"):
        page = admin.get(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert ">49<" not in page.text
    export = admin.get("/admin/people?format=csv")
    assert "\n=HYPERLINK" not in export.text


def test_edit_keeps_what_was_changed_and_the_role(admin, ada):
    bo = factories.person("Bo", email="bo@example.org")
    shown = admin.get(f"/admin/people/{bo.id}/edit").text
    assert 'value="Bo"' in shown
    admin.post(f"/admin/people/{bo.id}/edit", data={"name": "Bo B.", "email": "b@example.org", "role": "administrator"})
    assert (people.person(bo.id).name, bo.id in access.administrators()) == ("Bo B.", True)


def test_taking_the_address_away_ends_the_sign_in(app, admin):
    bo = factories.person(password=True)
    browser = factories.sign_in(app.test_client(), bo)
    admin.post(f"/admin/people/{bo.id}/edit", data={"name": "Bo", "email": "", "role": "person"})
    assert browser.get("/account").status_code == 302
    assert db.session.get(Person, bo.id).password is None


def test_switching_off_and_on(app, admin):
    bo = factories.person("Bo", password=True)
    assert "Switched off" in admin.post(f"/admin/people/{bo.id}/off", follow_redirects=True).text
    assert actor_of(bo.id) is None
    admin.post(f"/admin/people/{bo.id}/on")
    assert actor_of(bo.id).name == "Bo"


def test_the_last_administrator_stays_one(admin, ada):
    page = admin.get(f"/admin/people/{ada.id}").text
    assert "This is the last administrator" in page
    assert 'aria-disabled="true"' in page
    assert "last administrator" in admin.post(f"/admin/people/{ada.id}/off", follow_redirects=True).text
    for values in ({"email": ada.email, "role": "person"}, {"email": "", "role": "administrator"}):
        assert admin.post(f"/admin/people/{ada.id}/edit", data={"name": "Ada", **values}).status_code in (409, 422)
    with pytest.raises(Conflict):
        access_service.revoke_role(ada.id, "administrator", INSTANCE, actor=SYSTEM)
    assert access.administrators() == {ada.id}


def test_a_role_is_one_of_its_scope_and_twice_is_once(app):
    bo = factories.person("Bo")
    with pytest.raises(RuleBroken, match="administrator, person"):
        access_service.grant_role(bo.id, "manager", INSTANCE, actor=SYSTEM)
    for _ in range(2):
        access_service.grant_role(bo.id, "manager", "project:7", actor=SYSTEM)
    access_service.set_role(bo.id, "member", "project:7", actor=SYSTEM)
    assert [(held.name, held.role, held.label) for held in access.members("project:7")] == [
        ("Bo", "member", "Team member")
    ]
    access_service.revoke_role(bo.id, "member", "project:7", actor=SYSTEM)
    assert access.members("project:7") == []


def test_a_persons_page_says_how_the_person_stands_and_leads_back_up(admin, ada):
    page = admin.get(f"/admin/people/{ada.id}").text
    assert re.search(r"<span dir=.auto.>Ada[^<]*</span>: (?:signs in|not signed in yet)\.", page)
    assert re.findall(r'<li><a href="([^"]+)"[^>]*>(?:Administration|People)</a>', page) == ["/admin", "/admin/people"]


def test_the_list_is_filtered_sorted_and_exported(admin):
    add(admin, name="Cy", email="", company="Vendor GmbH")
    add(admin, name="Bo")
    shown = admin.get("/admin/people?state=In+plans+only").text
    assert "Cy" in shown
    assert ">Bo<" not in shown
    exported = admin.get("/admin/people?format=csv&sort=-name").text
    assert exported.index("Cy") < exported.index("Bo") < exported.index("Ada")


def test_a_person_who_is_not_there_is_not_found(admin):
    assert [admin.get(f"/admin/people/999{rest}").status_code for rest in ("", "/edit")] == [404, 404]
    assert admin.post("/admin/people/999/off").status_code == 404


def test_the_trail_shows_who_changed_what_from_what_to_what(admin):
    bo = factories.person("Bo", email="bo@example.org")
    admin.post(f"/admin/people/{bo.id}/edit", data={"name": "Bo B.", "email": "bo@example.org", "role": "person"})
    page = admin.get("/admin/audit", query_string={"subject": f"person:{bo.id}", "kind": "changed"}).text
    assert "name: Bo → Bo B." in page
    assert "Ada Admin" in page
    assert "nobody" not in admin.get("/admin/audit?action=person.added").text


def test_the_trail_names_people_days_and_places_instead_of_numbers(admin, ada):
    bo = factories.person("Bo")
    with transaction(ada, "absence.added") as work:
        work.session.add(Absence(person_id=bo.id, first=date(2026, 3, 2), last=date(2026, 3, 4), reason="holiday"))
    page = admin.get("/admin/audit", query_string={"action": "absence.added"}).text
    assert "entered days off" in page
    assert "person: Bo" in page
    assert "first: Mon 2 Mar" in page
    assert "absence.added" not in page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert f"person {bo.id}" not in page


def test_one_projects_history_is_its_own(admin):
    for number in (7, 70):
        access_service.grant_role(factories.person().id, "member", f"project:{number}", actor=SYSTEM)
    page = admin.get("/admin/audit?scope=project:7").text
    assert "scope=project:7" in page
    assert "project:70</a>" not in page


def test_the_trail_is_exported_and_that_is_noted(admin):
    assert "added Ada" in admin.get("/admin/audit?format=csv").text
    assert "exported" in admin.get("/admin/audit?action=audit.exported").text


def test_verification_says_that_all_is_well_and_knows_an_anchor(admin):
    head = trail.verify().head
    assert "Nothing was altered" in admin.post("/admin/audit/verify").text
    assert "stands in the chain" in admin.post("/admin/audit/verify", data={"anchor": f" {head} "}).text
    assert "does not stand" in admin.post("/admin/audit/verify", data={"anchor": "<b>no"}).text


def test_an_altered_trail_is_told_on_page_and_by_the_command(app, admin):
    db.session.execute(text("UPDATE audit_entry SET changes = '{\"name\": [null, \"Mallory\"]}' WHERE kind = 'added'"))
    db.session.commit()
    assert "not as it was written" in admin.post("/admin/audit/verify").text
    told = CliRunner().invoke(audit, ["verify", "--format", "json"], obj=lambda: app)
    assert told.exit_code == 1
    assert '"sound": false' in told.stdout


def test_the_command_verifies(app, ada):
    head = trail.verify().head
    well = CliRunner().invoke(audit, ["verify", "--anchor", head], obj=lambda: app)
    assert (well.exit_code, "Nothing was altered." in well.stdout) == (0, True)
    assert CliRunner().invoke(audit, ["verify", "--anchor", "0" * 64], obj=lambda: app).exit_code == 1


WEEK = {f"day_{number}": write_periods(day) for number, day in enumerate(OFFICE_WEEK)}


def test_a_calendar_is_made_changed_and_shown_for_a_year(admin):
    made = admin.post("/admin/calendars/new", data={"name": "Bavaria", "country": "DE", "subdivision": "by", **WEEK})
    (row,) = calendars.calendars()
    assert made.location == f"/admin/calendars/{row.id}"
    page = admin.get(f"{made.location}?year=2026").text
    assert "Epiphany" in page
    answer = admin.post(f"{made.location}/exceptions", data={"day": "2026-03-02", "label": "<b>Outing", "periods": ""})
    assert answer.status_code == 303
    (differs,) = calendars.calendar_row(row.id).exceptions
    assert (differs.day, differs.name) == (date(2026, 3, 2), "<b>Outing")
    assert "&lt;b&gt;Outing" in admin.get(made.location).text
    assert admin.post(f"{made.location}/exceptions/{differs.id}/remove").status_code == 303
    assert calendars.calendar_row(row.id).exceptions == ()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"day_2": "12-8"}, "Wednesday: “12-8”"),
        ({f"day_{number}": "" for number in range(7)}, "at least one weekday"),
        ({"country": "XX"}, "Not a valid choice"),
        ({"country": "DE", "subdivision": "ZZ"}, "BY"),
        ({"name": ""}, "Give the calendar a name"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_the_day_named(admin, values, says):
    answer = admin.post("/admin/calendars/new", data={"name": "Kept name", **WEEK, **values})
    assert answer.status_code == 422
    assert says in answer.text
    assert calendars.calendars() == []


@pytest.mark.parametrize(
    "values", [{"day": "31.2.2026"}, {"day": ""}, {"day": "1850-01-01"}, {"day": "2026-03-02", "periods": "x"}]
)
def test_a_day_that_cannot_be_is_refused(admin, values):
    admin.post("/admin/calendars/new", data={"name": "One", **WEEK})
    (row,) = calendars.calendars()
    assert admin.post(f"/admin/calendars/{row.id}/exceptions", data=values).status_code == 422
    assert calendars.calendar_row(row.id).exceptions == ()


@pytest.mark.parametrize("year", ["0", "99999", "x", "-5"])
def test_a_year_out_of_range_is_the_nearest_one(admin, year):
    admin.post("/admin/calendars/new", data={"name": "One", **WEEK})
    (row,) = calendars.calendars()
    assert admin.get(f"/admin/calendars/{row.id}?year={year}").status_code == 200


def test_the_company_is_kept_once(admin):
    for number in range(2):
        add(admin, email=f"p{number}@example.org", company="Vendor GmbH")
    assert people.companies() == ["Vendor GmbH"]
    assert (
        len(db.session.scalars(select(Person.company_id).where(Person.company_id.is_not(None)).distinct()).all()) == 1
    )
