"""Entering days off and shares: who may, what moves, what can be taken back."""

from datetime import date, datetime

import pytest

from accounts.absences import queries, service
from accounts.absences.rules import PersonTime, Share, Span
from infra.undo import service as undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused, RuleBroken
from roadmap.tasks import queries as tasks
from tests import factories

MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)
TODAY = date(2026, 2, 18)


@pytest.fixture
def ann(app):
    return factories.person("Ann")


@pytest.fixture
def project(app):
    return factories.project(start=MONDAY)


def finishes(project):
    return {row.name: row.finish for row in tasks.rows(project, TODAY)}


def off(who, first=TUESDAY, last=TUESDAY, actor=SYSTEM):
    return service.add_absence(who.id, Span(first, last), "holiday", actor=actor)


def test_a_day_off_moves_what_only_that_person_does_and_what_waits_for_it(project, ann):
    first = factories.task(project, "Hers", owner_id=ann.id, duration_minutes=960)
    factories.task(project, "Waits", after=first)
    factories.task(project, "Beside", duration_minutes=960)
    off(ann)
    assert finishes(project) == {
        "Hers": datetime(2026, 3, 4, 17),
        "Waits": datetime(2026, 3, 5, 17),
        "Beside": datetime(2026, 3, 3, 17),
    }


def test_a_part_time_share_makes_a_task_longer_and_slack_counts_in_days_of_the_project(project, ann):
    factories.task(project, "Hers", owner_id=ann.id, duration_minutes=480)
    factories.task(project, "Long", duration_minutes=5 * 480)
    service.set_share(ann.id, Share(MONDAY, 50), actor=SYSTEM)
    row = next(each for each in tasks.rows(project, TODAY) if each.name == "Hers")
    assert row.finish == datetime(2026, 3, 3, 12)
    assert row.late_finish == datetime(2026, 3, 6, 12)
    assert row.total_slack_minutes == 3 * 480


def test_a_milestone_stands_where_it_is_whoever_owns_it(project, ann):
    work = factories.task(project, "Work", duration_minutes=960)
    factories.task(project, "Reached", after=work, type="milestone", owner_id=ann.id)
    off(ann)
    assert finishes(project)["Reached"] == datetime(2026, 3, 3, 17)


def test_undo_brings_the_dates_back(project, ann):
    factories.task(project, "Hers", owner_id=ann.id, duration_minutes=960)
    _id, work = off(ann, actor=ann)
    undo.undo(work.transaction_id, actor=ann)
    assert finishes(project) == {"Hers": datetime(2026, 3, 3, 17)}
    assert queries.absences_of(ann.id) == []


def test_changing_and_removing_days_moves_the_plan_again(project, ann):
    factories.task(project, "Hers", owner_id=ann.id, duration_minutes=960)
    number, _work = off(ann)
    service.change_absence(ann.id, number, Span(MONDAY, TUESDAY), "other", actor=ann)
    assert finishes(project) == {"Hers": datetime(2026, 3, 5, 17)}
    service.remove_absence(ann.id, number, actor=ann)
    assert finishes(project) == {"Hers": datetime(2026, 3, 3, 17)}


def test_everybody_keeps_their_own_days_and_an_administrator_anybodys(ann):
    bob, ada = factories.person("Bob"), factories.administrator()
    with pytest.raises(Refused):
        off(ann, actor=bob)
    off(ann, actor=ann)
    off(ann, FRIDAY, FRIDAY, actor=ada)
    assert [row.first for row in queries.absences_of(ann.id)] == [FRIDAY, TUESDAY]


def test_overlapping_days_off_are_refused(ann):
    off(ann, MONDAY, FRIDAY)
    with pytest.raises(RuleBroken, match="entered as days off already"):
        off(ann)
    assert len(queries.absences_of(ann.id)) == 1


def test_a_share_that_begins_on_the_same_day_replaces_the_other(ann):
    service.set_share(ann.id, Share(MONDAY, 50), actor=SYSTEM)
    service.set_share(ann.id, Share(MONDAY, 60), actor=SYSTEM)
    assert queries.times_of([ann.id]) == {ann.id: PersonTime(shares=(Share(MONDAY, 60),))}
    service.remove_share(ann.id, queries.shares_of(ann.id)[0].id, actor=SYSTEM)
    assert queries.times_of([ann.id]) == {}


def test_other_peoples_entries_and_people_who_do_not_exist_are_not_found(ann):
    number, _work = off(ann)
    bob = factories.person("Bob")
    with pytest.raises(NotFound):
        service.remove_absence(bob.id, number, actor=SYSTEM)
    with pytest.raises(NotFound):
        service.add_absence(9999, Span(MONDAY, MONDAY), "other", actor=SYSTEM)
