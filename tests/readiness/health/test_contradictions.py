"""Each contradiction of the domain alone, at its edge, and no false alarm in a thousand clean roll-outs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from readiness.health.rules import claims, indicators
from readiness.health.rules.indicators import Kind, Reason
from tests.readiness.health.test_rules import AMBER, GREEN, RED, UNKNOWN, Overload, judged

CLEAN = tuple(indicators.Indicator(kind, GREEN, Reason.IN_TIME) for kind in Kind)
ON_TIME = judged().standing


def against(*, standing=ON_TIME, spi=1.0, overloads=(), failing=(), found=CLEAN, state=GREEN):
    return [each.key for each in claims.contradictions(state, found, standing, spi, overloads, failing)]


@pytest.mark.parametrize(
    ("still_clean", "contradicts", "key"),
    [
        ({"spi": 0.9}, {"spi": 0.8999}, "spi:schedule"),
        ({"spi": None}, {"spi": 0.0}, "spi:schedule"),
        (
            {"standing": replace(ON_TIME, critical_days=0)},
            {"standing": replace(ON_TIME, critical_days=1)},
            "critical:schedule",
        ),
        ({"failing": ()}, {"failing": ("Restore drill passed",)}, "must_have"),
        ({"standing": replace(ON_TIME, slip=0)}, {"standing": replace(ON_TIME, slip=1)}, "forecast:schedule"),
        ({"standing": replace(ON_TIME, slip=None)}, {"standing": replace(ON_TIME, slip=90)}, "forecast:schedule"),
        (
            {"overloads": [Overload(percent=120)]},
            {"overloads": [Overload(percent=120.01), Overload(percent=20)]},
            "overload:resources",
        ),
        (
            {"found": CLEAN},
            {"found": (*CLEAN[:5], indicators.Indicator(Kind.QUALITY, UNKNOWN, Reason.NO_TESTS_KEPT))},
            "no_data:quality",
        ),
    ],
)
def test_each_of_the_six_contradicts_alone_and_only_beyond_its_edge(still_clean, contradicts, key):
    assert against(**still_clean) == []
    assert against(**contradicts) == [key]
    assert against(**contradicts, state=AMBER) == []


@settings(max_examples=1000)
@given(
    st.integers(-60, 0) | st.none(),
    st.floats(0.9, 3) | st.none(),
    st.lists(st.builds(Overload, percent=st.floats(0, 120)), max_size=4),
    st.sampled_from([GREEN, AMBER, RED]),
    st.integers(0, 99),
)
def test_a_clean_roll_out_gives_no_false_alarm(slip, spi, overloads, state, late):
    """1,000 of them: nothing critical is late, the go-live is on its day or before, nobody is above 120 percent."""
    clean = replace(ON_TIME, slip=slip, late=late)
    assert against(standing=clean, spi=spi, overloads=overloads, state=state) == []


def test_whoever_is_late_is_told_once_and_by_what():
    amber = tuple(replace(each, state=AMBER) if each.kind is Kind.SCHEDULE else each for each in CLEAN)
    assert against(found=amber) == ["indicator:schedule"]
    assert against(found=amber, standing=replace(ON_TIME, slip=3)) == ["forecast:schedule"]


@pytest.mark.parametrize("words", ["", " \n\t ", "x" * 1001])
def test_an_answer_is_a_sentence(words):
    with pytest.raises(RuleBroken):
        claims.check_answer(words)
    assert claims.check_answer("  We know\nof it. ") == "We know of it."
