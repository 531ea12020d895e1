"""Allocations: what is refused, placeholders that are filled, what moves with a project, a role or a copy."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from accounts.people.rules import PersonData
from desk.setup import service as setup
from infra.database import db
from infra.undo import service as undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import service as projects
from roadmap.projects.rules import Clash
from roadmap.resources import seed, service
from roadmap.resources.service import AllocationData
from roadmap.staffing import queries as staffing_queries
from roadmap.staffing import service as staffing
from roadmap.staffing.models import Allocation
from roadmap.tasks.models import Task
from tests import factories
from tests.fixtures.app import NOW

MONDAY = date(2026, 1, 5)
TODAY = NOW.date()


def day(number):
    return MONDAY + timedelta(days=number)


@pytest.fixture
def project(app):
    return factories.project(start=MONDAY)


@pytest.fixture
def ann(app):
    return factories.person("Ann")


@pytest.fixture
def analyst(project):
    return staffing.add_role(project, {"name": "Analyst"}, actor=SYSTEM)[0]


def add(project, role_id, person=None, first=0, last=11, percent=50, note="", **more):
    data = AllocationData(role_id, person.id if person else None, day(first), day(last), percent, note)
    return service.add_allocation(project, data, actor=SYSTEM, now=NOW, **more)


def lines(project):
    query = select(Allocation).where(Allocation.project_id == project).order_by(Allocation.first, Allocation.id)
    return [(row.person_id, row.first, row.last, row.percent) for row in db.session.scalars(query)]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"percent": 0}, "percent", "Give 1 to 100 %"),
        ({"percent": 101}, "percent", "101 % of a full day is not possible"),
        ({"percent": -5}, "percent", "not possible"),
        ({"first": 5, "last": 4}, "last", "2026-01-09, lies before the first, 2026-01-10"),
        ({"first": -366}, "first", "2025-01-04 lies more than a year outside the project, which runs from 2026-01-05"),
        ({"last": 900}, "last", "more than a year outside the project"),
        ({"note": "x" * 301}, "note", "at most 300"),
    ],
)
def test_what_is_not_possible_is_refused_with_a_sentence_at_its_field(project, analyst, ann, values, field, sentence):
    with pytest.raises(RuleBroken) as refused:
        add(project, analyst, ann, **values)
    assert refused.value.field == field
    assert sentence in refused.value.message
    assert lines(project) == []


def test_days_that_overlap_in_a_role_are_refused_and_the_other_line_is_named(project, analyst, ann):
    add(project, analyst, ann, 0, 4, 40)
    with pytest.raises(RuleBroken) as refused:
        add(project, analyst, ann, 4, 8)
    assert "Ann is planned as Analyst from 2026-01-05 to 2026-01-09 with 40 % already." in refused.value.message
    add(project, analyst, ann, 5, 8)
    add(project, analyst, factories.person("Bob"), 0, 8)
    add(project, analyst, None, 0, 8)
    with pytest.raises(RuleBroken, match="Nobody yet is planned as Analyst"):
        add(project, analyst, None, 0, 8)


def test_people_and_roles_that_do_not_exist_are_refused(project, analyst, ann):
    other = staffing.add_role(factories.project("Other"), {"name": "Spy"}, actor=SYSTEM)[0]
    with pytest.raises(RuleBroken, match="no such role"):
        add(project, other, ann)
    data = AllocationData(analyst, 9999, day(0), day(1), 50)
    with pytest.raises(RuleBroken, match="no such person"):
        service.add_allocation(project, data, actor=SYSTEM, now=NOW)


def test_somebody_from_outside_is_added_and_works_like_all_others(project, analyst):
    add(project, analyst, newcomer=PersonData("Uma Berg", company="Vendor AB"))
    (choice,) = staffing_queries.people_of(project)
    assert (choice.name, choice.detail) == ("Uma Berg", "Vendor AB")
    assert staffing_queries.roles(project)[0].person == "Uma Berg", "the first fills the role"
    with pytest.raises(RuleBroken, match="added by an administrator"):
        add(project, analyst, newcomer=PersonData("Ida", email="ida@example.org"))


def test_a_placeholder_is_filled_for_all_that_is_to_come_and_takes_the_open_tasks(project, analyst, ann):
    today = (TODAY - MONDAY).days
    add(project, analyst, None, 0, today - 1, 30)
    add(project, analyst, None, today, today + 10, 60)
    add(project, analyst, None, today + 11, today + 20, 80)
    open_task = factories.task(project, role_id=analyst)
    kept = factories.task(project, role_id=analyst, owner_id=factories.person("Bob").id)
    work = service.fill_role(project, analyst, ann.id, actor=SYSTEM, now=NOW, with_tasks=True)
    assert [line[0] for line in lines(project)] == [None, ann.id, ann.id]
    assert db.session.get(Task, open_task).owner_id == ann.id
    assert db.session.get(Task, kept).owner_id != ann.id
    assert staffing_queries.roles(project)[0].person_id == ann.id
    undo.undo(work.transaction_id, actor=SYSTEM)
    assert [line[0] for line in lines(project)] == [None, None, None]
    assert db.session.get(Task, open_task).owner_id is None


def test_filling_without_the_tasks_leaves_them(project, analyst, ann):
    task = factories.task(project, role_id=analyst)
    service.fill_role(project, analyst, ann.id, actor=SYSTEM, now=NOW)
    assert db.session.get(Task, task).owner_id is None


def test_who_fills_a_role_on_the_team_page_takes_over_what_is_planned_from_today_on(project, analyst, ann):
    bob, today = factories.person("Bob"), (TODAY - MONDAY).days
    add(project, analyst, ann, today - 3, today + 3, 40)
    add(project, analyst, ann, today + 4, today + 9, 50)
    staffing.change_role(project, analyst, {"name": "Analyst", "person_id": bob.id}, actor=SYSTEM)
    assert lines(project) == [
        (ann.id, day(today - 3), day(today - 1), 40),
        (bob.id, day(today), day(today + 3), 40),
        (bob.id, day(today + 4), day(today + 9), 50),
    ]


def test_lines_that_would_overlap_stay_with_whom_they_are(project, analyst, ann):
    bob, today = factories.person("Bob"), (TODAY - MONDAY).days
    add(project, analyst, ann, today, today + 3, 40)
    add(project, analyst, bob, today, today + 3, 40)
    staffing.change_role(project, analyst, {"name": "Analyst", "person_id": bob.id}, actor=SYSTEM)
    assert {line[0] for line in lines(project)} == {ann.id, bob.id}


def test_two_who_change_the_same_line_are_told(project, analyst, ann):
    number, _work = add(project, analyst, ann)
    base = {"role_id": analyst, "person_id": ann.id, "first": day(0), "last": day(11), "percent": 50, "note": ""}
    first, second = ({**base, "percent": percent} for percent in (60, 70))
    service.change_allocation(project, number, AllocationData(**first), actor=SYSTEM, base=base)
    with pytest.raises(Clash):
        service.change_allocation(project, number, AllocationData(**second), actor=SYSTEM, base=base)
    beside = AllocationData(**{**base, "note": "mornings"})
    service.change_allocation(project, number, beside, actor=SYSTEM, base=base)
    row = db.session.get(Allocation, number)
    assert (row.percent, row.note) == (60, "mornings")


def test_a_removed_line_comes_back_by_undo(project, analyst, ann):
    number, _work = add(project, analyst, ann)
    before = lines(project)
    work = service.remove_allocation(project, number, actor=SYSTEM)
    assert lines(project) == []
    undo.undo(work.transaction_id, actor=SYSTEM)
    assert lines(project) == before


def test_lines_of_other_projects_are_not_found(project, analyst, ann):
    number, _work = add(project, analyst, ann)
    with pytest.raises(NotFound):
        service.remove_allocation(factories.project("Other"), number, actor=SYSTEM)


def test_what_is_planned_moves_with_the_start_and_back(project, analyst, ann):
    add(project, analyst, ann, 0, 4)
    work = projects.change_start(project, day(14), actor=SYSTEM)
    assert lines(project) == [(ann.id, day(14), day(18), 50)]
    undo.undo(work.transaction_id, actor=SYSTEM)
    assert lines(project) == [(ann.id, day(0), day(4), 50)]


def test_a_copy_has_the_same_lines_later(project, analyst, ann):
    add(project, analyst, ann, 0, 4)
    copied = projects.copy(project, "Copy", day(28), actor=SYSTEM, now=NOW)
    assert lines(copied) == [(ann.id, day(28), day(32), 50)]
    (role,) = staffing_queries.roles(copied)
    assert db.session.scalar(select(Allocation.role_id).where(Allocation.project_id == copied)) == role.id


def test_an_archived_project_takes_no_changes(project, analyst, ann):
    projects.archive(project, actor=SYSTEM, now=NOW)
    with pytest.raises(RuleBroken, match="archived"):
        add(project, analyst, ann)


def test_the_template_plants_its_periods_and_harvest_gives_them_back(app, ann):
    wanted = setup.NewProject("Launch", MONDAY, people={"data-migration-specialist": ann.id})
    project_id = setup.create(wanted, actor=SYSTEM, now=NOW)
    mine = [line for line in lines(project_id) if line[0] == ann.id]
    assert mine[0] == (ann.id, date(2026, 1, 5), date(2026, 1, 9), 50)
    assert mine[1] == (ann.id, date(2026, 1, 12), date(2026, 1, 30), 100)
    assert any(line[0] is None for line in lines(project_id)), "roles without a person have placeholders"
    with service.transaction(SYSTEM, "test") as work:
        harvested = seed.harvest(project_id, MONDAY, work)
    assert harvested["data-migration-specialist"][:2] == [seed.PeriodSeed(1, 1, 50), seed.PeriodSeed(2, 4, 100)]


def test_periods_begin_no_earlier_than_the_project(app):
    assert seed.days_of(seed.PeriodSeed(1, 1, 50), date(2026, 1, 7)) == (date(2026, 1, 7), date(2026, 1, 9))
    assert seed.days_of(seed.PeriodSeed(1, 1, 50), date(2026, 1, 10)) == (date(2026, 1, 10), date(2026, 1, 11))
