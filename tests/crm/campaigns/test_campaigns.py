"""Campaigns: every figure by its rule, unknown where it is unknown, and nothing counted that one may not see."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.access.queries import access_of
from crm.campaigns import queries, rules, service
from crm.campaigns.rules import CampaignFigures, DayData, Window
from crm.conversion import service as conversion
from crm.conversion.rules import ConversionData, DealData
from crm.rates.rules import Total
from crm.records import queries as records
from crm.records import service as record_service
from infra.undo.service import undo
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()


@pytest.fixture
def mia(app):
    return factories.crm_role(factories.person("Mia"), "marketing-specialist")


@pytest.fixture
def campaign(mia):
    return factories.record("campaign", by=mia, name="Spring webinar")


def of(actor, window=queries.ALWAYS):
    return queries.figures(access_of(actor), window)[0]


def stage(outcome):
    return next(each.id for each in records.stages() if each.outcome == outcome)


@given(st.decimals(0, 10**6, places=2), st.decimals(0, 10**6, places=2), st.integers(0, 50))
def test_a_ratio_is_unknown_without_its_denominator(cost, revenue, leads):
    found = CampaignFigures(1, "C", "running", cost=Total(cost), leads=leads, revenue=Total(revenue))
    assert (found.roi is None) == (cost == 0)
    assert (found.cost_per_lead is None) == (leads == 0)
    if found.roi is not None:
        assert abs(found.roi - float(100 * (revenue - cost) / cost)) < 1e-6


def test_unknown_is_never_nothing():
    found = CampaignFigures(1, "C", "running")
    assert (found.roi, found.cost_per_lead, found.click_through, found.conversion) == (None, None, None, None)
    unrated = Total(Decimal(5), 1, (("SEK", Decimal(3)),))
    assert CampaignFigures(1, "C", "running", cost=unrated, leads=1).cost_per_lead is None
    assert CampaignFigures(1, "C", "running", cost=Total(Decimal(5)), revenue=unrated).roi is None


@given(st.sampled_from(list(rules.STATUSES)), st.sampled_from(list(rules.STATUSES)))
def test_nobody_goes_back(now, wanted):
    order = list(rules.STATUSES)
    assert order.index(rules.further(now, wanted)) == max(order.index(now), order.index(wanted))


@pytest.mark.parametrize("typed", ["-1", "1.5", "x", "=1", "9" * 20, "1,000", "٣"])
def test_a_count_is_a_whole_number(typed):
    with pytest.raises(RuleBroken):
        rules.read_count(typed, "reach")


def test_members_are_added_once_and_go_on(mia, campaign):
    lead, contact = factories.record("lead"), factories.record("contact")
    people = [("lead", lead), ("contact", contact)]
    assert service.add(campaign, people, "sent", actor=mia, now=NOW)[0] == 2
    assert service.add(campaign, people[:1], "clicked", actor=mia, now=NOW)[0] == 1
    count, _work = service.add(campaign, people, "opened", actor=mia, now=NOW)
    assert count == 1
    found = of(mia)
    assert (found.members, found.reached("targeted"), found.reached("opened"), found.leads) == (
        {"clicked": 1, "opened": 1},
        2,
        2,
        1,
    )


def test_members_one_may_not_see_are_not_counted(mia, campaign):
    service.add(campaign, [("lead", factories.record("lead"))], "sent", actor=mia, now=NOW)
    sofie = factories.crm_role(factories.person(), "sales-representative")
    assert of(sofie).members == {}
    assert queries.members(access_of(sofie), campaign, 1) == []
    assert len(queries.members(access_of(mia), campaign, 1)) == 1
    with pytest.raises(Refused):
        service.add(campaign, [("lead", factories.record("lead", by=sofie))], "sent", actor=sofie, now=NOW)
    with pytest.raises(NotFound):
        service.add(campaign, [("lead", 999)], "sent", actor=mia, now=NOW)


def test_addresses_are_answered_line_by_line(mia, campaign):
    factories.record("lead", email="Ines@a.example")
    factories.record("contact", email="two@a.example")
    factories.record("contact", email="two@a.example")
    text = "ines@A.example\r\nnobody@a.example\n\n=cmd\ntwo@a.example\n"
    lines, work = service.add_addresses(campaign, text, "sent", actor=mia, now=NOW)
    assert [(line.number, line.good) for line in lines] == [(1, True), (2, False), (4, False), (5, False)]
    assert of(mia).members == {"sent": 1}
    undo(work.transaction_id, actor=mia)
    assert of(mia).members == {}


def test_too_many_at_once_are_refused(mia, campaign):
    with pytest.raises(RuleBroken, match="at once"):
        service.add(campaign, [("lead", number) for number in range(rules.MOST + 1)], "sent", actor=mia, now=NOW)
    with pytest.raises(RuleBroken, match="Nobody"):
        service.set_status(campaign, [], "sent", actor=mia, now=NOW)


def test_members_are_changed_and_taken_out(mia, campaign):
    service.add(campaign, [("lead", factories.record("lead"))], "clicked", actor=mia, now=NOW)
    (row,) = queries.members(access_of(mia), campaign, 1)
    assert service.set_status(campaign, [row.id], "sent", actor=mia, now=NOW)[0] == 1
    assert of(mia).members == {"sent": 1}
    assert service.remove(campaign, [row.id], actor=mia)[0] == 1
    assert of(mia).members == {}


def test_revenue_is_each_won_deal_once(mia, campaign):
    ada = factories.administrator()
    other = factories.record("campaign", name="Zebra")
    won = {"stage_id": stage("won"), "closes_on": TODAY}
    lead = factories.record("lead", campaign_id=campaign)
    deal = DealData("D", Decimal(300), "EUR", TODAY, None)
    done, _work = conversion.convert(lead, ConversionData(None, "A", None, deal, None), actor=ada, now=NOW)
    assert of(mia).revenue.amount == 0
    record_service.change("opportunity", done.opportunity_id, won, actor=ada, now=NOW)
    factories.record("opportunity", campaign_id=campaign, amount=Decimal(100), **won)
    factories.record("opportunity", campaign_id=other, amount=Decimal(7), **won)
    first, second = queries.figures(access_of(mia))
    assert (first.revenue.amount, first.won, first.leads, first.conversions) == (Decimal(400), 2, 1, 1)
    assert (second.revenue.amount, second.won) == (Decimal(7), 1)
    service.enter(campaign, [DayData(TODAY, {"clicks": 5}, Decimal(200))], actor=mia, now=NOW, today=TODAY)
    assert (of(mia).roi, of(mia).cost_per_lead) == (100.0, Decimal(200))
    assert of(mia, Window(date(2026, 3, 1), None)).revenue.amount == 0


def test_costs_are_hidden_from_who_sees_no_budget(mia, campaign):
    service.enter(campaign, [DayData(TODAY, {}, Decimal(10))], actor=mia, now=NOW, today=TODAY)
    sofie = factories.crm_role(factories.person(), "sales-representative")
    assert (of(sofie).cost, of(mia).cost.amount) == (None, 10)
    assert queries.days(access_of(sofie), campaign)[0].cost is None


def test_a_file_of_figures_is_taken_in_whole_or_not_at_all(mia, campaign):
    good = b'day,clicks,cost\n2026-02-01,5,"1.234,50"\n2026-02-02,7,\n'
    assert service.take_in(campaign, good, "ads.csv", actor=mia, now=NOW, today=TODAY)[0] == 2
    assert (of(mia).clicks, of(mia).cost.amount, of(mia).reach) == (12, Decimal("1234.50"), None)
    bad = b"day,clicks\n03/04/2026,5\n2026-12-01,1\n2026-02-03,many\n2026-02-04,\n"
    count, wrong, work = service.take_in(campaign, bad, "ads.csv", actor=mia, now=NOW, today=TODAY)
    assert (count, [each.number for each in wrong], work) == (0, [2, 3, 4, 5], None)
    with pytest.raises(RuleBroken, match="column day"):
        service.take_in(campaign, b"a,b\n1,2\n", "x", actor=mia, now=NOW, today=TODAY)


def test_the_pages(client, mia, campaign):
    factories.record("lead", email="ines@a.example", source="web")
    factories.sign_in(client, mia)
    at = f"/crm/campaigns/{campaign}"
    for page in ("/crm/campaigns/compare", f"{at}/figures", f"{at}/members", f"{at}/members?status=x&page=-1"):
        assert client.get(page).status_code == 200, page
    kept = client.post(f"{at}/figures", data={"day": "2026-02-01", "clicks": "a lot", "proof": "mail"})
    assert kept.status_code == 422
    assert 'value="a lot"' in kept.text
    assert client.post(f"{at}/figures", data={"day": "2026-02-01", "clicks": "5"}).status_code == 422
    sent = {"day": "2026-02-01", "clicks": "5", "impressions": "100", "cost": "10", "proof": "mail of 2 Feb"}
    assert client.post(f"{at}/figures", data=sent).status_code == 303
    assert "5 %" in client.get(f"{at}/figures").text
    assert "Nobody has this" in client.post(f"{at}/members", data={"addresses": "x@y.example"}).text
    assert client.post(f"{at}/members", data={"how": "filter", "kind": "lead"}).status_code == 422
    found = client.post(f"{at}/members", data={"how": "filter", "kind": "lead", "lead-source": "web"})
    assert found.status_code == 303
    assert client.post(f"{at}/members/change", data={"status": "sent"}).status_code == 422
    assert client.post(f"{at}/members/change", data={"status": "<b>", "ids": "1"}).status_code == 422
    assert client.post(f"{at}/members/change", data={"status": "sent", "ids": "1"}).status_code == 303
    assert client.get("/crm/campaigns/999/figures").status_code == 404
    assert client.get("/crm/campaigns/compare?from=2026-01-01&to=x").status_code == 200
