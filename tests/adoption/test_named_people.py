"""An audience of a team and of somebody named besides: whatever is counted of a roll-out counts over both, once each.

The figures are held against those of a roll-out for everybody, in a CRM in which nobody but these people is left.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from adoption.crew import queries as crews
from adoption.glance import queries as glance
from adoption.help import queries as helping
from adoption.help.queries import Look as Reader
from adoption.kept import jobs, queries, service
from adoption.measures import queries as measures
from adoption.measures.rules import COMPLETE, KEYS, Wish
from adoption.onboarding import queries as onboarding
from crm.access import service as access
from crm.access.queries import access_of
from crm.counts.rules.windows import Window
from crm.kpis import queries as kpis
from crm.kpis.rules.definitions import KPIS
from crm.records import service as records
from crm.records.models import TABLES
from crm.trends import service as trends
from crm.usage import service as usage
from crm.usage.rules import Stay
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.gates.rules.sources import Look
from readiness.measured import queries as measured
from roadmap.audience import service as audience
from tests import factories
from tests.adoption.conftest import BEFORE, LAST_WEEK, LIVE, TODAY
from tests.fixtures.app import NOW

DAYS = Window(LIVE, TODAY, NOW, UTC)
KINDS = ("lead", "account", "contact", "opportunity")
COUNTS = {"Ann": 4, "Bea": 2, "Cem": 7, "Dan": 3}
"""How many records each of them made: Ann is in the team of the roll-out, Bea is named, Cem and Dan are strangers."""


@pytest.fixture
def pilot(app, clock):
    """The roll-out, its team, that of Bea and Cem, and everybody by name."""
    clock.now = BEFORE
    ours, others = factories.team("Ours"), factories.team("Others")
    teams = {"Ann": ours, "Bea": others, "Cem": others, "Dan": None}
    people = {
        name: factories.crm_role(factories.person(name), "sales-representative", team) for name, team in teams.items()
    }
    clock.now = NOW
    project = factories.project("Pilot")
    audience.choose(project, [ours], actor=SYSTEM)
    audience.name(project, people["Bea"].id, actor=SYSTEM)
    audience.launch(project, LIVE, actor=SYSTEM)
    for name, who in people.items():
        _work(who, COUNTS[name])
    return project, (ours, others), people


def _work(who, count):
    for number in range(count):
        at = LAST_WEEK + timedelta(hours=number)
        for kind in KINDS:
            factories.record(kind, by=who, at=at)
        factories.record("activity", by=who, at=at, kind="call", state="done", occurred_at=at - timedelta(hours=20))
        won = factories.record("opportunity", by=who, at=at, amount=Decimal(100 * count), currency="EUR")
        with transaction(SYSTEM, "crm.opportunity_changed") as work:
            row = work.session.get_one(TABLES["opportunity"], won)
            row.outcome, row.closed_at = "won" if number else "lost", at
    stays = [
        Stay(LAST_WEEK + timedelta(hours=2 * number), LAST_WEEK + timedelta(hours=2 * number + 1))
        for number in range(count)
    ]
    usage.put({who.id: stays}, {(stays[0].first, who.id, "leads"): 3}, actor=SYSTEM, now=NOW)


def _strangers_leave(people):
    """Whoever is not of the roll-out, and all that they made."""
    gone = [people["Cem"].id, people["Dan"].id]
    for kind in (*KINDS, "activity"):
        table = TABLES[kind]
        ids = list(db.session.scalars(select(table.id).where(table.owner_id.in_(gone))))
        records.remove(kind, ids, actor=SYSTEM, now=NOW)
    for each in gone:
        access.set_roles(each, [], actor=SYSTEM)


def _figures(project):
    """Everything that is counted of a roll-out's people, as plain values."""
    db.session.rollback()
    crew, look = crews.crew(project), Look(project, NOW, TODAY)
    reading = measures.read(crew, Wish(DAYS, LIVE))
    asks = [kpis.Ask(key, DAYS) for key in KPIS]
    figures = kpis.together(asks, access_of(SYSTEM), teams=crew.teams, people=crew.people)
    found = {key: _plain(figures.measure(kpis.Ask(key, DAYS))) for key in KPIS}
    found |= {f"of use: {key}": _plain(reading.whole[key]) for key in KEYS}
    found |= {f"by person: {key}": _plain(each) for key, each in reading.of_people(crew.ids).items()}
    found["fields"] = measured._fields(look)
    board = onboarding.read(crew, reading)
    found["funnel"] = [(each.step, each.people) for each in board.stairs], board.never
    need = helping.view(project, Reader(None, True, NOW, UTC))
    found["help"] = sorted((each.name, [one.gap for one in each.needs]) for each in need.people)
    seen = glance.glances([project], NOW, UTC)[project]
    found["glance"] = seen.people, _plain(seen.use)
    return found


def _plain(each):
    return each.value, each.numerator, each.denominator, each.n


def test_every_figure_counts_over_teams_and_named_people(pilot):
    project, _teams, people = pilot
    everybody = factories.project("Everybody")
    audience.launch(everybody, LIVE, actor=SYSTEM)
    assert crews.crew(project).ids == {people["Ann"].id, people["Bea"].id}
    mine, all_of_them = _figures(project), _figures(everybody)
    assert mine["pipeline"] != all_of_them["pipeline"]
    _strangers_leave(people)
    theirs = _figures(everybody)
    assert mine == theirs


def test_what_stands_is_kept_for_who_is_named(pilot):
    project, (ours, others), people = pilot
    crew, yesterday = crews.crew(project), TODAY - timedelta(days=1)
    trends.keep_day(yesterday - timedelta(days=1), actor=SYSTEM, now=NOW, zone=UTC)
    trends.keep_day(yesterday, actor=SYSTEM, now=NOW, zone=UTC)
    assert jobs.keep_audiences(SYSTEM, NOW) == "2 figures of 1 roll-outs"
    assert service.keep_day(project, yesterday, actor=SYSTEM, now=NOW, zone=UTC) == 0
    of_team, of_both = queries.stock(crew, COMPLETE, LIVE, TODAY)
    counted = measures.read(crew, Wish(DAYS, LIVE)).whole[COMPLETE]
    assert (of_both.day, of_both.top, of_both.bottom) == (yesterday, counted.numerator, counted.denominator)
    assert of_team.bottom < of_both.bottom
    apart = {each.team_id: each.bottom for each in queries.of_teams(crew, COMPLETE, yesterday, TODAY)}
    assert apart.keys() == {ours, others}
    assert sum(apart.values()) == of_both.bottom
    audience.unname(project, people["Bea"].id, actor=SYSTEM)
    db.session.rollback()
    assert [each.bottom for each in queries.stock(crews.crew(project), COMPLETE, LIVE, TODAY)] == [of_team.bottom] * 2
    assert jobs.keep_audiences(SYSTEM, NOW) == "0 figures of 0 roll-outs"


def test_the_figures_that_stand_are_those_that_are_kept():
    assert [key for key in KEYS if KPIS[key].stands] == list(service.STOCKS)
