import pytest
from sqlalchemy import select

from accounts.notices import queries as notices
from accounts.notices.models import Notice
from accounts.notices.service import mark
from infra.database import db
from roadmap.tasks import service as tasks
from tests import factories
from tests.fixtures.app import NOW

DAY = 480


@pytest.fixture
def world(app):
    class World:
        project = factories.project("Europe launch")
        work = factories.task(project, "Migrate", duration_minutes=2 * DAY)
        golive = factories.task(project, "Go-live", type="milestone", duration_minutes=0, after=work)
        review = factories.task(project, "Review", type="milestone", duration_minutes=0, after=golive)
        maren = factories.person("Maren Solberg", projects={project: "manager"})
        samira = factories.person("Samira Haddad", projects={project: "member"})
        erik = factories.person("Erik Vale", projects={project: "stakeholder"})

    return World


def last(world, days):
    tasks.change(world.project, world.work, {"duration_minutes": days * DAY}, actor=world.maren, now=NOW)


def told():
    db.session.rollback()
    return list(db.session.scalars(select(Notice).where(Notice.kind == "milestone_slipped").order_by(Notice.id)))


def test_those_who_wait_for_a_milestone_are_told_by_how_much_it_slipped(world):
    last(world, 3)
    (notice,) = told()
    assert notice.person_id == world.erik.id
    assert (notice.params["count"], notice.params["days"]) == (2, 1)
    assert notices.sentence(notice) == (
        "2 milestones slipped, most of all “Go-live”: from Tue 6 Jan to Wed 7 Jan (+1 d)."
    )


def test_later_news_of_the_same_day_replaces_what_nobody_read(world):
    last(world, 3)
    last(world, 5)
    (notice,) = told()
    assert notice.params["days"] == 3


def test_news_that_come_after_reading_count_from_the_morning(world):
    last(world, 3)
    mark(told()[0].id, read=True, actor=world.erik)
    last(world, 5)
    assert [notice.params["days"] for notice in told()] == [1, 3]


def test_what_came_back_and_what_comes_sooner_is_told_to_nobody(world):
    last(world, 1)
    assert told() == []


def test_nobody_hears_of_plans_that_do_not_move(world):
    tasks.change(world.project, world.work, {"name": "Move the data"}, actor=world.maren, now=NOW)
    assert told() == []
