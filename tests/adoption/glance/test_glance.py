"""Weekly use of many roll-outs at a glance equals the figure of the CRM for the same people and week."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.people.models import Person
from adoption.glance import queries
from adoption.glance.rules import counts
from crm.access.queries import access_of
from crm.counts.rules.windows import Window
from crm.kpis import queries as kpis
from crm.usage.models import Visit
from infra.transaction import transaction
from kernel.actor import SYSTEM
from roadmap.audience import service as audience
from tests import factories
from tests.fixtures.app import NOW

MONDAY = date(2026, 2, 9)


@pytest.fixture
def teams(app):
    """Two people in the north, one of whom was here three times in the week, and one in the south who was twice."""
    north, south = factories.team("North"), factories.team("South")
    people = [factories.person(name) for name in ("Nina", "Nils", "Sara")]
    for who, team in zip(people, (north, north, south), strict=True):
        factories.crm_role(who, "sales-representative", team)
    with transaction(SYSTEM, "person.changed") as work:
        for who in people:
            work.session.get(Person, who.id).created_at = datetime(2026, 1, 5, tzinfo=UTC)
        for who, days in ((people[0], 3), (people[2], 2)):
            for day in range(days):
                at = datetime(2026, 2, 9 + day, 8, tzinfo=UTC)
                work.session.add(Visit(person_id=who.id, started_at=at, last_at=at + timedelta(minutes=9)))
    return north, south


def test_use_is_that_of_the_audience_in_the_last_whole_week(teams):
    north, south = teams
    ours, theirs, everybody = (factories.project(name) for name in ("Ours", "Theirs", "Everybody"))
    audience.choose(ours, [north], actor=SYSTEM)
    audience.choose(theirs, [south], actor=SYSTEM)
    for each in (ours, theirs, everybody):
        audience.launch(each, date(2026, 2, 2), actor=SYSTEM)
    found = queries.glances([ours, theirs, everybody], NOW, UTC)
    assert [(found[each].people, found[each].use.value) for each in (ours, theirs, everybody)] == [
        (2, Decimal("0.5")),
        (1, Decimal(0)),
        (3, Decimal("0.333333")),
    ]
    window = Window(MONDAY, MONDAY + timedelta(days=6), NOW, UTC)
    for each, chosen in ((ours, [north]), (theirs, [south]), (everybody, None)):
        assert found[each].use == kpis.measure("weekly-active", window, access_of(SYSTEM), teams=chosen)


def test_before_a_whole_week_of_live_use_nothing_is_known(teams):
    waiting, fresh, planned = (factories.project(name) for name in ("Waiting", "Fresh", "Planned"))
    audience.launch(fresh, date(2026, 2, 10), actor=SYSTEM)
    audience.launch(planned, date(2026, 3, 2), actor=SYSTEM)
    found = queries.glances([waiting, fresh, planned], NOW, UTC)
    assert [(found[each].live_since, found[each].use) for each in (waiting, fresh, planned)] == [
        (None, None),
        (date(2026, 2, 10), None),
        (None, None),
    ]


def test_a_week_counts_from_its_monday_on():
    assert counts(MONDAY, MONDAY)
    assert not counts(MONDAY + timedelta(days=1), MONDAY)
    assert not counts(None, MONDAY)
