"""Access is reviewed: taken down, decided line by line, closed, and kept as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.access.queries import memberships_of
from accounts.people import service as people
from accounts.reviews import queries, rules, service
from accounts.reviews.models import AccessReviewLine
from accounts.reviews.rules import Counts, Decision
from infra.database import db
from kernel.actor import SYSTEM, Actor
from kernel.errors import Conflict, NotFound, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

ASTRID = Actor(None, "Astrid Holm")


@pytest.fixture
def project(app):
    return factories.project("Nordic launch")


@pytest.fixture
def team(project):
    return {
        "astrid": factories.person("Astrid Holm", role="administrator"),
        "maren": factories.person("Maren Solberg", projects={project: "manager"}),
        "samira": factories.person("Samira Haddad", projects={project: "member"}),
    }


def line_of(review_id, name):
    return next(line for line in queries.lines(review_id) if line.person == name)


def test_a_review_takes_down_every_role_with_the_project_by_name(app, team):
    review_id = service.begin(actor=ASTRID, now=NOW)
    found = {(line.person, line.role, line.scope_name) for line in queries.lines(review_id)}
    assert found == {
        ("Astrid Holm", "administrator", ""),
        ("Maren Solberg", "manager", "Nordic launch"),
        ("Samira Haddad", "member", "Nordic launch"),
    }
    assert queries.review(review_id).counts == Counts(open=3)


def test_withdrawing_takes_the_role_away_and_the_record_stays_when_the_person_goes(app, team, project):
    review_id = service.begin(actor=ASTRID, now=NOW)
    line = line_of(review_id, "Samira Haddad")
    service.decide(review_id, [line.id], "withdrawn", "Left the team", actor=ASTRID, now=NOW)
    assert memberships_of(team["samira"].id) == []
    assert line_of(review_id, "Samira Haddad").reason == "Left the team"
    people.switch_off(team["samira"].id, actor=SYSTEM)
    assert line_of(review_id, "Samira Haddad").decided_by == "Astrid Holm"


def test_the_last_administrator_stays(app, team):
    review_id = service.begin(actor=ASTRID, now=NOW)
    line = line_of(review_id, "Astrid Holm")
    with pytest.raises(Conflict):
        service.decide(review_id, [line.id], "withdrawn", "Too many", actor=ASTRID, now=NOW)
    assert line_of(review_id, "Astrid Holm").decision == Decision.OPEN


def test_a_review_closes_when_every_line_is_decided_and_is_not_changed_afterwards(app, team):
    review_id = service.begin(actor=ASTRID, now=NOW)
    with pytest.raises(RuleBroken, match="still open"):
        service.close(review_id, "", actor=ASTRID, now=NOW)
    ids = [line.id for line in queries.lines(review_id)]
    count, _work = service.decide(review_id, ids, "confirmed", "", actor=ASTRID, now=NOW)
    service.close(review_id, " All known. ", actor=ASTRID, now=NOW)
    row = queries.review(review_id)
    assert (count, row.note, row.closed_by, row.counts.confirmed) == (3, "All known.", "Astrid Holm", 3)
    with pytest.raises(Conflict):
        service.decide(review_id, ids, "confirmed", "", actor=ASTRID, now=NOW)
    assert service.begin(actor=ASTRID, now=NOW) != review_id


def test_one_review_at_a_time(app, team):
    service.begin(actor=ASTRID, now=NOW)
    with pytest.raises(Conflict):
        service.begin(actor=ASTRID, now=NOW)


def test_a_decided_line_is_not_decided_again(app, team):
    review_id = service.begin(actor=ASTRID, now=NOW)
    line = line_of(review_id, "Samira Haddad")
    service.decide(review_id, [line.id], "confirmed", "", actor=ASTRID, now=NOW)
    with pytest.raises(NotFound):
        service.decide(review_id, [line.id], "withdrawn", "No", actor=ASTRID, now=NOW)


@pytest.mark.parametrize(
    ("decision", "reason", "code"),
    [
        ("open", "", "review.decision"),
        ("maybe", "", "review.decision"),
        ("withdrawn", "  ", "review.reason"),
        ("withdrawn", "x" * 501, "review.reason_long"),
    ],
)
def test_bad_decisions(app, team, decision, reason, code):
    review_id = service.begin(actor=ASTRID, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        service.decide(review_id, [1], decision, reason, actor=ASTRID, now=NOW)
    assert refused.value.code == code


def test_unused_means_ninety_days_or_never():
    assert rules.unused(None, NOW)
    assert rules.unused(NOW - timedelta(days=91), NOW)
    assert not rules.unused(NOW - timedelta(days=90), NOW)


def test_the_next_review_is_due_after_a_quarter():
    assert rules.is_due(None, NOW)
    assert not rules.is_due(NOW - timedelta(days=91), NOW)
    assert rules.is_due(NOW - timedelta(days=92), NOW)


def test_pages_from_nothing_to_a_closed_review(app, team, client):
    astrid = factories.sign_in(client, team["astrid"])
    assert "never been reviewed" in astrid.get("/admin/reviews").text
    opened = astrid.post("/admin/reviews")
    address = opened.location
    page = astrid.get(address).text
    assert "3 of 3 roles are still open" in page
    assert "Nordic launch" in page
    refused = astrid.post(f"{address}/decide", data={"decision": "withdrawn", "ids": ["1"], "reason": ""})
    assert refused.status_code == 422
    assert "Say why the access is withdrawn" in refused.text
    ids = [str(number) for number in db.session.scalars(select(AccessReviewLine.id))]
    astrid.post(f"{address}/decide", data={"decision": "confirmed", "ids": [*ids, "x"]})
    assert astrid.post(f"{address}/close", data={"note": "Done"}).status_code == 303
    assert "Closed: 3 confirmed, 0 withdrawn." in astrid.get(address).text
    assert "Nordic launch" in astrid.get(f"{address}?format=csv").text
    assert astrid.get("/admin/reviews/999").status_code == 404
