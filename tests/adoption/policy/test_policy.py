"""Who sees people by name, and that no group tells of one of its people."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adoption.crew.rules import Crew, Member
from adoption.policy import queries, service
from adoption.policy.rules import SMALLEST_GROUP, Visible, groups, named, runs
from crm.usage import service as usage
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories

AT = datetime(2026, 1, 5)


@st.composite
def parted(draw):
    sizes = draw(st.lists(st.integers(0, 9), max_size=8))
    begins = [sum(sizes[:place]) for place in range(len(sizes))]
    return {
        place: frozenset(range(begin, begin + size))
        for place, (begin, size) in enumerate(zip(begins, sizes, strict=True))
    }


@given(parted(), st.data())
def test_whatever_the_groups_none_is_smaller_than_five_but_of_people_who_are_seen(parts, data):
    chosen = data.draw(st.sets(st.sampled_from(sorted(parts)))) if parts else set()
    seen = frozenset().union(*(parts[each] for each in chosen))
    found = groups(parts, seen)
    shown = [key for keys in found for key in keys]
    assert len(shown) == len(set(shown))
    for keys in found:
        ids = frozenset().union(*(parts[key] for key in keys))
        assert len(ids) >= SMALLEST_GROUP or ids <= seen
    if not seen:  # what is left out is nobody, or all would be too few
        left = frozenset().union(*parts.values()) - frozenset().union(*(parts[key] for key in shown))
        assert not left or not shown


@given(st.lists(st.integers(1, 9), max_size=12))
def test_runs_are_neighbours_of_five_people_and_leave_nobody_out(sizes):
    parts = [(place, frozenset((place, number) for number in range(size))) for place, size in enumerate(sizes)]
    found = runs(parts)
    assert all(sum(sizes[key] for key in run) >= SMALLEST_GROUP for run in found)
    assert [key for run in found for key in run] == (list(range(len(sizes))) if sum(sizes) >= SMALLEST_GROUP else [])


def crew_of(*teams: int) -> Crew:
    members = tuple(Member(n, f"P{n}", team, f"T{team}", (), n % 3 == 0, AT) for n, team in enumerate(teams))
    return Crew(1, members, None, date(2026, 1, 5))


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=12), st.integers(-1, 13), st.booleans(), st.sampled_from(Visible)
)
def test_names_are_those_that_the_policy_allows(teams, reader, manages, visible):
    crew = crew_of(*teams)
    found = named(crew, visible, reader if reader >= 0 else None, manages=manages)
    me = {each.id: each for each in crew.members}.get(reader)
    own = {reader} if me else set()
    led = {each.id for each in crew.members if me and me.leads and each.team_id == me.team_id} | own
    if visible is Visible.GROUPS:
        assert found == own
    elif visible is Visible.LEADS or not manages:
        assert found == led
    else:
        assert found == crew.ids


def test_leads_see_their_team_until_somebody_decides_otherwise(app):
    assert queries.visible() is Visible.LEADS
    service.decide("persons", actor=SYSTEM)
    assert queries.visible() is Visible.PERSONS
    service.decide("groups", actor=SYSTEM)
    assert queries.visible() is Visible.GROUPS


def test_where_the_log_of_use_names_nobody_nobody_is_named(app):
    service.decide("persons", actor=SYSTEM)
    usage.set_policy(400, "groups", actor=SYSTEM)
    assert (queries.decided(), queries.visible()) == (Visible.PERSONS, Visible.GROUPS)


@pytest.mark.parametrize("word", ["", "everybody", "PERSONS", "x" * 10_000])
def test_what_is_no_choice_is_refused(app, word):
    with pytest.raises(RuleBroken):
        service.decide(word, actor=SYSTEM)


def test_administrators_decide_on_a_page_and_take_it_back(app):
    browser = factories.sign_in(app.test_client(), factories.administrator())
    page = browser.get("/admin/adoption").text
    assert "Leads see their own team by name." in page
    answer = browser.post("/admin/adoption", data={"visible": "groups"}, follow_redirects=True)
    assert "Nobody sees others by name." in answer.text
    assert "It holds from now on" in answer.text
    assert browser.post("/admin/adoption", data={"visible": "all"}).status_code == 422
    assert queries.visible() is Visible.GROUPS
    assert "decided who sees people by name" in browser.get("/admin/audit").text
