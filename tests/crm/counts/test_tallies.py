"""Tallies tell what the activities tell, whatever was written before, and however."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crm.access.models import RecordShare
from crm.access.queries import access_of
from crm.counts import jobs, queries, service
from crm.counts.models import ActivityTally, StaleDay
from crm.counts.queries import Scope
from crm.counts.rules.windows import Window
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as record_queries
from crm.records import service as records
from crm.records.models import Activity
from infra.database import db
from infra.transaction import transaction
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import Conflict, NotFound
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")
FIRST, LAST = (NOW - timedelta(days=20)).date(), NOW.date()


def window(zone=UTC) -> Window:
    return Window(FIRST, LAST, NOW, zone)


def counted(access, end=None, zone=UTC) -> Counter:
    found: Counter = Counter()
    for each in queries.activities(window(zone), Scope(access), end):
        slot = (each.day, each.owner_id, each.team_id, each.kind, each.origin)
        found[(*slot, "all")] += each.count
        found[(*slot, "in time")] += each.in_time
    return +found


def enumerated(access, end=None, zone=UTC) -> Counter:
    found: Counter = Counter()
    edges = window(zone)
    for row in db.session.scalars(record_queries.seen(access, OBJECTS["activity"])):
        at = row.occurred_at
        if at is None or not edges.start <= at < min(edges.end, end or edges.end):
            continue
        slot = (at.astimezone(zone).date(), row.owner_id, row.team_id, row.kind, row.origin)
        found[(*slot, "all")] += 1
        found[(*slot, "in time")] += row.created_at - at <= timedelta(hours=24)
    return +found


@pytest.fixture
def people(app):
    north, south = factories.team("North"), factories.team("South")
    return [
        factories.crm_role(factories.person(), "sales-manager", north),
        factories.crm_role(factories.person(), "sales-representative", north),
        factories.crm_role(factories.person(), "sales-representative", south),
        factories.crm_role(factories.person(), "executive"),
    ]


def add(who, hours: int, late: int, kind: str = "call") -> int:
    occurred = NOW - timedelta(hours=hours)
    return factories.record(
        "activity", by=who, at=min(NOW, occurred + timedelta(hours=late)), kind=kind, occurred_at=occurred
    )


NUMBERS = count()
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "move", "owner", "bin", "restore", "undo", "tally"]),
        st.integers(0, 2),
        st.integers(0, 480),
        st.integers(0, 60),
        st.sampled_from(["call", "email", "task"]),
    ),
    max_size=12,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_tallies_equal_full_enumeration_after_any_writes(steps):
    number = next(NUMBERS)
    north, south = factories.team(f"N{number}"), factories.team(f"S{number}")
    team = [factories.crm_role(factories.person(), "sales-manager", north if n < 2 else south) for n in range(3)]
    made, works = [], []
    for what, who, hours, late, kind in steps:
        _step(what, team[who], hours, late, kind, made, works)
    for reader in (SYSTEM, *team):
        for end in (None, NOW - timedelta(hours=30)):
            assert counted(access_of(reader), end) == enumerated(access_of(reader), end)


def _step(what, who, hours, late, kind, made, works) -> None:
    if what == "add" or not made:
        made.append(add(who, hours, late, kind))
        return
    number = made[hours % len(made)]
    if what == "tally":
        service.tally_stale(SYSTEM, NOW)
    elif what == "undo":
        if works:
            with suppress(Conflict, NotFound):
                undo(works.pop().transaction_id, actor=SYSTEM)
    elif not alive(number):
        records.restore("activity", [number], actor=SYSTEM)
    elif what == "bin":
        works.append(records.remove("activity", [number], actor=SYSTEM, now=NOW))
    else:
        values = {"occurred_at": NOW - timedelta(hours=hours)} if what == "move" else {"owner_id": who.id}
        works.append(records.change("activity", number, values, actor=SYSTEM, now=NOW))


def alive(number: int) -> bool:
    return db.session.get(Activity, number).deleted_at is None


def test_a_shared_activity_of_another_team_counts_once(people):
    _boss, mine, other, _executive = people
    number = add(other, 50, 1)
    add(mine, 50, 1)
    with transaction(SYSTEM, "record.shared") as work:
        work.session.add(RecordShare(object="activity", record_id=number, person_id=mine.id, shared_at=NOW))
    service.tally_stale(SYSTEM, NOW)
    assert sum(each.count for each in queries.activities(window(), Scope(access_of(mine)))) == 2
    assert counted(access_of(mine)) == enumerated(access_of(mine))


def test_an_undo_is_counted_at_once(people):
    occurred = NOW - timedelta(hours=50)
    _number, work = records.create(
        "activity", {"name": "Call", "kind": "call", "occurred_at": occurred}, actor=people[1], now=NOW
    )
    service.tally_stale(SYSTEM, NOW)
    undo(work.transaction_id, actor=people[1])
    assert counted(access_of(SYSTEM)) == Counter()


def test_closed_days_are_read_from_their_tally_and_a_write_marks_its_day_only(people):
    add(people[1], 50, 1)
    add(people[1], 100, 1)
    assert jobs.tally_days(SYSTEM, NOW) == "2 days"
    assert jobs.tally_days(SYSTEM, NOW) == ""
    assert db.session.scalars(select(ActivityTally.count)).all() == [1, 1]
    add(people[1], 50, 1)
    assert db.session.scalars(select(StaleDay.day)).all() == [(NOW - timedelta(hours=50)).date()]
    before = counted(access_of(SYSTEM))
    service.rebuild(SYSTEM, NOW)
    assert db.session.scalars(select(StaleDay.day)).all() == []
    assert counted(access_of(SYSTEM)) == before


def test_days_are_those_of_the_zone(people):
    zone = ZoneInfo("Pacific/Auckland")
    add(people[1], 30, 1)
    add(people[1], 41, 1)
    assert counted(access_of(SYSTEM), zone=zone) == enumerated(access_of(SYSTEM), zone=zone)


def test_days_in_a_row_are_one_statement():
    assert queries._runs([date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 5)]) == [
        (date(2026, 1, 1), date(2026, 1, 2)),
        (date(2026, 1, 5), date(2026, 1, 5)),
    ]
