from contextlib import suppress

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice, NoticeChoice
from accounts.notices.service import tell
from accounts.people import service as people
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests.factories import person

TASK = {"subject": "task:3", "label": "Cleanse addresses", "scope": "project:1"}


def told(*people_ids, kind="assigned", actor=SYSTEM, **more):
    with transaction(actor, "tasks.changed") as work:
        tell(work, kind, people_ids, **{**TASK, **more})
    return sorted(db.session.scalars(select(Notice.person_id)))


def test_a_notice_is_left_for_everybody_but_its_author(app):
    ann, bob = person("Ann"), person("Bob")
    assert told(ann.id, bob.id, None, ann.id, actor=ann) == [bob.id]
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.author, notice.label, notice.subject, notice.read_at) == ("Ann", "Cleanse addresses", "task:3", None)


def test_nobody_is_told_who_cannot_sign_in(app):
    off, without = person("Off"), person("Without", email=None)
    people.switch_off(off.id, actor=SYSTEM)
    assert told(off.id, without.id) == []


def test_what_a_person_switched_off_is_not_even_kept(app):
    ann, bob = person("Ann"), person("Bob")
    with transaction(ann, "notices.chosen") as work:
        work.session.add(NoticeChoice(person_id=ann.id, kind="assigned", in_app=False, mail=""))
        work.session.add(NoticeChoice(person_id=bob.id, kind="assigned", in_app=False, mail="now"))
    assert told(ann.id, bob.id) == [bob.id]
    assert db.session.scalars(select(Notice.mail)).one() == "now"


def test_the_same_notice_reaches_a_person_once(app):
    ann = person("Ann")
    assert told(ann.id, kind="overdue", once="overdue:2026-02-18") == [ann.id]
    assert told(ann.id, kind="overdue", once="overdue:2026-02-18") == [ann.id]
    assert told(ann.id, kind="overdue", once="overdue:2026-02-19") == [ann.id, ann.id]


def test_an_action_that_fails_tells_nobody(app):
    ann = person("Ann")
    with suppress(ZeroDivisionError), transaction(SYSTEM, "tasks.changed") as work:
        tell(work, "assigned", [ann.id], **TASK)
        raise ZeroDivisionError
    assert list(db.session.scalars(select(Notice))) == []


def test_a_kind_that_nobody_listed_is_a_mistake_of_ours(app):
    with pytest.raises(ValueError, match="no kind of notice 'asigned'"):
        told(person().id, kind="asigned")


def test_many_people_are_told_in_three_statements_with_that_of_the_branches(app, asked):
    many = [person().id for _ in range(12)]
    with transaction(SYSTEM, "tasks.changed") as work:
        with asked() as seen:
            tell(work, "assigned", many, **TASK)
        assert len(seen) == 3
