"""What reports add up to, for whom, and what is wrong with one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.access.queries import access_of
from crm.builder import charts
from crm.builder.rules.stacks import chief, parts
from crm.counts.rules.windows import Window
from crm.grouping.queries import Side
from crm.objects.models import OwnField
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.reporting import queries as reporting
from crm.reporting.rules.definition import DAYS, Chart, Definition, Group, Measure, check, groupable, read
from crm.reporting.rules.steps import Step, next_of, start_of, stretches
from crm.summaries import queries as summaries
from crm.summaries.rules.cells import Cell
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories
from tests.fixtures.app import NOW

TODAY = Window(NOW.date(), NOW.date(), NOW, UTC)
BY_SOURCE = Definition("lead", (Group("source"),))


def show(asked, who=SYSTEM, today=TODAY):
    return summaries.read(reporting.ground(asked, access_of(who), today))


def groups(summary):
    return {line.key: summary.value(line.cell) for line in summary.rows}


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 300), st.sampled_from(list(Step)))
def test_stretches_follow_each_other_and_hold_every_day(first, days, step):
    found = stretches(first, first + timedelta(days=days), step)
    assert found[0] <= first < next_of(found[0], step)
    assert found[-1] <= first + timedelta(days=days) < next_of(found[-1], step)
    assert all(next_of(one, step) == other for one, other in pairwise(found))
    assert all(start_of(each, step) == each for each in found)


def test_stretches_are_bounded_and_end_with_the_calendar():
    with pytest.raises(RuleBroken, match="more than 370"):
        stretches(date(1970, 1, 1), date(2026, 1, 1), Step.DAY)
    assert stretches(date(9999, 12, 1), date.max, Step.MONTH) == (date(9999, 12, 1),)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=20), st.integers(0, 19))
def test_cells_add_up_as_their_records_do(numbers, cut):
    def cell(values):
        amounts = [Decimal(each) for each in values]
        return Cell(
            len(amounts), len(amounts), sum(amounts, Decimal(0)), min(amounts, default=None), max(amounts, default=None)
        )

    both, whole = cell(numbers[:cut]) + cell(numbers[cut:]), cell(numbers)
    assert both == whole
    assert whole.value(Measure.MEAN) == (Decimal(sum(numbers)) / len(numbers)).quantize(Decimal("0.01"))


BAD = [
    ({"object": "lead"}, "Choose by what"),
    ({"object": "spaceship", "groups": (Group("source"),)}, "what the report is about"),
    ({"object": "lead", "groups": (Group("gone"),)}, "not there any more"),
    ({"object": "lead", "groups": (Group("email"),)}, "single people"),
    ({"object": "lead", "groups": (Group("description"),)}, "told apart"),
    ({"object": "lead", "groups": (Group("created_at"),)}, "by day, week"),
    ({"object": "lead", "groups": (Group("source"), Group("source"))}, "the same"),
    ({"object": "lead", "groups": (Group("source"), Group("region"), Group("status"))}, "two fields"),
    ({"object": "lead", "groups": (Group("source"),), "measure": Measure.SUM}, "of which field"),
    ({"object": "lead", "groups": (Group("source"),), "measure": Measure.SUM, "measured": "company"}, "no numbers"),
    ({"object": "lead", "groups": (Group("source"),), "chart": Chart.LINE}, "needs days"),
    ({"object": "lead", "groups": (Group("source"),), "period": "ages"}, "period"),
    ({"object": "lead", "groups": (Group("source"),), "period": "month"}, "which day"),
    ({"object": "lead", "groups": (Group("source"),), "period": "month", "period_field": "source"}, "holds a day"),
    ({"object": "lead", "columns": ("company",) * 21}, "At most 20"),
    ({"object": "lead", "columns": ("x",)}, "not there any more"),
    ({"object": "lead", "columns": ("company",), "filters": "x" * 3000}, "more conditions"),
]


@pytest.mark.parametrize(("asked", "said"), BAD)
def test_what_makes_no_report_is_said(asked, said):
    with pytest.raises(RuleBroken, match=said):
        check(Definition(**asked))


@pytest.mark.parametrize(
    "kept",
    [{}, {"object": "lead", "groups": "ab"}, {"object": 1, "measure": "median"}, {"object": "lead", "groups": [1]}],
)
def test_what_nobody_can_read_any_more_is_said(kept):
    with pytest.raises(RuleBroken, match="Build it anew"):
        read(kept)


def test_a_report_is_kept_as_it_was_asked():
    asked = Definition(
        "lead",
        (Group("source"), Group("created_at", "week")),
        Measure.SUM,
        "value",
        "status=new",
        "created_at",
        "month",
        ("name",),
        Chart.NONE,
    )
    assert read(asked.document) == asked


def test_each_reader_counts_what_they_may_see(people, leads):
    boss, mine, other = people
    assert groups(show(BY_SOURCE)) == {"web": 3, "referral": 1, "event": 1, "none": 1}
    assert groups(show(BY_SOURCE, boss)) == {"web": 3, "referral": 1}
    assert groups(show(BY_SOURCE, mine)) == {"web": 2, "referral": 1}
    assert show(BY_SOURCE, other).whole.n == 2


def test_a_field_that_is_hidden_is_in_no_number(people):
    """Marketing sees deals but not to whom one was lost: neither as a group nor as a condition."""
    marketer = factories.crm_role(factories.person("Nadia"), "marketing-specialist")
    hidden = Definition("opportunity", (Group("lost_to"),))
    with pytest.raises(RuleBroken, match="may not see"):
        show(hidden, marketer)
    with pytest.raises(RuleBroken, match="can't be used"):
        show(Definition("opportunity", (Group("source"),), filters="lost_to=Rival"), marketer)
    agent = factories.crm_role(factories.person(), "service-agent")
    with pytest.raises(RuleBroken, match="may not see"):
        show(Definition("opportunity", (Group("source"),)), agent)


def test_names_that_are_hidden_are_one_group(people):
    """The campaign is shown to whoever sees campaigns; a contact of another team is not named in a deal."""
    _boss, mine, other = people
    contacts = [factories.record("contact", by=other, last_name=name) for name in ("Secret", "Hidden")]
    stage = next(each.id for each in records.stages() if each.outcome == "open")
    for number in contacts:
        factories.record("opportunity", by=mine, contact_id=number, stage_id=stage, name="Deal")
    found = show(Definition("opportunity", (Group("contact_id"),)), mine)
    assert groups(found) == {"-hidden": 2}
    assert len(groups(show(Definition("opportunity", (Group("contact_id"),))))) == 2


def deal(amount, currency="EUR", **more):
    stage = next(each.id for each in records.stages() if each.outcome == "open")
    more = {"name": "Deal", "stage_id": stage, "closes_on": date(2026, 3, 1), **more}
    return factories.record(
        "opportunity", amount=None if amount is None else Decimal(amount), currency=currency, **more
    )


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        (Measure.SUM, "60.50"),
        (Measure.MEAN, "30.25"),
        (Measure.LEAST, "10.25"),
        (Measure.MOST, "50.25"),
        (Measure.COUNT, "3"),
    ],
)
def test_amounts_are_exact(app, measure, value):
    for amount in ("10.25", "50.25", None):
        deal(amount, source="web")
    found = show(Definition("opportunity", (Group("source"),), measure, "" if measure is Measure.COUNT else "amount"))
    assert groups(found) == {"web": Decimal(value)}
    assert found.whole.n == 3


def test_an_amount_without_a_rate_makes_the_sum_unknown(app):
    deal("10", source="web")
    deal("10", "CHF", source="event")
    found = show(Definition("opportunity", (Group("source"),), Measure.SUM, "amount"))
    assert groups(found) == {"web": Decimal(10), "event": None}
    assert found.value(found.whole) is None
    assert found.whole.lacking == 1


def test_two_fields_make_a_table_whose_edges_add_up(leads):
    found = show(Definition("lead", (Group("source"), Group("owner_id"))))
    for line in found.rows:
        assert sum(found.cell(line.key, each.key).n for each in found.columns) == line.cell.n
    assert sum(line.cell.n for line in found.columns) == found.whole.n == 6


def test_days_are_those_of_the_zone_and_empty_stretches_stand(app):
    for at in (datetime(2026, 1, 31, 23, 30, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)):
        factories.record("lead", at=at)
    asked = Definition("lead", (Group("created_at", "month"),), chart=Chart.LINE)
    assert groups(show(asked)) == {"2026-01-01": 1, "2026-02-01": 0, "2026-03-01": 1}
    there = Window(TODAY.since, TODAY.until, NOW, ZoneInfo("Europe/Brussels"))
    assert groups(show(asked, today=there)) == {"2026-02-01": 1, "2026-03-01": 1}


def test_a_period_holds_only_its_days(app):
    factories.record("lead", at=NOW)
    factories.record("lead", at=NOW - timedelta(days=60))
    asked = Definition("lead", (Group("created_at", "month"),), period="30-days", period_field="created_at")
    assert show(asked).whole.n == 1


def test_many_groups_are_the_largest_and_all_others(app, monkeypatch):
    monkeypatch.setattr(summaries, "MOST_ROWS", 3)
    for number, source in enumerate(("web", "referral", "event", "partner", "other"), 1):
        for _each in range(number):
            factories.record("lead", source=source)
    found = show(BY_SOURCE)
    assert [line.cell.n for line in found.rows] == [5, 4, 6]
    assert found.rows[-1].key == summaries.OTHERS
    monkeypatch.setattr(summaries, "MOST_CELLS", 3)
    with pytest.raises(RuleBroken, match="coarser"):
        show(BY_SOURCE)


def test_every_group_opens_to_its_records(leads):
    place = reporting.ground(BY_SOURCE, access_of(SYSTEM), TODAY)
    for line in summaries.read(place).rows:
        inside = (Side(place, BY_SOURCE.groups[0]).holds(line.key),)
        large = reporting.source(place, inside=inside)
        assert len(large.ids(place.spec, place.wish, UTC, 100)) == line.cell.n


def test_every_object_can_be_reported_by_every_field_that_it_offers(app):
    for kind, subject in OBJECTS.items():
        for field in groupable(subject):
            group = Group(field.key, "month" if field.kind in DAYS else "")
            assert show(Definition(kind, (group,))).whole.n == 0


def own(key, kind, **more):
    with transaction(SYSTEM, "own_field.added") as work:
        work.session.add(OwnField(object="lead", key=f"x_{key}", label=key.title(), kind=kind, **more))


def test_fields_of_ones_own_group_measure_and_filter_like_others(app):
    own("kind", "choice", choices=[["flat", "Flat"], ["house", "House"]])
    own("rooms", "decimal number")
    own("price", "money")
    own("seen", "date")
    own("sold", "yes / no")
    for kind, rooms, price, month, sold in (("flat", "2.5", "10.10", 1, True), ("flat", "3.5", "20.20", 2, False)):
        values = {"x_rooms": Decimal(rooms), "x_price": Decimal(price), "x_seen": date(2026, month, 3), "x_sold": sold}
        factories.record("lead", x_kind=kind, **values)
    factories.record("lead", x_kind="house")
    by_kind = (Group("x_kind"),)
    found = show(Definition("lead", by_kind, Measure.SUM, "x_rooms"))
    assert groups(found) == {"flat": Decimal("6.0"), "house": None}
    assert [line.label for line in found.rows] == ["Flat", "House"]
    assert groups(show(Definition("lead", by_kind, Measure.MEAN, "x_price")))["flat"] == Decimal("15.15")
    months = groups(show(Definition("lead", (Group("x_seen", "month"),))))
    assert months == {"2026-01-01": 1, "2026-02-01": 1, "none": 1}
    place = reporting.ground(Definition("lead", (Group("x_sold"),), filters="x_kind=flat"), access_of(SYSTEM), TODAY)
    for line in summaries.read(place).rows:
        large = reporting.source(place, inside=(Side(place, Group("x_sold")).holds(line.key),))
        assert len(large.ids(place.spec, place.wish, UTC, 10)) == line.cell.n == 1


def test_bars_are_cut_by_the_second_group_where_groups_are_parts_of_a_whole(leads):
    asked = Definition("lead", (Group("source"), Group("owner_id")))
    ground = reporting.ground(asked, access_of(SYSTEM), TODAY)
    drawn = charts.draw(ground, summaries.read(ground))
    assert drawn.bars
    for bar in drawn.bars:
        assert sum(part.width for part, _name, _said in bar.parts) == pytest.approx(bar.width)
        assert sum(part.value for part, _name, _said in bar.parts) == Decimal(bar.said)
    assert {name for bar in drawn.bars for _part, name, _said in bar.parts} == {name for _colour, name in drawn.legend}


def test_a_line_over_time_is_drawn_for_each_of_the_second_groups(leads):
    asked = Definition("lead", (Group("created_at", "month"), Group("source")), chart=Chart.LINE)
    ground = reporting.ground(asked, access_of(SYSTEM), TODAY)
    summary = summaries.read(ground)
    drawn = charts.draw(ground, summary)
    wide, narrow = drawn.lines
    kinds = [f"s{colour}" for colour, _name in drawn.legend]
    assert len(kinds) == len(summary.columns) > 1
    assert [kind for kind, _points in wide["lines"]] == [kind for kind, _points in narrow["lines"]] == kinds
    assert [each[0] for each in wide["marks"]] == ["pt--end", *(f"pt--end {kind}" for kind in kinds[1:])]
    whole = charts.draw(ground, replace(summary, columns=()))
    assert [kind for kind, _points in whole.lines[0]["lines"]] == ["s1"]
    assert whole.legend == ()


def test_what_stands_side_by_side_keeps_the_order_of_its_choices(leads):
    order = [key for key, _label in OBJECTS["lead"].field("source").choices]
    found = show(Definition("lead", (Group("region"), Group("source"))))
    keys = [each.key for each in found.columns if each.key in order]
    assert keys == sorted(keys, key=order.index)
    assert len(keys) > 1


def test_more_than_four_parts_share_a_colour():
    bars = [{key: Decimal(1 + at) for at, key in enumerate("abcdef")}]
    colours = chief({key: Decimal(1 + at) for at, key in enumerate("abcdef")})
    assert [(each.colour, each.value) for each in parts(bars, colours)[0]] == [(1, 3), (2, 4), (3, 5), (4, 6), (0, 3)]
    assert parts([{"a": None}, {"a": Decimal(0)}], {"a": 1}) == [[], []]
