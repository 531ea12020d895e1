"""Money and baselines of a file reach the plan's own, go out again the same, and stay with whoever may see them."""

import json
from datetime import UTC, date, datetime
from xml.etree.ElementTree import fromstring

import pytest

from infra.database import db
from kernel.actor import SYSTEM
from roadmap.baselines import queries as baselines
from roadmap.costs import queries as costs
from roadmap.costs.rules.entries import Kind
from roadmap.costs.service import CostData, add_cost, set_budgets
from roadmap.exchange import queries
from roadmap.exchange import service as exchange
from roadmap.exchange.rules import mspdi_writing
from roadmap.exchange.rules.mspdi_order import ORDER
from roadmap.projects.models import Project
from roadmap.tasks.models import Task
from tests import factories
from tests.roadmap.exchange.test_mspdi import file, row

NOW = datetime(2026, 1, 12, 8, tzinfo=UTC)
FROZEN = (
    "<Baseline><Number>{}</Number><Start>2026-01-05T08:00:00</Start><Finish>2026-01-05T17:00:00</Finish>"
    "<Duration>PT8H0M0S</Duration><Work>PT8H0M0S</Work><Cost>{}</Cost><BCWS>50</BCWS></Baseline>"
)
PEOPLE = (
    "<Resource><UID>1</UID><Name>Ana</Name><Type>1</Type><StandardRate>50.5</StandardRate><CostPerUse>1000</CostPerUse>"
    "</Resource><Resource><UID>2</UID><Name>Paper</Name><Type>0</Type><StandardRate>3</StandardRate></Resource>"
    "<Resource><UID>3</UID><Name>Bo</Name><Type>1</Type><StandardRate>0</StandardRate></Resource>"
)
RATES = (
    "<Rates><Rate><RatesFrom>1984-01-01T00:00:00</RatesFrom><RatesTo>2026-01-05T23:59:00</RatesTo>"
    "<RateTable>0</RateTable><StandardRate>50</StandardRate><OvertimeRate>70</OvertimeRate></Rate>"
    "<Rate><RatesFrom>2026-01-06T00:00:00</RatesFrom><RatesTo>2049-12-31T23:59:00</RatesTo>"
    "<RateTable>0</RateTable><StandardRate>60</StandardRate></Rate><Rate><RateTable>1</RateTable>"
    "<StandardRate>9</StandardRate></Rate></Rates>"
)


def given(task, resource, more="", units="1"):
    return (
        f"<Assignment><UID>{task}{resource}</UID><TaskUID>{task}</TaskUID><ResourceUID>{resource}</ResourceUID>"
        f"<Units>{units}</Units>{more}</Assignment>"
    )


def priced(code="CHF", people=PEOPLE):
    return file(
        row(1, "<Summary>1</Summary><FixedCost>30000</FixedCost>", name="Phase")
        + row(2, FROZEN.format(0, 40000) + FROZEN.format(3, 50000) + "<FixedCost>12300</FixedCost>", level=2)
        + row(3, "<PercentComplete>50</PercentComplete><ActualCost>20000</ActualCost>", name="Load"),
        head=f"<CurrencyCode>{code}</CurrencyCode><LastSaved>2026-01-02T00:00:00</LastSaved>" if code else "",
        resources=people,
        assignments=given(2, 1) + given(2, 2, "<Cost>600</Cost>", "2") + given(3, 3),
    )


def brought(content, **more):
    return exchange.import_plan(exchange.read_plan(content), actor=SYSTEM, now=NOW, name="Bid", **more)


def test_rates_fixed_costs_and_what_was_spent_reach_the_page_of_costs(app):
    number = brought(priced())
    roles = {id: name for (id, _person), name in costs.named(number, costs.rates(number)).items()}
    found = [(roles[each.role_id], each.first_day, each.cents) for each in costs.rates(number)]
    assert found == [("Ana", date(2026, 1, 5), 5050)], "a rate of 0 is none"
    fixed = {(each.phase, each.task, each.name, each.cents) for each in costs.fixed_costs(number)}
    assert fixed == {
        ("Phase", "", "Phase", 30000),
        ("", "Task 2", "Task 2", 12300),
        ("", "Task 2", "Ana", 1000),
        ("", "Task 2", "Paper", 600),
    }
    assert [(each.task, each.cents) for each in costs.expenses(number)] == [("Load", 20000)]
    assert costs.currency_of(number) == "CHF"


def test_everybody_who_works_on_a_task_costs_their_own_rate(app):
    people = PEOPLE.replace("<StandardRate>0<", "<StandardRate>100<")
    both = given(1, 1, "<Work>PT8H0M0S</Work>") + given(1, 3, "<Work>PT4H0M0S</Work>", "0.5")
    both += given(1, 2, "<Cost>600</Cost>")
    content = file(row(1, "<Work>PT12H0M0S</Work>"), resources=people, assignments=both)
    (planned,) = queries.outgoing(brought(content)).costs.values()
    assert planned == 8 * 5050 + 4 * 10000 + 1000 + 600


def test_baselines_are_those_of_the_plan(app):
    number = brought(priced())
    first, third = sorted(baselines.of_project(number), key=lambda each: each.number or 0)
    assert [(each.name, each.number, each.reference) for each in (first, third)] == [
        ("Baseline", 0, True),
        ("Baseline 3", 3, False),
    ]
    assert first.day == date(2026, 1, 2)
    (frozen,) = baselines.rows_of(third.id).values()
    assert frozen == (datetime(2026, 1, 5, 8), datetime(2026, 1, 5, 17), 480, 480, 50000)


@pytest.mark.parametrize("people", [PEOPLE, PEOPLE.replace("<CostPerUse>", f"{RATES}<CostPerUse>", 1)])
@pytest.mark.parametrize("code", ["CHF", "JPY", "KWD"])
def test_what_goes_out_comes_back_and_goes_out_the_same(app, people, code):
    number = brought(priced(code, people))
    out = mspdi_writing.write(queries.outgoing(number))
    back = brought(out)
    assert mspdi_writing.write(queries.outgoing(back)).replace(b"Bid", b"") == out.replace(b"Bid", b"")
    for element in fromstring(out).iter():
        tags = list(dict.fromkeys(child.tag.rpartition("}")[2] for child in element))
        assert tags == sorted(tags, key=ORDER.get(element.tag.rpartition("}")[2], tuple(tags)).index)
    for said in (b"<FixedCost>12300</FixedCost>", b"<ActualCost>20000</ActualCost>", b"<BCWS>50</BCWS>"):
        assert said in out
    assert [(each.task, each.cents) for each in costs.fixed_costs(back)] == [
        (each.task, each.cents) for each in costs.fixed_costs(number)
    ]


def test_a_document_says_all_of_it_again(app):
    number = brought(priced(people=PEOPLE.replace("<CostPerUse>", f"{RATES}<CostPerUse>", 1)))
    db.session.scalars(db.select(Task).where(Task.name == "Load")).one().estimate_shape = "uniform"
    out = queries.document(number)
    back = queries.document(brought(json.dumps(out).encode()))
    for name in ("rates", "costs", "baselines"):
        assert len(back[name]) == len(out[name]) > 0
    assert plain(back) == plain(out)


def plain(document):
    """A document without the numbers of this database."""
    text = json.dumps({name: each for name, each in document.items() if name != "project"})
    ids = [task["id"] for task in document["tasks"]]
    document = json.loads(text)
    keys = {each["key"]: place for place, each in enumerate(document["resources"])}
    for each in (*document["resources"], *document["calendars"]):
        each.pop("id")
    for each in document["resources"]:
        each["key"], each["calendar_id"] = keys[each["key"]], None
    for task in document["tasks"]:
        task["id"], task["calendar_id"] = ids.index(task["id"]), None
        for each in task["predecessors"]:
            each["id"] = ids.index(each["id"])
        for each in task["assignments"]:
            each["resource_key"] = keys[each["resource_key"]]
    for each in document["rates"]:
        each["resource_key"] = keys[each["resource_key"]]
    for each in document["costs"]:
        for name in ("task", "phase_task"):
            each[name] = None if each[name] is None else ids.index(each[name])
    for frozen in (task for each in document["baselines"] for task in each["tasks"]):
        frozen["id"] = ids.index(frozen["id"])
    return document


def test_a_table_of_rates_is_one_rate_after_the_other(app):
    number = brought(priced(people=PEOPLE.replace("<CostPerUse>", f"{RATES}<CostPerUse>", 1)))
    assert [(each.first_day, each.cents) for each in costs.rates(number)] == [
        (date(2026, 1, 5), 5000),
        (date(2026, 1, 6), 6000),
    ]
    out = mspdi_writing.write(queries.outgoing(number))
    assert out.count(b"<RatesFrom>") == 2
    assert b"<OvertimeRate>70</OvertimeRate>" in out
    assert b"<RateTable>1</RateTable>" in out


def test_a_cost_that_was_entered_here_goes_out_with_its_task(app):
    number = brought(priced())
    task = next(each.id for each in db.session.scalars(db.select(queries.Task)) if each.name == "Task 2")
    data = CostData("Travel", date(2026, 1, 5), 7000, None, task)
    add_cost(number, Kind.FIXED, data, actor=SYSTEM, today=NOW.date(), now=NOW)
    assert b"<FixedCost>19300</FixedCost>" in mspdi_writing.write(queries.outgoing(number))


@pytest.mark.parametrize(("code", "says"), [("", "names no currency; its amounts are taken as EUR"), ("CHF", "")])
def test_a_currency_that_is_missing_is_told(app, code, says):
    told = " ".join(each.what for each in exchange.read_plan(priced(code)).warnings)
    assert says in told
    assert bool(says) == ("currency" in told)


def test_amounts_of_another_currency_are_left_out_and_told(app):
    number = factories.project()
    set_budgets(number, {None: 100}, actor=SYSTEM)
    plan = exchange.for_project(number, exchange.read_plan(priced()))
    assert "in CHF, those of the project in EUR; rates and costs were left out" in plan.warnings[-1].what
    exchange.import_into(number, plan, actor=SYSTEM)
    assert (costs.fixed_costs(number), db.session.get_one(Project, number).currency) == ([], "EUR")


@pytest.mark.parametrize("kind", ["xml", "json", "csv"])
def test_whoever_may_not_see_costs_gets_a_file_without_them(client, kind):
    number = brought(priced())
    seen = {}
    for role in ("manager", "stakeholder"):
        page = factories.sign_in(client, factories.person(projects={number: role}))
        seen[role] = page.get(f"/projects/{number}/plan.{kind}").get_data(as_text=True)
        page.post("/sign-out")
    for said in MONEY[kind]:
        assert said in seen["manager"]
        assert said not in seen["stakeholder"]


MONEY = {
    "xml": ("<FixedCost>", "<StandardRate>", "<CostPerUse>", "<ActualCost>", "<Cost>"),
    "json": ("StandardRate", "FixedCost", "12300"),
    "csv": ("200.0", "543.0", "400.0"),
}
