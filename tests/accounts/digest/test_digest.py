from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.access import service as access
from accounts.digest import jobs, service
from accounts.notices import queries as notices
from accounts.notices.models import Notice
from accounts.notices.rules import KINDS, Mailing, Rhythm, Ways
from accounts.notices.service import choose, mark, tell
from infra.database import db
from infra.mail.models import Mail
from infra.transaction import transaction
from kernel.actor import INSTANCE, SYSTEM, project_scope
from tests import factories

BEFORE, AFTER = datetime(2026, 2, 18, 6, 30, tzinfo=UTC), datetime(2026, 2, 18, 7, 5, tzinfo=UTC)


@pytest.fixture
def world(make_app, request):
    app = make_app(**getattr(request, "param", {"ROADMAP_BASE_URL": "https://roadmap.example.org"}))
    with app.app_context():

        class World:
            project = factories.project("Europe launch")
            task = factories.task(project, "Cleanse <addresses>")
            maren = factories.person("Maren Solberg", projects={project: "manager"})
            samira = factories.person("Samira Haddad", projects={project: "member"})

        yield World
        db.session.remove()
        db.engine.dispose()


def told(world, kind="assigned", at=BEFORE, **more):
    scope = {"subject": f"task:{world.task}", "label": "Cleanse <addresses>", "scope": project_scope(world.project)}
    with transaction(world.maren, "tasks.changed", at=at) as work:
        tell(work, kind, [world.samira.id], **{**scope, **more})
    return db.session.scalars(select(Notice.id).order_by(Notice.id.desc())).first()


def mails():
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def test_a_mention_is_mailed_at_once_with_its_link_and_only_once(world):
    number = told(world, "mentioned", text="Look")
    assert jobs.mail_notices(SYSTEM, AFTER) == 1
    (mail,) = mails()
    assert mail.recipient == world.samira.email
    assert mail.subject == "Maren Solberg mentioned you on “Cleanse <addresses>”: Look"
    assert f"https://roadmap.example.org/notices/{number}" in mail.text
    assert "Cleanse &lt;addresses&gt;" in mail.html
    assert mail.unsubscribe == "/account/notices"
    assert jobs.mail_notices(SYSTEM, AFTER) == 0


def test_what_happened_together_comes_in_one_mail(world):
    for number in range(3):
        told(world, "blocked", label=f"Task {number}", text="No access")
    assert service.mail_at_once(AFTER) == 1
    assert mails()[0].subject.startswith("Launch90: 3 notices")


def test_a_digest_comes_at_its_hour_once_with_what_happened_before(world):
    told(world)
    assert service.send_digests(BEFORE) == 0
    later = told(world, at=AFTER + timedelta(minutes=1), label="Later")
    assert jobs.send_digests(SYSTEM, AFTER + timedelta(minutes=5)) == 1
    assert jobs.send_digests(SYSTEM, AFTER + timedelta(minutes=20)) == 0
    (mail,) = mails()
    assert "Later" not in mail.text
    assert "Europe launch" in mail.text
    assert service.send_digests(AFTER + timedelta(days=1)) == 1
    assert f"/notices/{later}" in mails()[1].text


def test_what_was_read_is_not_mailed_and_an_empty_digest_is_never_sent(world):
    mark(told(world), read=True, actor=world.samira)
    assert service.send_digests(AFTER) == 0
    assert mails() == []


def test_what_one_may_no_longer_see_is_not_mailed(world):
    told(world)
    told(world, "mentioned", text="Look")
    access.revoke_role(world.samira.id, "member", project_scope(world.project), actor=SYSTEM)
    assert (service.send_digests(AFTER), service.mail_at_once(AFTER)) == (0, 0)
    assert mails() == []


def test_weekly_digests_come_on_mondays_and_never_means_never(world):
    ways = {key: kind.ways for key, kind in KINDS.items()}
    choose(ways, Rhythm.WEEKLY, 7, actor=world.samira)
    told(world)
    assert service.send_digests(AFTER) == 0
    choose(ways, Rhythm.NEVER, 7, actor=world.samira)
    assert service.send_digests(datetime(2026, 2, 23, 8, tzinfo=UTC)) == 0
    told(world, at=datetime(2026, 2, 24, 8, tzinfo=UTC))
    choose(ways, Rhythm.WEEKLY, 7, actor=world.samira)
    assert service.send_digests(datetime(2026, 3, 2, 6, 59, tzinfo=UTC)) == 0
    assert service.send_digests(datetime(2026, 3, 2, 7, 1, tzinfo=UTC)) == 1


def test_what_has_to_be_done_stands_first(world):
    told(world, "comment", text="Hm")
    told(world, "overdue", subject=f"work:{world.samira.id}", scope=INSTANCE, count=3, day="2026-02-16")
    service.send_digests(AFTER)
    text = mails()[0].text
    assert text.index("3 things of yours are late") < text.index("commented on")


def test_whoever_wants_it_in_the_product_only_gets_no_mail(world):
    ways = {key: kind.ways for key, kind in KINDS.items()} | {"mentioned": Ways(mail=Mailing.NEVER)}
    choose(ways, Rhythm.DAILY, 7, actor=world.samira)
    told(world, "mentioned", text="Look")
    assert service.mail_at_once(AFTER) == 0
    assert notices.unread_of(world.samira) == 1


@pytest.mark.parametrize("world", [{}], indirect=True)
def test_without_an_address_a_mail_has_no_links_but_says_where_to_look(world):
    told(world, "mentioned", text="Look")
    service.mail_at_once(AFTER)
    (mail,) = mails()
    assert "/notices" not in mail.text
    assert "Sign in to Launch90" in mail.text
    assert "href" not in mail.html
