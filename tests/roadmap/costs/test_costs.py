"""Rates, budgets and costs as they are entered, and what a project then says of its money."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest

from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.costs import charts, queries, service
from roadmap.costs.rules.entries import Kind
from roadmap.costs.service import CostData, RateData
from roadmap.projects import service as projects
from roadmap.staffing import service as staffing
from roadmap.timesheet import service as timesheet
from roadmap.timesheet.service import EntryData
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()
START = date(2026, 1, 5)


@pytest.fixture
def project(app):
    return factories.project("Europe launch", start=START)


@pytest.fixture
def hannah(project):
    return factories.person("Hannah Okafor", projects={project: "member"})


@pytest.fixture
def role(project, hannah):
    return staffing.add_role(project, {"name": "Data lead", "person_id": hannah.id}, actor=SYSTEM)[0]


@pytest.fixture
def task(project, role):
    return factories.task(project, "Clean", duration_minutes=480, work_minutes=480, role_id=role)


@pytest.fixture
def page(client, project):
    return factories.sign_in(client, factories.person("Maren", projects={project: "manager"}))


def log(project, task, who, minutes, day=TODAY):
    return timesheet.log(project, task, EntryData(who.id, day, minutes), actor=who, today=TODAY, now=NOW)[0]


def set_rate(project, role, cents, first_day=START, **more):
    data = RateData(first_day, cents, role, **more)
    return service.set_rate(project, data, actor=SYSTEM, today=TODAY)[0]


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_without_money_the_work_is_the_budget(page, project, task, hannah):
    log(project, task, hannah, 240)
    found = queries.money_of(project, TODAY)
    assert (found.budget, found.actual, found.planned_to_date, found.forecast) == (None, None, None, None)
    assert (found.days.planned, found.days.actual, found.total.unpriced) == (480, 240, 240)
    assert "0.5 d of work are logged of 1 d planned" in words(page.get(f"/projects/{project}/costs"))


def test_hours_cost_the_rate_of_their_day_and_expenses_are_added(page, project, role, task, hannah):
    set_rate(project, role, 6000)
    set_rate(project, role, 9000, TODAY)
    log(project, task, hannah, 90, TODAY - timedelta(days=1))
    log(project, task, hannah, 60)
    service.set_budgets(project, {None: 100_000}, actor=SYSTEM)
    cost = CostData("Travel", TODAY, 12_345)
    service.add_cost(project, Kind.EXPENSE, cost, actor=SYSTEM, today=TODAY, now=NOW)
    found = queries.money_of(project, TODAY)
    assert found.actual == 9000 + 9000 + 12_345
    assert found.by_phase[-1].actual == found.actual
    assert (found.total.planned, found.budget) == (48_000, 100_000)
    assert found.forecast == found.actual + 48_000
    assert queries.money_of(project, TODAY - timedelta(days=1)).actual == 9000
    text = words(page.get(f"/projects/{project}/costs"))
    assert "Spent 303 of 1,000 EUR; 177 less than planned by today. At the end 217 will be left." in text


def test_a_persons_rate_goes_first_and_a_task_without_role_counts_by_the_persons(project, role, hannah):
    bare = factories.task(project, "Bare")
    log(project, bare, hannah, 60)
    assert queries.money_of(project, TODAY).actual is None
    set_rate(project, role, 6000)
    assert queries.money_of(project, TODAY).actual == 6000
    set_rate(project, None, 7000, TODAY, person_id=hannah.id)
    assert queries.money_of(project, TODAY).actual == 7000


def test_hours_without_a_rate_are_listed_and_never_free(page, project, role, task, hannah):
    set_rate(project, role, 6000, TODAY)
    log(project, task, hannah, 60)
    log(project, task, hannah, 120, TODAY - timedelta(days=1))
    found = queries.money_of(project, TODAY)
    assert (found.actual, found.total.unpriced) == (6000, 120)
    [bare] = found.unpriced
    assert (bare.person, bare.role, bare.minutes, bare.since) == (
        "Hannah Okafor", "Data lead", 120, TODAY - timedelta(days=1))  # fmt: skip
    assert "2 h are logged without a rate" in words(page.get(f"/projects/{project}/costs"))


def test_a_rate_in_the_past_is_refused_where_it_changes_what_was_reported(page, project, role, task, hannah):
    set_rate(project, role, 6000)
    log(project, task, hannah, 60, TODAY - timedelta(days=3))
    sent = {"whose": f"role-{role}", "first_day": (TODAY - timedelta(days=10)).isoformat(), "amount": "75"}
    answer = page.post(f"/projects/{project}/costs/rates", data=sent)
    assert answer.status_code == 422
    assert f"The earliest day for this one is {TODAY - timedelta(days=2)}" in words(answer)
    sent["first_day"] = (TODAY - timedelta(days=2)).isoformat()
    assert page.post(f"/projects/{project}/costs/rates", data=sent).status_code == 303
    first = queries.rates(project)[0].id
    page.post(f"/projects/{project}/costs/rates/{first}/remove")
    assert len(queries.rates(project)) == 2


def test_a_rate_of_the_same_day_is_replaced_and_undone(project, role):
    number = set_rate(project, role, 6000)
    _id, work = service.set_rate(project, RateData(START, 6500, role), actor=SYSTEM, today=TODAY)
    assert [(each.id, each.cents) for each in queries.rates(project)] == [(number, 6500)]
    undo(work.transaction_id, actor=factories.administrator())
    assert queries.rates(project)[0].cents == 6000


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"whose": "role-99999"}, "role of this project"),
        ({"whose": "person-99999"}, "no such person"),
        ({"whose": "king"}, "one role or for one person"),
        ({"amount": "1.234"}, "Write 1234 or 1.23"),
        ({"amount": "-5"}, "less than nothing"),
        ({"amount": ""}, "Write an amount"),
        ({"first_day": "soon"}, "valid date"),
        ({"first_day": "1900-01-01"}, "out of range"),
    ],
)
def test_a_rate_that_cannot_be_says_what_would_be_right(page, project, role, sent, says):
    data = {"whose": f"role-{role}", "first_day": TODAY.isoformat(), "amount": "80", **sent}
    answer = page.post(f"/projects/{project}/costs/rates", data=data)
    assert answer.status_code == 422
    assert says in words(answer)
    assert queries.rates(project) == []


def test_budgets_are_set_by_phase_and_kept_as_typed_when_wrong(page, project):
    phase = projects.add_phase(project, 1, "Preparation", actor=SYSTEM)
    address = f"/projects/{project}/costs/budgets"
    wrong = page.post(address, data={f"b-{phase}": "1.234", "b-whole": "500"})
    assert wrong.status_code == 422
    assert 'value="1.234"' in wrong.text
    assert page.post(address, data={f"b-{phase}": "1.234,50", "b-whole": "500"}).status_code == 303
    assert queries.budgets(project) == {phase: 123_450, None: 50_000}
    assert 'value="1234.50"' in page.get(address).text
    page.post(address, data={f"b-{phase}": "", "b-whole": "500"})
    assert queries.budgets(project) == {None: 50_000}


def test_the_currency_is_chosen_before_the_first_amount(page, project):
    address = f"/projects/{project}/costs/currency"
    assert page.post(address, data={"currency": "XYZ"}).status_code == 422
    assert page.post(address, data={"currency": "JPY"}).status_code == 303
    service.set_budgets(project, {None: 5000}, actor=SYSTEM)
    assert "of 5,000 JPY" in words(page.get(f"/projects/{project}/costs"))
    assert page.post(address, data={"currency": "EUR"}).status_code == 422
    assert queries.currency_of(project) == "JPY"


def test_an_expense_has_a_receipt(page, project):
    receipt = (BytesIO(b"day,amount\n2026-01-07,12.50\n"), "ticket.csv")
    sent = {
        "name": "Train <b>ticket</b>",
        "amount": "12,50",
        "day": START.isoformat(),
        "phase_id": "",
        "receipt": receipt,
    }
    answer = page.post(f"/projects/{project}/costs/expenses/new", data=sent)
    assert answer.status_code == 303
    [row] = queries.expenses(project)
    assert row.cents == 1250
    text = page.get(f"/projects/{project}/costs/expenses/{row.id}").text
    assert "ticket.csv" in text
    assert "Train &lt;b&gt;ticket" in text
    changed = {"name": "Train ticket", "amount": "13", "day": START.isoformat(), "phase_id": ""}
    assert page.post(f"/projects/{project}/costs/expenses/{row.id}", data=changed).status_code == 303
    assert queries.expenses(project)[0].cents == 1300
    assert "Train ticket" in page.get(f"/projects/{project}/costs/entries?kind=expense").text
    assert page.post(f"/projects/{project}/costs/expenses/{row.id}/remove").status_code == 303
    assert queries.expenses(project) == []


@pytest.mark.parametrize(
    ("kind", "sent", "says"),
    [
        ("expenses", {"name": " "}, "Say what it is for"),
        ("expenses", {"amount": "free"}, "no amount"),
        ("expenses", {"day": "2030-01-01"}, "not come yet"),
        ("fixed", {"day": "1900-01-01"}, "out of range"),
        ("fixed", {"phase_id": "9999"}, "phase of this project"),
        ("fixed", {"phase_id": "first"}, "phase of this project"),
        ("fixed", {"name": "x" * 300}, "200"),
    ],
)
def test_a_cost_that_cannot_be_says_what_would_be_right(page, project, kind, sent, says):
    data = {"name": "Kept", "amount": "10", "day": START.isoformat(), "phase_id": "", **sent}
    answer = page.post(f"/projects/{project}/costs/{kind}/new", data=data)
    assert answer.status_code == 422
    assert says in words(answer)
    assert charts.entries(project) == []


def test_what_is_no_kind_and_what_another_project_has_is_no_page(page, project):
    other = factories.project("Asia")
    data = CostData("Licences", START, 100)
    number, _work = service.add_cost(other, Kind.FIXED, data, actor=SYSTEM, today=TODAY, now=NOW)
    assert page.get(f"/projects/{project}/costs/gifts/new").status_code == 404
    assert page.get(f"/projects/{project}/costs/fixed/{number}").status_code == 404
    with pytest.raises(NotFound):
        service.remove_cost(project, Kind.FIXED, number, actor=SYSTEM)


def test_a_copy_has_the_same_rates_and_budgets_and_no_time(project, role, task, hannah):
    set_rate(project, role, 6000)
    phase = projects.add_phase(project, 1, "Preparation", actor=SYSTEM)
    service.set_budgets(project, {phase: 5000, None: 700}, actor=SYSTEM)
    data = CostData("Licences", START, 100, phase)
    service.add_cost(project, Kind.FIXED, data, actor=SYSTEM, today=TODAY, now=NOW)
    service.add_cost(project, Kind.EXPENSE, data, actor=SYSTEM, today=TODAY, now=NOW)
    log(project, task, hannah, 60)
    made = projects.copy(project, "Copy", START + timedelta(days=28), actor=SYSTEM, now=NOW)
    assert [(each.cents, each.first_day) for each in queries.rates(made)] == [(6000, START)]
    assert sorted(queries.budgets(made).values()) == [700, 5000]
    assert [(row.name, row.day) for row in queries.fixed_costs(made)] == [("Licences", START + timedelta(days=28))]
    assert (queries.expenses(made), queries.money_of(made, TODAY).total.minutes) == ([], 0)
    earlier = projects.copy(project, "Before", START - timedelta(days=28), actor=SYSTEM, now=NOW)
    assert queries.rates(earlier)[0].first_day == START - timedelta(days=28)


def test_an_archived_project_keeps_its_money(project, role):
    projects.archive(project, actor=SYSTEM, now=NOW)
    for act in (
        lambda: set_rate(project, role, 100),
        lambda: service.set_budgets(project, {None: 1}, actor=SYSTEM),
        lambda: service.set_currency(project, "DKK", actor=SYSTEM),
    ):
        with pytest.raises(RuleBroken, match="archived"):
            act()


def test_executives_read_and_members_see_nothing(client, project, role):
    set_rate(project, role, 6000)
    boss = factories.sign_in(client, factories.person(projects={project: "executive"}))
    for place in ("", "/rates", "/entries"):
        assert boss.get(f"/projects/{project}/costs{place}").status_code == 200
    assert "Set the rate" not in boss.get(f"/projects/{project}/costs/rates").text
    member = factories.sign_in(client, factories.person(projects={project: "member"}))
    assert member.get(f"/projects/{project}/costs").status_code == 403
    assert "Budget" not in words(member.get(f"/projects/{project}"))


def test_the_budget_is_exported(page, project, role, task):
    set_rate(project, role, 6000)
    answer = page.get(f"/projects/{project}/costs?format=csv")
    assert "Planned to date" in answer.text
    assert "480.0" in answer.text
    assert page.get(f"/projects/{project}/costs?format=xlsx").status_code == 200
    assert "Amount" in page.get(f"/projects/{project}/costs/entries?format=csv").text
