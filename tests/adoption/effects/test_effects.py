"""What followed an offer: refused below ten people, and right where the answer is known."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adoption.crew.rules import Crew, Member
from adoption.effects.queries import Done, effects
from adoption.effects.rules import Count, Sides, difference, refusal
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories

NOW = datetime(2026, 2, 18, 8, tzinfo=UTC)
sides = st.integers(1, 500).flatmap(lambda n: st.integers(0, n).map(lambda top: Count(top, n)))


@given(sides, sides, sides, sides)
def test_the_interval_is_around_the_points_and_a_group_against_itself_moved_by_nothing(a, b, c, d):
    found = difference(Sides(a, b, c, d))
    assert found.low < found.points < found.high
    assert math.isclose(found.points, (b.share - a.share) - (d.share - c.share), abs_tol=1e-12)
    assert difference(Sides(a, b, a, b)).points == 0


def test_nothing_to_count_is_unknown_not_zero():
    one = Count(5, 10)
    assert difference(Sides(Count(0, 0), one, one, one)).points is None


@pytest.mark.parametrize(
    ("group", "rest", "weeks", "why"), [(9, 99, 4, "few"), (99, 9, 4, "few-others"), (10, 10, 1, "early")]
)
def test_it_is_refused_at_the_edges(group, rest, weeks, why):
    assert refusal(group, rest, weeks).why == why
    assert refusal(10, 10, 2) is None


def crew_of(*sizes):
    members, number = [], 0
    for team, size in enumerate(sizes, 1):
        for _ in range(size):
            number += 1
            members.append(Member(number, f"P{number}", team, f"T{team}", (), False, NOW - timedelta(days=90)))
    return Crew(1, tuple(members), None, date(2025, 12, 30))


def test_small_groups_ask_the_database_nothing(app, asked):
    done = [Done(1, frozenset({1}), "weekly-active", "", date(2026, 1, 14), date(2026, 1, 20))]
    with asked() as statements:
        found = effects(crew_of(5, 12), done, NOW, UTC)
    assert (found[1].points, found[1].why, found[1].n, len(statements)) == (None, "few", 5, 0)


def test_a_stock_is_read_from_the_days_that_were_kept(app):
    from crm.kpis.models import KpiDay  # noqa: PLC0415  # only here

    with transaction(SYSTEM, "crm.kept") as work:
        for day, mine, others in ((date(2026, 1, 11), 50, 80), (date(2026, 2, 15), 90, 80)):
            for team, top in ((1, mine), (2, others)):
                work.session.add(
                    KpiDay(day=day, key="data-completeness", team_id=team, value=top / 100, top=top, bottom=100, n=100,
                           taken_at=NOW)
                )  # fmt: skip
    done = [Done(1, frozenset({1}), "data-completeness", "", date(2026, 1, 14), date(2026, 1, 20))]
    found = effects(crew_of(12, 12), done, NOW, UTC)[1]
    assert math.isclose(found.points, 0.4)


def test_use_is_counted_in_the_weeks_before_and_after(app, asked):
    team, other = factories.team("One"), factories.team("Two")
    done = [
        Done(number, frozenset({team}), "weekly-active", "", date(2026, 1, 14), date(2026, 1, 20)) for number in (1, 2)
    ]
    members = tuple(
        Member(number, f"P{number}", team if number < 12 else other, "", (), False, NOW) for number in range(1, 30)
    )
    with asked() as statements:
        found = effects(Crew(1, members, None, date(2025, 12, 30)), done, NOW, UTC)
    assert found[1].why == "nothing"
    assert len(statements) <= 24, len(statements)
