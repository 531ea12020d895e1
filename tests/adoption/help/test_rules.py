"""Which gap matters most, which features are missed, and how those whom help is for are named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adoption.help.rules import OFFERS, Gap, about_person, about_teams, check_gap, needs, parsed, unused
from crm.kpis.rules.definitions import State, Unit
from crm.kpis.rules.measures import Measure
from kernel.errors import RuleBroken

DAY = date(2026, 2, 18)


def measured(key, value, target="0.8"):
    number = None if value is None else Decimal(value)
    return Measure(
        key, number, Decimal(5), Decimal(10), 10, Decimal(target), State.RED, "", DAY, DAY, Unit.SHARE
    )  # fmt: skip


def test_the_gap_that_lies_farthest_below_its_target_comes_first_and_what_is_unknown_is_none():
    found = {
        "weekly-active": measured("weekly-active", "0.7"),
        "activity-timeliness": measured("activity-timeliness", "0.4", "0.9"),
        "data-completeness": measured("data-completeness", "0.99", "0.95"),
        "contact-creation": measured("contact-creation", None, "0.1"),
    }
    assert [each.gap for each in needs(found, [("pipeline", 0.6)])] == [Gap.LATE, Gap.INACTIVE, Gap.UNUSED]


def test_every_gap_has_an_offer_with_words_and_days():
    assert set(OFFERS) == set(Gap)
    assert all(each.name and each.details and each.days > 0 for each in OFFERS.values())
    assert check_gap("late").gap is Gap.LATE


@pytest.mark.parametrize(
    "about", ["", "team", "team:", "team:x", "role:3", "person:-1", "team:٣", "teams:1--2", "team:" + "9" * 30]
)
def test_nonsense_is_nobody(about):
    with pytest.raises(RuleBroken):
        parsed(about)


@given(st.sets(st.integers(0, 99_999), min_size=1, max_size=6), st.integers(1, 99_999))
def test_a_name_leads_back_to_its_numbers(teams, person):
    assert set(parsed(about_teams(teams))[1]) == teams
    assert parsed(about_person(person)) == ("person", (person,))


def test_a_feature_that_fewer_than_half_use_or_that_is_opened_by_the_way_is_not_missed():
    log = {
        1: {"leads": 1},
        2: {"pipeline": 1, "home": 9},
        3: {"leads": 2, "calendar": 1, "home": 1},
        4: {"pipeline": 1},
    }
    assert unused([1], log, [1, 2, 3, 4]) == [("pipeline", 2 / 3)]


@pytest.mark.parametrize("gap", ["", "lazy", "LATE"])
def test_what_is_not_in_the_table_is_not_offered(gap):
    with pytest.raises(RuleBroken):
        check_gap(gap)
